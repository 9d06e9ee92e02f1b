import { existsSync } from 'node:fs'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '../api.ts'
import { hashPassword } from '../auth/passwords.ts'
import { memberships, people } from '../auth/tables.ts'
import { freshEnterprise } from '../testing/database.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { tellsState, undeclared } from './operation.ts'
import { type Sample, samples, type World } from './operations.fixture.ts'
import { permissionsOfRole } from './permissions.ts'
import { type RouteEntry, routeTable } from './route-table.ts'
import { auditEntries } from './tables.ts'

// Made from the table of operations: a new one is tested by standing in it. Numbers are those of OWASP ASVS 5.0.
const routes = routeTable(api, '')
const sampleOf = (route: RouteEntry): Sample | undefined => samples[route.name] ?? (needsSample(route) ? undefined : {})
const needsSample = (route: RouteEntry) => route.method !== 'GET' || route.path.includes('{')
const isPublic = (route: RouteEntry) => route.meta.permission === 'public'
const named = (list: RouteEntry[]): [string, RouteEntry][] => list.map((route) => [`${route.name} (${route.method} ${route.path})`, route])
const callable = routes.filter((route) => sampleOf(route) && !sampleOf(route)?.elsewhere)
const partnerMay = permissionsOfRole('partner') as readonly string[]

describe('every operation is declared [V8.1.1, V16.1.1]', () => {
  it.each(named(routes))('%s', (_name, route) => {
    expect(undeclared(route.meta, route.method), `${route.name} (${route.path})`).toBeNull()
    expect(route.path).toMatch(/^\/v1\/[a-z]/)
    expect(sampleOf(route), `${route.name} has no sample: add one to server/gateway/operations.fixture.ts`).toBeDefined()
  })
  it('and every sample belongs to one', () => {
    const names = new Set(routes.map(({ name }) => name))
    expect(Object.keys(samples).filter((name) => !names.has(name))).toEqual([])
    for (const { elsewhere } of Object.values(samples)) if (elsewhere) expect(existsSync(elsewhere), elsewhere).toBe(true)
  })
})

