import { describe, expect, it } from 'vitest'
import { createLogger, namedLogger } from './log.ts'
import { passesLuhn, scrub } from './scrub.ts'

const secrets: [string, string][] = [
  ['an API key', 'aia_live_9f8e7d6c5b4a39281706f5e4d3c2b1a0'],
  ['a refresh token', 'aia_refresh_Zm9vYmFyYmF6cXV4cXV1eGNvcmdl'],
  ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl'],
  ['an unsigned JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0In0.'],
  ['a card', '4111111111111111'],
  ['a card in groups', '5555 5555 5555 4444'],
  ['a card with hyphens', '4000-0566-5566-5556'],
  ['a card of 15 digits', '3782 822463 10005'],
  ['a key of another service', 'sk_live_abcdefghijklmnop1234'],
  ['a private key', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----'],
]

describe('scrub [ASVS 5.0 V16.2.5]', () => {
  it.each(secrets)('removes %s from free text, and JSON stays JSON', (_what, secret) => {
    for (const text of [secret, `before ${secret} after`, `?a=1&b=${secret}&c=2`, `"${secret}"`]) {
      expect(scrub(text)).not.toContain(secret)
      const line = scrub(JSON.stringify({ message: text, nested: JSON.stringify({ text }) }))
      expect(line).not.toContain(secret)
      expect(line).not.toContain(secret.replaceAll('\n', '\\n'))
      expect(() => JSON.parse(line)).not.toThrow()
    }
  })

  it.each([
    'password=hunter2',
    'Password: hunter2',
    '{"password":"hunter2"}',
    '{"new_password":"hunter2","x":1}',
    JSON.stringify({ message: '{"client_secret":"hunter2"}' }),
    'Authorization: Bearer hunter2hunter2',
    'Authorization: Basic aHVudGVyMjpodW50ZXIy',
    'https://ada:hunter2@example.com/',
    'x-api-key=hunter2',
    'cookie: aia.session=hunter2',
  ])('removes the value of a secret by its name: %s', (text) => {
    expect(scrub(text)).not.toMatch(/hunter2|aHVudGVyMjp/)
  })

  it('keeps JSON whole where the secret is a number', () => {
    expect(JSON.parse(scrub('{"pin":1234,"otp": 987654,"mapping":5}'))).toEqual({ pin: '[removed]', otp: '[removed]', mapping: 5 })
  })

  it.each([
    '{"timestamp":"2026-11-22T19:30:12.123Z","duration_ms":12.5}',
    '4111111111111112',
    '12345678-1234-4123-8123-123456789012',
    'request 0190f3a2-7c1e-7bcd-9a61-1f2e3d4c5b6a done',
    'the token was refused',
    'spinning: 12',
  ])('leaves alone: %s', (text) => {
    expect(scrub(text)).toBe(text)
  })

  it('knows Luhn', () => {
    expect(['4111111111111111', '378282246310005', '4111111111111112', '0'].map(passesLuhn)).toEqual([true, true, false, true])
  })

  it('takes no time on long text', () => {
    const long = ['a', 'token', '1 ', '-', 'eyJ', '":"'].map((part) => part.repeat(20_000))
    for (const text of long) expect(typeof scrub(text)).toBe('string')
  })
})

describe('log', () => {
  function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
    const lines: string[] = []
    write(createLogger('debug', { write: (line) => void lines.push(line) }))
    return lines.join('')
  }
  it.each(secrets)('never writes %s, wherever it stands', (_what, secret) => {
    const out = logged((log) => {
      log.info({ field: secret, deep: { list: [{ text: secret }] } }, `message ${secret}`)
      namedLogger(log, 'part').error({ err: new Error(`failed at ${secret}`, { cause: new Error(secret) }) }, 'failed')
      log.warn({ [secret]: 1 }, 'as a name')
    })
    expect(out.trim().split('\n')).toHaveLength(3)
    for (const line of out.trim().split('\n')) JSON.parse(line)
    expect(out).not.toContain(secret)
    expect(out).not.toContain(secret.replaceAll('\n', '\\n'))
  })
  it('keeps a failed statement, not what was sent to it', () => {
    const out = logged((log) => log.error({ err: new Error('Failed query: insert into t values ($1)\nparams: what a person wrote') }, 'failed'))
    expect(out).toContain('insert into t')
    expect(out).not.toContain('what a person wrote')
  })
  it('removes fields by name', () => {
    const out = logged((log) => log.info({ password: 'x1y2z3', body: { token: 'x1y2z3', cookie: 'x1y2z3' } }, 'sent'))
    expect(out).not.toContain('x1y2z3')
  })
})
