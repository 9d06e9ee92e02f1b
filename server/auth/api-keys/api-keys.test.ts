// API keys, sessions and signing keys, through the REST door. OWASP ASVS 5: V7 (sessions), V8 (authorisation).
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPerson } from '../../testing/people.ts'
import { startInstallation, type TestInstallation } from '../../testing/runtime.ts'
import { memberships, apiKeys as table } from '../tables.ts'
import { isApiKey, newApiKey } from './key-text.ts'

describe('the text of an API key', () => {
  it('is found wrong without a look-up when a character was typed wrong, swapped or lost', () => {
    for (let i = 0; i < 50; i++) {
      const key = newApiKey()
      expect(key).toMatch(/^aia_live_[0-9A-Za-z]{38}$/)
      expect(isApiKey(key)).toBe(true)
      for (let at = 9; at < key.length; at++) {
        const other = key[at] === 'x' ? 'y' : 'x'
        expect(isApiKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false)
        expect(isApiKey(key.slice(0, at) + key.slice(at + 1))).toBe(false)
        const [one, two] = [key[at], key[at + 1]]
        if (two && one !== two) expect(isApiKey(key.slice(0, at) + two + one + key.slice(at + 2))).toBe(false)
      }
    }
  })
})

interface Key {
  id: string
  start: string
  state: string
  scopes: string[]
  last_used_at: string | null
  expires_at: string | null
  replaced_by: string | null
}
interface Made {
  key: string
  item: Key
}
interface Listed<T> {
  items: T[]
  scopes: string[]
}

