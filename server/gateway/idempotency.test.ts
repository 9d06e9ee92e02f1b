import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rows } from '../storage/database/port.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { idempotencyKeyOf } from './idempotency.ts'
import { idempotencyKeys } from './tables.ts'

describe('Idempotency-Key [ASVS 5.0 V2.3.4]', () => {
  let aia: TestInstallation
  let enterpriseId: string
  beforeAll(async () => {
    aia = await startInstallation()
    enterpriseId = (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id
  })
  afterAll(() => aia.stop())

  const tenant = <T extends object>(statement: ReturnType<typeof sql>) =>
    aia.runtime.services.database.tenant(enterpriseId, (tx) => rows<T>(tx, statement))
  const audited = async (operation: string) =>
    (await tenant<{ n: number }>(sql`select count(*)::int as n from audit_entries where operation = ${operation} and outcome = 'done'`))[0]?.n
  const post = (path: string, body: unknown, key: string, token?: string | null) =>
    aia.call('POST', path, body, { headers: { 'idempotency-key': key }, ...(token === undefined ? {} : { token }) })
  const invite = (key: string, email: string) => post('auth/invitations', { email, role: 'analyst' }, key)
  const add = (key: string, title: string) => post('neural/sources', { title, content: `All about ${title}.` }, key)

  it.each([
    ['an operation that is one transaction', invite, 'auth.invitePerson', 'a@example.com', 'b@example.com'],
    ['an operation with transactions of its own', add, 'neural.addSources', 'Lighthouses', 'Windmills'],
  ])('runs %s once for one key and input', async (_what, send, operation, input, other) => {
    const before = await audited(operation)
    const key = `"${randomUUID()}"`
    const first = await send(key, input)
    const answer = await first.text()
    expect([first.status < 300, first.headers.get('idempotency-replayed')]).toEqual([true, null])
    const again = await send(key, input)
    expect([again.status, again.headers.get('idempotency-replayed'), await again.text()]).toEqual([first.status, 'true', answer])
    expect(await audited(operation)).toBe((before ?? 0) + 1)
    const refused = await send(key, other)
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([422, 'key_reused'])
    expect(await audited(operation)).toBe((before ?? 0) + 1)
    // A bare key and a quoted one are the same; another key runs anew.
    expect((await send(key.replaceAll('"', ''), input)).headers.get('idempotency-replayed')).toBe('true')
  })

  it.each([
    ['an operation that is one transaction', invite, 'auth.invitePerson', 'twice@example.com'],
    ['an operation with transactions of its own', add, 'neural.addSources', 'Aqueducts'],
  ])('runs duplicates of %s that come at once only once', async (_what, send, operation, input) => {
    const before = await audited(operation)
    const key = randomUUID()
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(key, input)))
    const statuses = new Set(answers.map((answer) => (answer.status < 300 ? 'done' : answer.status)))
    for (const status of statuses) expect(['done', 409]).toContain(status)
    expect(statuses).toContain('done')
    expect(await audited(operation)).toBe((before ?? 0) + 1)
  })

  it('gives the same tokens to a repeated sign-in, and keeps neither them nor the password readable', async () => {
    const body = { email: 'owner@example.com', password: 'a long test password' }
    const key = randomUUID()
    const [first, again] = [await post('auth/login', body, key, null), await post('auth/login', body, key, null)]
    const tokens = (await first.json()) as { access_token: string; refresh_token: string }
    expect(await again.json()).toEqual(tokens)
    const stored = JSON.stringify(await aia.runtime.services.database.identity((tx) => tx.select().from(idempotencyKeys)))
    for (const secret of [tokens.access_token, tokens.refresh_token, body.password, key]) expect(stored).not.toContain(secret)
  })

  it('keeps nothing of a call that was refused or failed, so that it can be repeated', async () => {
    const key = randomUUID()
    expect((await post('neural/sources', { url: 'http://127.0.0.1/' }, key)).status).toBe(400)
    expect((await add(key, 'Harbours')).headers.get('idempotency-replayed')).toBeNull()
    const { cache } = aia.runtime.services
    const { get } = cache
    const failing = randomUUID()
    const ask = () => post('neural/process', { data: { question: 'What is a lighthouse?' } }, failing)
    cache.get = () => Promise.reject(new Error('planted'))
    expect((await ask()).status).toBe(500)
    cache.get = get
    const repeated = await ask()
    expect([repeated.status, repeated.headers.get('idempotency-replayed')]).toEqual([200, null])
    expect((await ask()).headers.get('idempotency-replayed')).toBe('true')
  })

  it('never runs again what had changed something when its process died, and runs again what had not', async () => {
    for (const [state, status] of [
      ['changed', 409],
      ['running', 202],
    ] as const) {
      const key = randomUUID()
      await add(key, 'Viaducts')
      await aia.runtime.services.database.tenant(enterpriseId, (tx) =>
        tx
          .update(idempotencyKeys)
          .set({ state, process: randomUUID(), sealedOutput: null })
          .where(eq(idempotencyKeys.operation, 'neural.addSources')),
      )
      expect((await add(key, 'Viaducts')).status).toBe(status)
    }
  })

  it('is of one caller and one operation, and forgets after a day', async () => {
    const key = randomUUID()
    await add(key, 'Canals')
    expect((await post('neural/train', {}, key)).headers.get('idempotency-replayed')).toBeNull()
    await tenant(sql`update idempotency_keys set created_at = now() - interval '25 hours'`)
    expect((await add(key, 'Bridges')).status).toBe(202)
  })

  it('refuses a key that is none', () => {
    for (const key of ['"a"b"', 'tab\t', 'ü', 'x'.repeat(256), '""'])
      expect(() => idempotencyKeyOf({ get: () => key } as unknown as Headers), key).toThrow()
    expect(idempotencyKeyOf(new Headers({ 'idempotency-key': '"8e03978e-40d5"' }))).toBe('8e03978e-40d5')
    expect(idempotencyKeyOf(new Headers())).toBeUndefined()
  })
})
