// Token attacks and the life of tokens, through the REST door. OWASP ASVS 5: V9 (self-contained tokens), V7 (sessions).
import { createHash, createHmac } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { decodeJwt, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permissionsOfRole } from '../gateway/permissions.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { endEverything } from './sessions.ts'
import { rotateSigningKeys, rotateSigningKeysWhenDue, signingKeysOf } from './signing-keys.ts'
import { deniedTokens, refreshTokens, signingKeys } from './tables.ts'

interface Tokens {
  access_token: string
  refresh_token: string
}

const owner = { email: 'owner@example.com', password: 'a long test password' }
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('tokens', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
  })
  afterAll(() => aia.stop())
  const login = () => aia.json<Tokens>('POST', 'auth/login', owner)
  const refresh = (token: string, headers: Record<string, string> = {}) =>
    aia.call('POST', 'auth/refresh', { refresh_token: token }, { token: null, headers })
  const statusOf = async (token: string) => (await aia.call('GET', 'auth/profile', undefined, { token })).status

  it('say what RFC 9068 asks for', async () => {
    const { access_token: token } = await login()
    const { keySet } = await signingKeysOf(aia.runtime.services)
    const [header] = token.split('.')
    expect(JSON.parse(Buffer.from(header ?? '', 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: keySet.keys[0]?.kid })
    const claims = decodeJwt(token)
    const { person, enterprise } = await aia.json<{ person: { id: string }; enterprise: { id: string } }>('GET', 'auth/profile')
    expect(claims).toMatchObject({
      iss: aia.runtime.services.env.publicUrl,
      aud: 'aia',
      client_id: 'aia',
      sub: person.id,
      eid: enterprise.id,
      scope: permissionsOfRole('owner').join(' '),
      acr: 'aal1',
      amr: ['pwd'],
      epoch: 0,
    })
    expect([claims.jti, claims.sid]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)])
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(86_400)
    expect(Math.abs((claims.auth_time as number) - (claims.iat ?? 0))).toBeLessThanOrEqual(60)
  })

  it('are refused when they are forged: 401 each', async () => {
    const { access_token: valid } = await login()
    const { current, publicKeys } = await signingKeysOf(aia.runtime.services)
    const [, payload = '', signature = ''] = valid.split('.')
    const claims = decodeJwt(valid)
    const header = (more: object = {}) => part({ alg: 'RS256', typ: 'at+jwt', kid: current.id, ...more })
    const sign = (more: object = {}, protect: object = {}, key = current.privateKey) =>
      new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: current.id, ...protect }).sign(key)
    const publicKey = publicKeys.get(current.id)
    if (!publicKey) throw new Error('The current key is not in the set.')
    // RSA-PSS keys and HMACs made of the public key: the classic confusions.
    const spki = await exportSPKI(publicKey)
    const hs256 = (kid: string) => {
      const text = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`
      return `${text}.${createHmac('sha256', spki).update(text).digest('base64url')}`
    }
    const foreign = await generateKeyPair('RS256', { extractable: true })
    const foreignKey = await importPKCS8(await exportPKCS8(foreign.privateKey), 'RS256')
    const forged: Record<string, string> = {
      'alg none': `${header({ alg: 'none' })}.${payload}.`,
      'alg None with a signature': `${header({ alg: 'None' })}.${payload}.${signature}`,
      'HS256 with the public key': hs256(current.id),
      'another subject': `${header()}.${part({ ...claims, sub: crypto.randomUUID() })}.${signature}`,
      'a tampered signature': `${header()}.${payload}.${signature.slice(0, -4)}${signature.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`,
      'a wrong audience': await sign({ aud: 'other' }),
      'a wrong issuer': await sign({ iss: 'http://other' }),
      expired: await sign({ exp: Math.floor(Date.now() / 1_000) - 1 }),
      'no expiry': await sign({ exp: undefined }),
      'no session': await sign({ sid: undefined }),
      'an unknown session': await sign({ sid: crypto.randomUUID() }),
      'the session of somebody else': await sign({ sub: crypto.randomUUID() }),
      'a token of another kind': await sign({}, { typ: 'JWT' }),
      'another installation’s key': await sign({}, {}, foreignKey),
      'another installation’s key by its own id': await sign({}, { kid: createHash('sha256').update('foreign').digest('base64url') }, foreignKey),
      ...Object.fromEntries(
        ['../../etc/passwd', '/dev/null', '..\\..\\key', "' or 1=1 --", '__proto__', 'constructor', '', '\u0000'].map((kid) => [
          `kid ${JSON.stringify(kid)}`,
          `${header({ kid })}.${payload}.${signature}`,
        ]),
      ),
      nonsense: 'nonsense',
    }
    for (const [what, token] of Object.entries(forged)) expect(await statusOf(token.replaceAll('\u0000', '')), what).toBe(401)
    expect(await statusOf(await sign())).toBe(200)
  })

  it('give the same client the same successor for 10 s, and end the session on any other reuse', async () => {
    const first = await login()
    const [one, two] = (await Promise.all([refresh(first.refresh_token), refresh(first.refresh_token)]).then((answers) =>
      Promise.all(answers.map((answer) => answer.json())),
    )) as [Tokens, Tokens]
    expect(one.refresh_token).toMatch(/^aia_refresh_/)
    expect(two.refresh_token).toBe(one.refresh_token)
    expect(await statusOf(one.access_token)).toBe(200)
    expect(await statusOf(two.access_token)).toBe(200)

    const other = await refresh(first.refresh_token, { 'user-agent': 'somebody else' })
    expect([other.status, await statusOf(one.access_token), (await refresh(one.refresh_token)).status]).toEqual([401, 401, 401])
  })

  it('end the session when a used token comes again after 10 s, or after its successor was used', async () => {
    for (const late of [true, false]) {
      const first = await login()
      const second = (await (await refresh(first.refresh_token)).json()) as Tokens
      if (late)
        await aia.runtime.services.database.identity((tx) =>
          tx
            .update(refreshTokens)
            .set({ usedAt: new Date(Date.now() - 10_001) })
            .where(eq(refreshTokens.tokenHash, createHash('sha256').update(first.refresh_token).digest('hex'))),
        )
      else expect((await refresh(second.refresh_token)).status).toBe(200)
      expect((await refresh(first.refresh_token)).status).toBe(401)
      expect(await statusOf(second.access_token)).toBe(401)
    }
  })

  it('keep no refresh token in the open', async () => {
    const first = await login()
    const second = (await (await refresh(first.refresh_token)).json()) as Tokens
    const stored = JSON.stringify(await aia.runtime.services.database.identity((tx) => tx.select().from(refreshTokens)))
    for (const token of [first.refresh_token, second.refresh_token]) expect(stored).not.toContain(token)
  })

  it('end with logout: the access token is denied, the family is dead', async () => {
    const { access_token: token, refresh_token: family } = await login()
    const answer = await aia.call('POST', 'auth/logout', {}, { token })
    expect([answer.status, answer.headers.get('clear-site-data')]).toEqual([200, '"cache"'])
    expect([await statusOf(token), (await refresh(family)).status]).toEqual([401, 401])
    const denied = await aia.runtime.services.database.identity((tx) =>
      tx
        .select()
        .from(deniedTokens)
        .where(eq(deniedTokens.tokenId, String(decodeJwt(token).jti))),
    )
    expect(denied).toHaveLength(1)
  })

  it('leave nothing in the cache of a browser whose session is over, and touch no other cache', async () => {
    const said = async (headers: Record<string, string>, token: string | null = null) => {
      const answer = await aia.call('GET', 'auth/profile', undefined, { token, headers })
      return [answer.status, answer.headers.get('clear-site-data')]
    }
    expect(await said({ cookie: 'aia.session=over' })).toEqual([401, '"cache"'])
    expect(await said({})).toEqual([401, null])
    expect(await said({ cookie: 'aia.session=over' }, (await login()).access_token)).toEqual([200, null])
  })

  it('end with the epoch of the person, except in the session that is kept', async () => {
    const [kept, gone] = [await login(), await login()]
    const { sid, sub } = decodeJwt(kept.access_token)
    await aia.runtime.services.database.identity((tx) => endEverything(tx, String(sub), String(sid)))
    expect([await statusOf(kept.access_token), await statusOf(gone.access_token), (await refresh(gone.refresh_token)).status]).toEqual([
      200, 401, 401,
    ])
    const later = await login()
    expect(decodeJwt(later.access_token).epoch).toBe(1)
  })

  it('outlive a rotation of the signing keys until they expire', async () => {
    const { services } = aia.runtime
    const before = await login()
    const old = await signingKeysOf(services)
    expect(old.states.map(({ state }) => state)).toEqual(['current', 'next'])
    await rotateSigningKeys(services)
    const keys = await signingKeysOf(services)
    expect(keys.current.id).toBe(old.states[1]?.id)
    expect(keys.keySet.keys.map(({ kid }) => kid).sort()).toEqual(keys.states.map(({ id }) => id).sort())
    expect(keys.states.map(({ state }) => state).sort()).toEqual(['current', 'next', 'retiring'])
    for (const key of keys.keySet.keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    const after = await login()
    expect([await statusOf(before.access_token), await statusOf(after.access_token)]).toEqual([200, 200])

    // A day later nothing that the old key signed is valid, so it leaves the set; the next rotation deletes it.
    await services.database.identity((tx) =>
      tx
        .update(signingKeys)
        .set({ retiredAt: new Date(Date.now() - 25 * 3_600_000) })
        .where(eq(signingKeys.id, old.current.id)),
    )
    expect(await rotateSigningKeysWhenDue(services, Date.now() + 89 * 86_400_000)).toBe(false)
    expect(await rotateSigningKeysWhenDue(services, Date.now() + 91 * 86_400_000)).toBe(true)
    const third = await signingKeysOf(services)
    expect(third.states.map(({ id }) => id)).not.toContain(old.current.id)
    expect([await statusOf(before.access_token), await statusOf(after.access_token)]).toEqual([401, 200])
  })
})