describe('every operation at the door', () => {
  let aia: TestInstallation
  let world: World
  let own: string
  let partner: string
  let stranger: { token: string; enterpriseId: string }
  const password = 'a password of my own'
  const signIn = async (email: string) =>
    ((await (await aia.call('POST', 'auth/login', { email, password }, { token: null })).json()) as { access_token: string }).access_token

  async function member(enterpriseId: string, role: string): Promise<{ id: string; email: string; token: string }> {
    const [id, email] = [crypto.randomUUID(), `${crypto.randomUUID()}@example.com`]
    const passwordHash = await hashPassword(password)
    await aia.runtime.services.database.identity(async (tx) => {
      await tx.insert(people).values({ id, email, name: email, passwordHash })
      await tx.insert(memberships).values({ enterpriseId, personId: id, role })
    })
    return { id, email, token: await signIn(email) }
  }

  beforeAll(async () => {
    aia = await startInstallation()
    own = (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id
    let read: Promise<string> | undefined
    world = {
      aia,
      person: (role = 'analyst') => member(own, role),
      post: (path, body) => aia.json('POST', path, body),
      source: () => {
        // One is read and shared until somebody deletes it; then the next is read.
        read = (read ?? Promise.resolve('')).then(async (id) =>
          id && (await aia.call('GET', `neural/sources/${id}`)).ok
            ? id
            : aia.add('Tarnholm', '# Tarnholm\n\nThe lighthouse stands on the island of Tarnholm.'),
        )
        return read
      },
    }
    partner = (await world.person('partner')).token
    const enterpriseId = await freshEnterprise(aia.runtime.services.database as never)
    stranger = { enterpriseId, token: (await member(enterpriseId, 'owner')).token }
  })
  afterAll(() => aia.stop())

  async function send(route: RouteEntry, sample: Sample, more: { id?: string | number; token?: string | null; query?: string; extra?: object } = {}) {
    const id = more.id ?? (await sample.id?.(world)) ?? crypto.randomUUID()
    const query = more.query ?? (await sample.query?.(world))
    const body = route.method === 'GET' ? undefined : { ...((await sample.body?.(world)) as object | undefined), ...more.extra }
    const path = route.path.replace('/v1/', '').replace(/\{[^}]+\}/g, String(id))
    const sent = body && (Object.keys(body).length > 0 || sample.body) ? body : undefined
    return aia.call(route.method, query ? `${path}?${query}` : path, sent, more.token === undefined ? {} : { token: more.token })
  }
  const codeOf = async (response: Response) => ((await response.json().catch(() => ({}))) as { code?: string }).code

  const rowsOf = (response: Response) =>
    aia.runtime.services.database.tenant(own, (tx) =>
      tx
        .select()
        .from(auditEntries)
        .where(eq(auditEntries.requestId, response.headers.get('x-request-id') ?? '')),
    )

  it.each(named(callable))('answers 2xx to a caller who may, and records what it changed [V2.2.1, V16.2.1]: %s', async (_name, route) => {
    const sample = sampleOf(route) as Sample
    const token = await sample.token?.(world)
    const response = await send(route, sample, sample.token ? { token: token ?? null } : {})
    expect(Math.floor(response.status / 100), `${response.status} ${response.status < 300 ? '' : await response.text()}`).toBe(2)
    const left = (await rowsOf(response)).filter(({ operation }) => operation === route.name)
    expect(left.length > 0).toBe(route.meta.audit === 'row' || route.meta.audit === 'own')
    for (const row of left) expect(tellsState(route.meta.state, row), `${route.meta.state}: ${row.before}, ${row.after}`).toBe(true)
  })

  it.each(named(routes.filter((route) => !isPublic(route))))('answers 401 to nobody [V6.1.1, V8.3.1]: %s', async (_name, route) => {
    const response = await send(route, {}, { token: null })
    expect([response.headers.get('content-type'), response.headers.get('www-authenticate')]).toEqual(['application/problem+json', 'Bearer'])
    expect([response.status, await codeOf(response)]).toEqual([401, 'unauthenticated'])
  })

  it.each(named(routes.filter((route) => !isPublic(route) && !partnerMay.includes(String(route.meta.permission)))))(
    'answers 403 to a role without the permission, and records it [V8.2.1, V16.3.2]: %s',
    async (_name, route) => {
      const response = await send(route, { body: sampleOf(route)?.body ? () => ({}) : undefined } as Sample, { token: partner })
      expect([response.status, await codeOf(response)]).toEqual([403, 'forbidden'])
      const entries = await aia.runtime.services.database.tenant(
        (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id,
        (tx) =>
          tx
            .select()
            .from(auditEntries)
            .where(and(eq(auditEntries.operation, route.name), eq(auditEntries.outcome, 'refused'))),
      )
      expect(entries.length).toBeGreaterThan(0)
    },
  )

  it.each(named(callable.filter((route) => !isPublic(route))))('answers 400 to a field that it does not know [V15.3.3]: %s', async (_name, route) => {
    const sample = sampleOf(route) as Sample
    const response = await send(route, { ...sample, token: undefined } as Sample, {
      query: `${(await sample.query?.(world)) ?? ''}&zz_unknown=1`,
      extra: { zz_unknown: 1 },
    })
    expect([response.status, await codeOf(response)]).toEqual([400, 'invalid_input'])
  })

  it.each(named(callable.filter((route) => route.path.includes('{') && route.name !== 'audit.getAuditProof')))(
    "answers 404 to another enterprise's id and to one that nobody has, and records it [V8.2.2, V8.4.1]: %s",
    async (_name, route) => {
      const sample = sampleOf(route) as Sample
      const id = (await sample.id?.(world)) as string
      expect(id).toBeTruthy()
      const response = await send(route, sample, { id, token: stranger.token })
      expect([response.status, await codeOf(response)]).toEqual([404, 'not_found'])
      const entries = await aia.runtime.services.database.tenant(stranger.enterpriseId, (tx) =>
        tx
          .select()
          .from(auditEntries)
          .where(and(eq(auditEntries.operation, route.name), eq(auditEntries.target, id))),
      )
      expect(entries).toMatchObject([{ outcome: 'refused', detail: { code: 'not_found' } }])
      const nobodys = await send(route, sample, { id: typeof id === 'number' || /^\d+$/.test(id) ? 999_999 : crypto.randomUUID() })
      expect([nobodys.status, await codeOf(nobodys)]).toEqual([404, 'not_found'])
      // And it is still there for its own.
      expect((await send(route, sample, { id })).status).toBeLessThan(300)
    },
  )
})