describe('API keys', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
  })
  afterAll(() => aia.stop())
  async function call<T = { code: string }>(token: string | null, method: string, path: string, body?: unknown): Promise<T & { httpStatus: number }> {
    const response = await aia.call(method, path, body, { token })
    return { ...((await response.json()) as T), httpStatus: response.status }
  }
  const make = (token: string, scopes = ['knowledge.read'], more: object = {}) =>
    call<Made>(token, 'POST', 'auth/api-keys', { name: 'Nightly export', scopes, ...more })
  const identity: TestInstallation['runtime']['services']['database']['identity'] = (run) => aia.runtime.services.database.identity(run)
  const status = async (key: string, path = 'neural/status') => (await aia.call('GET', path, undefined, { token: key })).status

  it('opens exactly its scopes, by either header, and is stored as a hash', async () => {
    const person = await newPerson(aia)
    const made = await make(await person.token())
    expect([made.httpStatus, made.item.state, made.item.start]).toEqual([201, 'active', made.key.slice(0, 13)])
    expect(await status(made.key)).toBe(200)
    expect((await aia.call('GET', 'neural/status', undefined, { token: null, headers: { 'x-api-key': made.key } })).status).toBe(200)
    expect((await aia.call('POST', 'neural/sources', { title: 'x', content: 'y' }, { token: made.key })).status).toBe(403)
    expect(await status(made.key, 'auth/profile')).toBe(403)
    expect(await status(made.key, 'auth/api-keys')).toBe(403)
    for (const wrong of [newApiKey(), `${made.key}x`, made.key.slice(0, -1)]) expect(await status(wrong)).toBe(401)
    const stored = await identity((tx) => tx.select().from(table).where(eq(table.id, made.item.id)))
    expect(JSON.stringify(stored)).not.toContain(made.key)
    const { items } = await call<Listed<Key>>(await person.token(), 'GET', 'auth/api-keys')
    expect(items[0]).toMatchObject({ id: made.item.id, last_used_at: expect.any(String) })
    expect(JSON.stringify(items)).not.toContain(made.key.slice(13))
  })

  it('carries no more than its owner, and less when the owner loses rights', async () => {
    const owner = await newPerson(aia)
    const person = await newPerson(aia, 'operator', owner.enterpriseId)
    const token = await person.token()
    const { scopes } = await call<Listed<Key>>(token, 'GET', 'auth/api-keys')
    expect(scopes).toContain('learning.train')
    expect(scopes).not.toContain('account.manage')
    for (const beyond of ['people.read', 'account.manage', 'security.manage', 'no.such']) expect((await make(token, [beyond])).httpStatus).toBe(400)
    const { key } = await make(token, ['knowledge.read', 'learning.read'])
    expect(await status(key)).toBe(200)
    const become = (role: string) => identity((tx) => tx.update(memberships).set({ role }).where(eq(memberships.personId, person.id)))
    await become('partner')
    expect(await status(key)).toBe(403)
    await become('operator')
    await identity((tx) => tx.update(memberships).set({ suspendedAt: new Date() }).where(eq(memberships.personId, person.id)))
    expect(await status(key)).toBe(401)
  })

  it('ends by revoking and by expiry', async () => {
    const person = await newPerson(aia)
    const token = await person.token()
    const [revoked, expired] = [await make(token), await make(token, ['knowledge.read'], { expires_in_days: 1 })]
    expect((await call<Key>(token, 'DELETE', `auth/api-keys/${revoked.item.id}`)).state).toBe('revoked')
    expect(await status(revoked.key)).toBe(401)
    expect(await status(expired.key)).toBe(200)
    await identity((tx) =>
      tx
        .update(table)
        .set({ expiresAt: new Date(Date.now() - 1) })
        .where(eq(table.id, expired.item.id)),
    )
    expect(await status(expired.key)).toBe(401)
    expect((await call(token, 'POST', `auth/api-keys/${expired.item.id}/rotate`, {})).httpStatus).toBe(409)
  })

  it('is rotated with an overlap', async () => {
    const person = await newPerson(aia)
    const token = await person.token()
    const old = await make(token)
    const rotated = await call<Made>(token, 'POST', `auth/api-keys/${old.item.id}/rotate`, { overlap_hours: 2 })
    expect(rotated.item.scopes).toEqual(['knowledge.read'])
    expect([await status(old.key), await status(rotated.key)]).toEqual([200, 200])
    const { items } = await call<Listed<Key>>(token, 'GET', 'auth/api-keys')
    const before = items.find(({ id }) => id === old.item.id)
    expect(before).toMatchObject({ state: 'expiring', replaced_by: rotated.item.id })
    expect(Math.round((Date.parse(before?.expires_at ?? '') - Date.now()) / 60_000)).toBe(120)
    expect((await call(token, 'POST', `auth/api-keys/${old.item.id}/rotate`, {})).httpStatus).toBe(409)
    const none = await call<Made>(token, 'POST', `auth/api-keys/${rotated.item.id}/rotate`, { overlap_hours: 0 })
    expect([await status(rotated.key), await status(none.key)]).toEqual([401, 200])
  })

  it('belongs to its owner and, to be seen and revoked, to the administrators of its enterprise', async () => {
    const owner = await newPerson(aia)
    const analyst = await newPerson(aia, 'analyst', owner.enterpriseId)
    const stranger = await newPerson(aia)
    const { item, key } = await make(await analyst.token())
    const [boss, alien, self] = [await owner.token(), await stranger.token(), await analyst.token()]
    expect((await call<Listed<Key>>(boss, 'GET', 'auth/api-keys')).items).toEqual([])
    expect((await call<Listed<Key>>(boss, 'GET', 'auth/api-keys?of=enterprise')).items.map(({ id }) => id)).toEqual([item.id])
    expect((await call(self, 'GET', 'auth/api-keys?of=enterprise')).httpStatus).toBe(403)
    expect((await call(alien, 'DELETE', `auth/api-keys/${item.id}`)).httpStatus).toBe(404)
    // An administrator who rotated it would hold a key that acts under another name.
    expect((await call(boss, 'POST', `auth/api-keys/${item.id}/rotate`, {})).httpStatus).toBe(404)
    expect((await call(boss, 'DELETE', `auth/api-keys/${item.id}`)).httpStatus).toBe(200)
    expect(await status(key)).toBe(401)
  })

  it('makes no other keys and secures no account', async () => {
    const person = await newPerson(aia)
    const { key } = await make(await person.token(), ['knowledge.read', 'knowledge.write'])
    expect((await make(key)).httpStatus).toBe(403)
    expect((await call(key, 'POST', 'auth/step-up', { password: 'x' })).httpStatus).toBe(403)
  })

  interface Session {
    id: string
    current: boolean
    person: { email: string }
    user_agent: string | null
  }

  it('sessions are listed and ended: the own, and those of the enterprise by administrators', async () => {
    const owner = await newPerson(aia)
    const analyst = await newPerson(aia, 'analyst', owner.enterpriseId)
    const [boss, one, two] = [await owner.token(), await analyst.token(), await analyst.token()]
    const own = await call<{ items: Session[] }>(one, 'GET', 'auth/sessions')
    expect(own.items.map(({ current }) => current).sort()).toEqual([false, true])
    expect((await call(one, 'GET', 'auth/sessions?of=enterprise')).httpStatus).toBe(403)
    const all = await call<{ items: Session[] }>(boss, 'GET', 'auth/sessions?of=enterprise')
    expect(all.items.map(({ person }) => person.email).sort()).toEqual([analyst.email, analyst.email, owner.email].sort())
    const bosses = all.items.find(({ current }) => current)
    expect((await call(one, 'DELETE', `auth/sessions/${bosses?.id}`)).httpStatus).toBe(404)
    expect((await call(await (await newPerson(aia)).token(), 'DELETE', `auth/sessions/${bosses?.id}`)).httpStatus).toBe(404)
    const other = own.items.find(({ current }) => !current)
    expect((await call(boss, 'DELETE', `auth/sessions/${other?.id}`)).httpStatus).toBe(200)
    expect([await status(one), await status(two)]).toEqual([200, 401])
    await analyst.token()
    expect(await call(one, 'POST', 'auth/sessions/end-others')).toMatchObject({ ended: 1 })
    expect(await status(one)).toBe(200)
  })

  it('signing keys are listed and rotated by hand', async () => {
    const token = await (await newPerson(aia)).token()
    const before = await call<{ items: { id: string; state: string }[] }>(token, 'GET', 'auth/signing-keys')
    const after = await call<{ items: { id: string; state: string }[] }>(token, 'POST', 'auth/signing-keys/rotate')
    const named = (list: typeof before, state: string) => list.items.find((key) => key.state === state)?.id
    expect(named(after, 'current')).toBe(named(before, 'next'))
    expect(named(after, 'retiring')).toBe(named(before, 'current'))
    expect(await status(token)).toBe(200)
    const analyst = await (await newPerson(aia, 'analyst')).token()
    expect((await call(analyst, 'POST', 'auth/signing-keys/rotate')).httpStatus).toBe(403)
  })
})
