import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openKeyring } from './keyring.ts'

describe('keyring', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aia-keys-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const plain = new TextEncoder().encode('a secret')

  it('opens what it sealed, also after a restart', () => {
    const sealed = openKeyring(folder).seal(plain, 'signing_keys/1')
    expect(Buffer.from(openKeyring(folder).open(sealed, 'signing_keys/1')).toString()).toBe('a secret')
    expect(sealed).not.toContain('a secret')
  })
  it('refuses a sealed text that was moved to another row', () => {
    const keyring = openKeyring(folder)
    expect(() => keyring.open(keyring.seal(plain, 'row 1'), 'row 2')).toThrow()
  })
  it('refuses an altered text', () => {
    const keyring = openKeyring(folder)
    const parts = keyring.seal(plain, 'row').split('.')
    parts[2] = Buffer.from('b secret').toString('base64url')
    expect(() => keyring.open(parts.join('.'), 'row')).toThrow()
  })
  it('keeps the key file private', () => {
    openKeyring(folder)
    expect(statSync(join(folder, 'installation.key')).mode & 0o077).toBe(0)
  })
  it('says so when the key file is damaged', () => {
    const other = mkdtempSync(join(folder, 'damaged-'))
    openKeyring(other)
    writeFileSync(join(other, 'installation.key'), readFileSync(join(other, 'installation.key'), 'utf8').slice(0, 20))
    expect(() => openKeyring(other)).toThrow('damaged')
  })
})
