// Second factors, through the REST door. OWASP ASVS 5: V6 (authentication), V7.5 (step-up).
import { eq } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SoftwareAuthenticator, type Tampering } from '../../testing/authenticator.ts'
import { newPerson, testPassword } from '../../testing/people.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { recoveryCodes, sessions, signInFailures, totpFactors } from '../tables.ts'
import { relyingParty } from './passkeys.ts'

interface Problem {
  status: number
  code: string
  detail: string
  methods?: string[]
  refused?: boolean
}
type Person = Awaited<ReturnType<typeof newPerson>>

describe('the name passkeys are bound to', () => {
  it.each([
    ['http://127.0.0.1:3000', { id: 'localhost', origin: 'http://localhost:3000' }],
    ['https://aia.example.com', { id: 'aia.example.com', origin: 'https://aia.example.com' }],
    ['http://192.0.2.7:3000', null],
    ['http://[2001:db8::1]', null],
  ])('%s', (url, party) => {
    expect(relyingParty(url)).toEqual(party)
  })
})

describe('second factors', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
  })
  afterAll(() => aia.stop())
  const identity: TestInstallation['runtime']['services']['database']['identity'] = (run) => aia.runtime.services.database.identity(run)
  async function call<T = Problem>(
    token: string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T & { httpStatus: number; headers: Headers }> {
    const response = await aia.call(method, `auth/${path}`, body, { token })
    return { ...((await response.json()) as T), httpStatus: response.status, headers: response.headers }
  }
  // Each code is of a time step of its own: a step that was used is refused.
  const codeOf = (secret: string, steps = 0) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })
  /** Makes used time steps usable again, as waiting would. */
  const nextStep = (person: Person) => identity((tx) => tx.update(totpFactors).set({ lastStep: 0 }).where(eq(totpFactors.personId, person.id)))

  async function withTotp(person: Person) {
    const token = await person.token()
    const { secret, otpauth_url } = await call<{ secret: string; otpauth_url: string }>(token, 'POST', 'totp/enrol')
    const { recovery_codes } = await call<{ recovery_codes: string[] }>(token, 'POST', 'totp/confirm', { code: codeOf(secret) })
    await nextStep(person)
    return { token, secret, url: otpauth_url, codes: recovery_codes }
  }

  it('one-time codes are asked for once they are confirmed, not before', async () => {
    const person = await newPerson(aia)
    const token = await person.token()
    const begun = await call<{ secret: string; otpauth_url: string }>(token, 'POST', 'totp/enrol')
    expect(new URL(begun.otpauth_url).searchParams.get('secret')).toBe(begun.secret)
    expect((await person.login()).status).toBe(200)
    expect((await call(token, 'POST', 'totp/confirm', { code: '000000' })).httpStatus).toBe(400)
    const done = await call<{ recovery_codes: string[] }>(token, 'POST', 'totp/confirm', { code: codeOf(begun.secret) })
    expect(new Set(done.recovery_codes).size).toBe(10)
    expect(await call(token, 'GET', 'factors')).toMatchObject({ totp: { confirmed_at: expect.any(String) }, recovery_codes_left: 10, acr: 'aal2' })
    expect((await call(token, 'POST', 'totp/enrol')).httpStatus).toBe(409)

    const refused = (await (await person.login()).json()) as Problem
    expect(refused).toMatchObject({ status: 401, code: 'mfa_required', methods: ['otp', 'recovery_code'] })
    const stored = await identity((tx) => tx.select().from(totpFactors).where(eq(totpFactors.personId, person.id)))
    expect(JSON.stringify(stored)).not.toContain(begun.secret)
  })

  it('a code opens a session once, and a replay is refused', async () => {
    const person = await newPerson(aia)
    const { secret } = await withTotp(person)
    const otp = codeOf(secret)
    const answers = await Promise.all([person.login({ otp }), person.login({ otp })])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
    const right = answers.find((answer) => answer.status === 200) as Response
    const { access_token: token } = (await right.json()) as { access_token: string }
    expect(decodeJwt(token)).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] })
    expect(await (await person.login({ otp })).json()).toMatchObject({ code: 'mfa_required', refused: true })
    // An older step than the last one is as used as that one.
    expect((await person.login({ otp: codeOf(secret, -1) })).status).toBe(401)
    expect((await person.login({ otp: codeOf(secret, 1) })).status).toBe(200)
    expect((await person.login({ otp: codeOf(secret, 5) })).status).toBe(401)
  })

  it('wrong codes lock the account like wrong passwords', async () => {
    const person = await newPerson(aia)
    const { secret } = await withTotp(person)
    for (let i = 0; i < 5; i++) expect((await person.login({ otp: '000000' })).status).toBe(401)
    const locked = await person.login({ otp: codeOf(secret) })
    expect([locked.status, Number(locked.headers.get('retry-after')) > 0]).toEqual([429, true])
    await identity((tx) => tx.delete(signInFailures))
    expect((await person.login({ otp: codeOf(secret) })).status).toBe(200)
  })

  it('a recovery code works once, however it is typed', async () => {
    const person = await newPerson(aia)
    const { codes } = await withTotp(person)
    const [first = '', second = ''] = codes
    expect((await person.login({ recovery_code: first })).status).toBe(200)
    expect((await person.login({ recovery_code: first })).status).toBe(401)
    expect((await person.login({ recovery_code: ` ${second.toUpperCase().replaceAll('-', ' ')} ` })).status).toBe(200)
    const stored = await identity((tx) => tx.select().from(recoveryCodes).where(eq(recoveryCodes.personId, person.id)))
    expect([stored.length, stored.filter(({ usedAt }) => usedAt).length]).toEqual([10, 2])
    for (const code of codes) expect(JSON.stringify(stored)).not.toContain(code)
  })

  it('an operation that wants a recent proof says so, and takes it', async () => {
    const person = await newPerson(aia)
    const plain = await person.token()
    const age = (token: string) =>
      identity((tx) =>
        tx
          .update(sessions)
          .set({ authenticatedAt: new Date(Date.now() - 16 * 60_000) })
          .where(eq(sessions.id, String(decodeJwt(token).sid))),
      )
    await age(plain)
    const asked = await call(plain, 'POST', 'totp/enrol')
    expect(asked).toMatchObject({ httpStatus: 401, code: 'step_up_required', acr_values: ['aal1'], max_age: 900 })
    expect(asked.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_user_authentication".*acr_values="aal1"/)
    expect((await call(plain, 'POST', 'step-up', { password: 'wrong password' })).httpStatus).toBe(400)
    expect((await call(plain, 'POST', 'step-up', {})).httpStatus).toBe(400)
    const proved = await call<{ acr: string; access_token: string }>(plain, 'POST', 'step-up', { password: testPassword })
    expect([proved.acr, decodeJwt(proved.access_token).acr]).toEqual(['aal1', 'aal1'])
    expect((await call(plain, 'POST', 'totp/enrol')).httpStatus).toBe(200)

    const { token, secret, codes } = await withTotp(person)
    await age(token)
    const again = await call(token, 'DELETE', 'totp')
    expect(again.headers.get('www-authenticate')).toContain('acr_values="aal2"')
    expect((await call(token, 'POST', 'step-up', { password: testPassword })).httpStatus).toBe(400)
    const strong = await call<{ acr: string; access_token: string }>(token, 'POST', 'step-up', { otp: codeOf(secret) })
    expect(decodeJwt(strong.access_token)).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] })
    await age(token)
    expect((await call(token, 'POST', 'step-up', { recovery_code: codes[3] })).httpStatus).toBe(200)
    expect((await call(token, 'DELETE', 'totp')).httpStatus).toBe(200)
    expect(await call(token, 'GET', 'factors')).toMatchObject({ totp: null, recovery_codes_left: 0 })
    expect((await person.login()).status).toBe(200)
  })

  async function withPasskey(person: Person) {
    const token = await person.token()
    const device = new SoftwareAuthenticator('http://localhost:3000')
    const options = await call<{ challenge: string; rp: { id: string }; user: { id: string } }>(token, 'POST', 'passkeys/begin')
    const answer = device.create(options)
    const made = await call<{ recovery_codes: string[] }>(token, 'POST', 'passkeys', { name: 'Laptop', response: answer })
    return { token, device, made, answer }
  }
  const challenge = () => call<{ challenge: string; rpId: string }>(null, 'POST', 'passkeys/challenge')

  it('a passkey signs in alone, with the strength of two factors', async () => {
    const person = await newPerson(aia)
    const { device, made, token, answer } = await withPasskey(person)
    expect([made.httpStatus, made.recovery_codes.length]).toEqual([200, 10])
    // Its challenge was used up.
    expect((await call(token, 'POST', 'passkeys', { name: 'Again', response: answer })).httpStatus).toBe(400)
    const assertion = device.get(await challenge())
    const signedIn = await call<{ access_token: string }>(null, 'POST', 'passkeys/login', { response: assertion })
    expect(decodeJwt(signedIn.access_token)).toMatchObject({ sub: person.id, acr: 'aal2', amr: ['hwk', 'user', 'mfa'] })
    expect((await call(null, 'POST', 'passkeys/login', { response: assertion })).httpStatus).toBe(401)
    expect(await (await person.login()).json()).toMatchObject({ code: 'mfa_required', methods: ['passkey', 'recovery_code'] })
    const proved = await call<{ acr: string }>(token, 'POST', 'step-up', { passkey: device.get(await challenge()) })
    expect(proved.acr).toBe('aal2')
  })

  it.each<[string, Tampering]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another name', { rpId: 'evil.example' }],
    ['no verification of the person', { unverified: true }],
    ['a counter that went back', { counter: 1 }],
  ])('a passkey is refused with %s', async (_what, tampering) => {
    const person = await newPerson(aia)
    const { device } = await withPasskey(person)
    device.get(await challenge())
    expect((await call(null, 'POST', 'passkeys/login', { response: device.get(await challenge()) })).httpStatus).toBe(200)
    expect((await call(null, 'POST', 'passkeys/login', { response: device.get(await challenge(), tampering) })).httpStatus).toBe(401)
    const stranger = new SoftwareAuthenticator('http://localhost:3000')
    expect((await call(null, 'POST', 'passkeys/login', { response: stranger.get(await challenge()) })).httpStatus).toBe(401)
    expect((await call(null, 'POST', 'passkeys/login', { response: device.get({ challenge: 'bm9uZQ', rpId: 'localhost' }) })).httpStatus).toBe(401)
  })

  it('a passkey of somebody else neither steps up nor can be removed', async () => {
    const [one, other] = [await newPerson(aia), await newPerson(aia)]
    const mine = await withPasskey(one)
    const theirs = await withPasskey(other)
    expect((await call(mine.token, 'POST', 'step-up', { passkey: theirs.device.get(await challenge()) })).httpStatus).toBe(400)
    const id = Buffer.from(theirs.device.id).toString('base64url')
    expect((await call(mine.token, 'DELETE', `passkeys/${id}`)).httpStatus).toBe(404)
    expect((await call(theirs.token, 'DELETE', `passkeys/${id}`)).httpStatus).toBe(200)
    expect((await other.login()).status).toBe(200)
  })

  it('an enterprise can require a second factor', async () => {
    const owner = await newPerson(aia)
    const analyst = await newPerson(aia, 'analyst', owner.enterpriseId)
    const settings = { require_mfa: true, session_hours: 8 }
    expect((await call(await owner.token(), 'PUT', 'security', settings)).httpStatus).toBe(409)
    const { token, secret } = await withTotp(owner)
    expect(await call(token, 'PUT', 'security', settings)).toMatchObject({ httpStatus: 200, ...settings, people: 2, people_with_second_factor: 1 })
    expect((await call(await analyst.token(), 'GET', 'security')).httpStatus).toBe(403)

    // Without one, a sign-in can only secure the account.
    const bare = await analyst.token()
    const { exp = 0, iat = 0 } = decodeJwt(bare)
    expect(exp - iat).toBe(86_400)
    const [session] = await identity((tx) =>
      tx
        .select()
        .from(sessions)
        .where(eq(sessions.id, String(decodeJwt(bare).sid))),
    )
    expect(Math.round(((session?.expiresAt.getTime() ?? 0) - Date.now()) / 3_600_000)).toBe(8)
    expect(await call(bare, 'GET', 'profile')).toMatchObject({ must_secure_account: true })
    const shut = await aia.call('GET', 'neural/status', undefined, { token: bare })
    expect([shut.status, ((await shut.json()) as Problem).code]).toEqual([403, 'mfa_enrolment_required'])
    const enrolment = await call<{ secret: string }>(bare, 'POST', 'totp/enrol')
    await call(bare, 'POST', 'totp/confirm', { code: codeOf(enrolment.secret) })
    expect((await aia.call('GET', 'neural/status', undefined, { token: bare })).status).toBe(200)
    expect(await call(bare, 'GET', 'profile')).toMatchObject({ must_secure_account: false })
    expect((await call(bare, 'DELETE', 'totp')).httpStatus).toBe(409)

    expect((await owner.login({ otp: codeOf(secret) })).status).toBe(200)
    expect((await call(token, 'PUT', 'security', { ...settings, require_mfa: false })).httpStatus).toBe(200)
    expect((await call(bare, 'DELETE', 'totp')).httpStatus).toBe(200)
  })

  it('changing the password ends the other sessions and keeps this one', async () => {
    const person = await newPerson(aia)
    const [here, there] = [await person.token(), await person.token()]
    const next = 'walrus on a brass bicycle'
    const change = (current: string, chosen: string) => call(here, 'POST', 'password', { current_password: current, new_password: chosen })
    expect((await change('wrong password', next)).httpStatus).toBe(400)
    expect(await change(testPassword, 'short')).toMatchObject({ httpStatus: 400, errors: [{ pointer: '/new_password' }] })
    expect(await change(testPassword, 'Password2024!')).toMatchObject({ httpStatus: 400, errors: [{ pointer: '/new_password' }] })
    expect((await change(testPassword, next)).httpStatus).toBe(200)
    expect([(await call(here, 'GET', 'profile')).httpStatus, (await call(there, 'GET', 'profile')).httpStatus]).toEqual([200, 401])
    expect((await person.login()).status).toBe(401)
    expect((await person.login({ password: next })).status).toBe(200)
  })
})
