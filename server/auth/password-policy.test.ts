import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { weaknessOf } from './password-policy.ts'
import { generatePassword } from './passwords.ts'

describe('the policy for new passwords', () => {
  it.each(['short', 'elevenchars', '🔑🔑🔑🔑🔑🔑'])('refuses what is short: %s', (password) => {
    expect(weaknessOf(password)).toContain('at least 12')
  })
  it.each([
    'password1234',
    'Password2024',
    'P@ssw0rd2024!',
    'Willkommen2025!',
    'qwertyuiop123',
    '1qaz2wsx3edc',
    'Passwort-Passwort',
    'correct horse battery staple',
    'iloveyou1234567',
    'Sunshine123456!!',
    'monkeydragon',
    '123456789012',
  ])('refuses what is guessed first: %s', (password) => {
    expect(weaknessOf(password)).toContain('tried first')
  })
  it.each(['aaaaaaaaaaaa', 'abababababab'])('refuses what repeats itself: %s', (password) => {
    expect(weaknessOf(password)).toContain('repeats')
  })
  it('refuses what is little more than a name of the person', () => {
    const context = ['hedda.solvang@example.com', 'Hedda Solvang', 'Merrowick Observatory']
    expect(weaknessOf('HeddaSolvang7', context)).toContain('name')
    expect(weaknessOf('merrowick2019', context)).toContain('name')
    expect(weaknessOf('hedda sails on brass lakes', context)).toBeNull()
  })
  it.each(['a long test password', 'vier Füchse tanzen im Regen', 'mauve otter gravel 81', generatePassword()])(
    'accepts what is long and of one’s own: %s',
    (password) => {
      expect(weaknessOf(password)).toBeNull()
    },
  )
  it('is hardly ever wrongly alarmed', () => {
    const alarms = Array.from({ length: 20_000 }, () => `x${randomBytes(12).toString('base64url')}q`).filter((password) => weaknessOf(password))
    expect(alarms.length).toBeLessThan(10)
  })
})
