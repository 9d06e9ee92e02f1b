import { and, desc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntries } from '../../gateway/tables.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { sessionCookieHeader } from '../browser-session.ts'
import { memberships, sessions } from '../tables.ts'

const ownerLogin = { email: 'owner@example.com', password: 'a long test password' }
const password = 'a password of my own'
interface Tokens {
  access_token: string
  refresh_token: string
}

describe('several enterprises, and acting under another name', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
  })
  afterAll(() => aia.stop())

  const call = (token: string, method: string, path: string, body?: unknown) => aia.call(method, path, body, { token })
  const status = async (token: string, method: string, path: string, body?: unknown) => (await call(token, method, path, body)).status
  const json = async <T = Record<string, unknown>>(token: string, method: string, path: string, body?: unknown) => {
    const response = await call(token, method, path, body)
    expect(response.status, await response.clone().text()).toBe(200)
    return (await response.json()) as T
  }
  const signIn = async (login = ownerLogin) => (await (await aia.call('POST', 'auth/login', login, { token: null })).json()) as Tokens
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string; eid: string; act?: { sub: string } }
  async function join(email: string, role: string) {
    const { link } = await aia.json<{ link: string }>('POST', 'auth/invitations', { email, role })
    await aia.call('POST', 'auth/invitations/accept', { token: new URL(link).hash.slice(1), name: email, password }, { token: null })
    const { access_token: token } = await signIn({ email, password })
    return { id: claimsOf(token).sub, token }
  }
  const newest = async (operation: string, enterpriseId: string) => {
    const [entry] = await aia.runtime.services.database.tenant(enterpriseId, (tx) =>
      tx
        .select()
        .from(auditEntries)
        .where(and(eq(auditEntries.operation, operation), eq(auditEntries.enterpriseId, enterpriseId)))
        .orderBy(desc(auditEntries.sequence))
        .limit(1),
    )
    return entry
  }

  it('moves a session to another enterprise, where nothing of the first is seen', async () => {
    const first = await signIn()
    const made = await json<{ id: string }>(first.access_token, 'POST', 'auth/enterprises', { name: 'Second', tier: 'enterprise' })
    await aia.add('Only here', 'The first enterprise keeps this sentence to itself.')
    const second = await json<Tokens>(first.access_token, 'POST', 'auth/switch', { enterprise_id: made.id })
    expect(claimsOf(second.access_token)).toMatchObject({ eid: made.id, sid: claimsOf(first.access_token).sid })
    expect(await json(second.access_token, 'GET', 'auth/profile')).toMatchObject({
      enterprise: { name: 'Second', tier: 'enterprise' },
      role: 'owner',
    })
    expect(await json(second.access_token, 'GET', 'neural/sources')).toMatchObject({ items: [] })
    expect(await json(second.access_token, 'GET', 'auth/people')).toMatchObject({ total: 1 })
    // What was given before opens nothing any more.
    expect(await status(first.access_token, 'GET', 'auth/profile')).toBe(401)
    expect((await aia.call('POST', 'auth/refresh', { refresh_token: first.refresh_token }, { token: null })).status).toBe(401)
    const renewed = await aia.call('POST', 'auth/refresh', { refresh_token: second.refresh_token }, { token: null })
    expect(claimsOf(((await renewed.json()) as Tokens).access_token).eid).toBe(made.id)
    const { items } = await json<{ items: { id: string; current: boolean }[] }>(second.access_token, 'GET', 'auth/enterprises')
    expect(items.find(({ current }) => current)?.id).toBe(made.id)
    expect(items).toHaveLength(2)
  })

  it('opens no enterprise the person does not belong to, and none of a higher tier', async () => {
    const { access_token: token } = await signIn()
    expect(await status(token, 'POST', 'auth/switch', { enterprise_id: crypto.randomUUID() })).toBe(404)
    const made = await json<{ id: string }>(token, 'POST', 'auth/enterprises', { name: 'Third' })
    await aia.runtime.services.database.identity((tx) =>
      tx.update(memberships).set({ suspendedAt: new Date() }).where(eq(memberships.enterpriseId, made.id)),
    )
    expect(await status(token, 'POST', 'auth/switch', { enterprise_id: made.id })).toBe(404)
    const analyst = await join('nina@example.com', 'analyst')
    expect(await status(analyst.token, 'POST', 'auth/enterprises', { name: 'Mine' })).toBe(403)
    const small = await json<{ id: string }>(token, 'POST', 'auth/enterprises', { name: 'Small' })
    const there = await json<Tokens>(token, 'POST', 'auth/switch', { enterprise_id: small.id })
    expect(await status(there.access_token, 'POST', 'auth/enterprises', { name: 'Large', tier: 'fortune_500' })).toBe(403)
  })

  it('acts under another name with that name’s rights, and both names stand in the audit', async () => {
    const analyst = await join('olga@example.com', 'analyst')
    const { access_token: own } = await signIn()
    const { sub: ownerId, eid } = claimsOf(own)
    const begun = await json<{ access_token: string }>(own, 'POST', 'auth/impersonation', {
      person_id: analyst.id,
      reason: 'She reported that the list is empty.',
    })
    const other = begun.access_token
    expect(claimsOf(other)).toMatchObject({ sub: analyst.id, act: { sub: ownerId } })
    expect(await json(other, 'GET', 'auth/profile')).toMatchObject({
      person: { email: 'olga@example.com' },
      impersonator: { email: 'owner@example.com' },
    })
    expect(await status(other, 'GET', 'auth/people')).toBe(403)
    expect(
      await status(other, 'POST', 'neural/sources', { title: 'From another name', content: 'A sentence that was written under another name.' }),
    ).toBe(202)
    expect(await newest('neural.addSources', eid)).toMatchObject({ actor: analyst.id, impersonator: ownerId })
    // The token from before is still the owner's own; the browser of that session acts as the other.
    expect(await json(own, 'GET', 'auth/profile')).toMatchObject({ person: { id: ownerId }, impersonator: null })
    const cookie = (await sessionCookieHeader(aia.runtime.services, { personId: ownerId, sessionId: claimsOf(own).sid })).split(';')[0] ?? ''
    const inBrowser = async () => (await (await aia.call('GET', 'auth/profile', undefined, { token: null, headers: { cookie } })).json()) as object
    expect(await inBrowser()).toMatchObject({ person: { id: analyst.id }, impersonator: { email: 'owner@example.com' } })
    await json(other, 'DELETE', 'auth/impersonation')
    expect(await newest('auth.endImpersonation', eid)).toMatchObject({ actor: analyst.id, impersonator: ownerId })
    expect(await status(other, 'GET', 'auth/profile')).toBe(401)
    expect(await inBrowser()).toMatchObject({ person: { id: ownerId }, impersonator: null })
    expect(await status(own, 'DELETE', 'auth/impersonation')).toBe(409)
  })

  it('ends by itself, and with the right to do it', async () => {
    const analyst = await join('pia@example.com', 'analyst')
    const admin = await join('quin@example.com', 'admin')
    const begin = async () =>
      (await json<{ access_token: string }>(admin.token, 'POST', 'auth/impersonation', { person_id: analyst.id, reason: 'A long enough reason.' }))
        .access_token
    const late = await begin()
    const { database } = aia.runtime.services
    await database.identity((tx) =>
      tx
        .update(sessions)
        .set({ actingUntil: new Date(Date.now() - 1) })
        .where(eq(sessions.id, claimsOf(late).sid)),
    )
    expect(await status(late, 'GET', 'auth/profile')).toBe(401)
    const demoted = await begin()
    await aia.json('PUT', `auth/people/${admin.id}/role`, { role: 'analyst' })
    expect(await status(demoted, 'GET', 'auth/profile')).toBe(401)
  })

  it.each([
    ['without a reason', { reason: 'short' }, 400],
    ['for longer than an hour', { minutes: 61 }, 400],
    ['as nobody', { person_id: '00000000-0000-4000-8000-000000000000' }, 404],
  ])('refuses to act %s', async (_what, more, expected) => {
    const analyst = (await aia.json<{ items: { id: string }[] }>('GET', 'auth/people?q=olga')).items[0]
    const { access_token: token } = await signIn()
    const body = { person_id: analyst?.id, reason: 'A long enough reason.', ...more }
    expect(await status(token, 'POST', 'auth/impersonation', body)).toBe(expected)
  })

  it('never lends more rights, and no way to keep them', async () => {
    const admin = await join('rosa@example.com', 'admin')
    const analyst = await join('saul@example.com', 'analyst')
    const { access_token: owner } = await signIn()
    const reason = 'A long enough reason.'
    expect(await status(admin.token, 'POST', 'auth/impersonation', { person_id: claimsOf(owner).sub, reason })).toBe(403)
    expect(await status(analyst.token, 'POST', 'auth/impersonation', { person_id: admin.id, reason })).toBe(403)
    const { access_token: asAdmin } = await json<Tokens>(owner, 'POST', 'auth/impersonation', { person_id: admin.id, reason })
    expect(await status(asAdmin, 'GET', 'auth/people')).toBe(200)
    for (const [method, path, body] of [
      ['POST', 'auth/impersonation', { person_id: analyst.id, reason }],
      ['POST', 'auth/invitations', { email: 'new@example.com', role: 'admin' }],
      ['POST', 'auth/clients', { name: 'x', grant_types: ['client_credentials'], scopes: [] }],
      ['POST', 'auth/switch', { enterprise_id: crypto.randomUUID() }],
    ] as const)
      expect(await status(asAdmin, method, path, body), path).toBe(403)
  })
})
