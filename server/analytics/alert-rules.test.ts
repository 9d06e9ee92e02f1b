import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { auditEntries } from '../gateway/tables.ts'
import { type Listening, listenTo } from '../testing/events.ts'
import { newPerson } from '../testing/people.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { alertLimits } from './contract.ts'
import { evaluateRules } from './evaluate-rules.ts'

interface Rule {
  id: string
  name: string
  unit: string
  aggregate: string
  tags: object
  state: string | null
  since: string | null
  value: number | null
  paused: boolean
}

// The clock would look in between, at minutes of its own: only the tests look here. That it looks is seen in alert-clock.test.ts.
vi.mock('./schedules.ts', () => ({ analyticsSchedules: [] }))

let aia: TestInstallation
let own: string
beforeAll(async () => {
  aia = await startInstallation()
  own = (await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')).enterprise.id
})
afterAll(() => aia.stop())

const minuteMs = 60_000
/** Ahead of the clock, so that a rule has no data when it is made or changed. */
let minute = Math.floor(Date.now() / minuteMs) * minuteMs + 60 * minuteMs
/** Every test has an operation of its own to count. */
let made = 0
const newOperation = () => `test.op${++made}`

/** Measures calls of an operation in the minute that is under way, and lets it pass. */
async function measure(operation: string, value: number, enterpriseId = own): Promise<void> {
  const { series } = aia.runtime.services
  await series.write([{ measurement: 'enterprise_usage', enterpriseId, tags: { metric: 'calls', operation }, value, atMs: minute + 1_000 }])
}
function nextMinute(): number {
  minute += minuteMs
  return minute
}
const look = (at = nextMinute()) => evaluateRules(aia.runtime.services, at)
const body = (operation: string, more: object = {}) => ({
  name: `Many of ${operation}`,
  measurement: 'enterprise_usage',
  metric: 'calls',
  tags: { operation },
  condition: 'above',
  threshold: 10,
  window_seconds: 60,
  ...more,
})
const make = (operation: string, more: object = {}) => aia.json<Rule>('POST', 'analytics/alert-rules', body(operation, more))
const list = async () => (await aia.json<{ items: Rule[] }>('GET', 'analytics/alert-rules')).items
const ruleOf = async (id: string) => (await list()).find((rule) => rule.id === id)
async function listen(token?: string): Promise<Listening> {
  const listening = listenTo(await aia.call('GET', 'events', undefined, token ? { token } : {}))
  await listening.until(({ kind }) => kind === 'opened')
  return listening
}
const statesHeard = (listening: Listening, id: string) =>
  listening.heard.filter((event) => event.kind === 'alert.changed' && event.id === id).map(({ state }) => state)

describe('an alert rule', () => {
  it('is made with its state, fires, recovers and says when there is no data, each once and as an event', async () => {
    const operation = newOperation()
    const listening = await listen()
    const rule = await make(operation)
    expect(rule).toMatchObject({ unit: 'count', aggregate: 'sum', tags: { operation }, state: 'no_data', value: null, paused: false })
    expect(Date.parse(rule.since ?? '')).toBeGreaterThan(Date.now() - 60_000)

    await measure(operation, 6)
    await measure(operation, 5)
    await look()
    const fired = await ruleOf(rule.id)
    expect(fired).toMatchObject({ state: 'firing', value: 11, since: new Date(minute).toISOString() })
    // Again, and twice at once: nothing is written, and nothing told.
    await Promise.all([look(minute + 500), look(minute + 500)])
    expect(await ruleOf(rule.id)).toEqual(fired)

    await measure(operation, 10)
    await look()
    expect(await ruleOf(rule.id)).toMatchObject({ state: 'ok', value: 10, since: new Date(minute).toISOString() })
    await look()
    expect(await ruleOf(rule.id)).toMatchObject({ state: 'no_data', value: null })
    await aia.json('DELETE', `analytics/alert-rules/${rule.id}`)
    await listening.until((event) => event.id === rule.id && event.state === 'removed')
    expect(statesHeard(listening, rule.id)).toEqual(['no_data', 'firing', 'ok', 'no_data', 'removed'])
    expect(await ruleOf(rule.id)).toBeUndefined()
    await listening.close()
  })

  it('is told once when two processes see the same change', async () => {
    const operation = newOperation()
    const listening = await listen()
    const rule = await make(operation)
    await measure(operation, 99)
    const at = nextMinute()
    await Promise.all([look(at), look(at), look(at)])
    await aia.json('DELETE', `analytics/alert-rules/${rule.id}`)
    await listening.until((event) => event.id === rule.id && event.state === 'removed')
    expect(statesHeard(listening, rule.id)).toEqual(['no_data', 'firing', 'removed'])
    await listening.close()
  })

  it('fires below too, and never because nothing was measured', async () => {
    const operation = newOperation()
    const { id } = await make(operation, { condition: 'below', threshold: 3 })
    await look()
    expect(await ruleOf(id)).toMatchObject({ state: 'no_data', value: null })
    await measure(operation, 2)
    await look()
    expect(await ruleOf(id)).toMatchObject({ state: 'firing', value: 2 })
  })

  it('is as long in its state as it was when it only gets another name, and is looked at anew when it is another one', async () => {
    const operation = newOperation()
    const { id } = await make(operation, { condition: 'below' })
    await measure(operation, 1)
    await look()
    const before = await ruleOf(id)
    expect(before?.state).toBe('firing')
    // By the clock of the server nothing was measured yet: another state, so since another time.
    const changed = await aia.json<Rule>('PUT', `analytics/alert-rules/${id}`, body(operation, { name: 'Few', threshold: 5 }))
    expect(changed).toMatchObject({ name: 'Few', state: 'no_data', value: null })
    const renamed = await aia.json<Rule>('PUT', `analytics/alert-rules/${id}`, body(operation, { name: 'Fewer', threshold: 5 }))
    expect(renamed).toEqual({ ...changed, name: 'Fewer' })
  })

  it('is not looked at while it is paused', async () => {
    const operation = newOperation()
    const { id } = await make(operation)
    const paused = await aia.json<Rule>('PUT', `analytics/alert-rules/${id}`, body(operation, { paused: true }))
    expect(paused).toMatchObject({ paused: true, state: null, since: null, value: null })
    await measure(operation, 99)
    await look()
    expect(await ruleOf(id)).toEqual(paused)
    await aia.json('PUT', `analytics/alert-rules/${id}`, body(operation))
    await measure(operation, 99)
    await look()
    expect(await ruleOf(id)).toMatchObject({ state: 'firing' })
  })

  it('stays as it is while the time series cannot be read, and keeps the others from nothing', async () => {
    const operation = newOperation()
    const { id } = await make(operation)
    await measure(operation, 99)
    await look()
    const { services } = aia.runtime
    const away = {
      ...services,
      series: { ...services.series, query: () => Promise.reject(new Error('away')), check: async () => ({ isAway: true, buffered: 0, dropped: 0 }) },
    }
    await evaluateRules(away, minute + 10 * minuteMs)
    expect(await ruleOf(id)).toMatchObject({ state: 'firing', value: 99 })
    const broken = newOperation()
    const { id: other } = await make(broken)
    await measure(broken, 99)
    const oneBroken = {
      ...services,
      series: {
        ...services.series,
        query: (query: Parameters<typeof services.series.query>[0]) =>
          query.tags.operation === operation ? Promise.reject(new Error('broken')) : services.series.query(query),
      },
    }
    await evaluateRules(oneBroken, nextMinute())
    expect(await ruleOf(id)).toMatchObject({ state: 'firing', value: 99 })
    expect(await ruleOf(other)).toMatchObject({ state: 'firing', value: 99 })
  })

  it('leaves a row of the audit log for each thing that is done with it', async () => {
    const operation = newOperation()
    const { id } = await make(operation)
    await aia.json('PUT', `analytics/alert-rules/${id}`, body(operation, { threshold: 11 }))
    await aia.json('DELETE', `analytics/alert-rules/${id}`)
    const rows = await aia.runtime.services.database.tenant(own, (tx) =>
      tx
        .select({ operation: auditEntries.operation, before: auditEntries.before, after: auditEntries.after })
        .from(auditEntries)
        .where(and(eq(auditEntries.enterpriseId, own), eq(auditEntries.target, id)))
        .orderBy(auditEntries.sequence),
    )
    expect(rows.map((row) => [row.operation, row.before !== null, row.after !== null])).toEqual([
      ['analytics.makeRule', false, true],
      ['analytics.changeRule', true, true],
      ['analytics.deleteRule', true, false],
    ])
  })
})

describe('alert rules', () => {
  it('belong to the enterprise: others neither see, hear, change nor delete them, and their figures do not count', async () => {
    const operation = newOperation()
    const stranger = await newPerson(aia)
    const token = await stranger.token()
    const rule = await make(operation)
    const listening = await listen(token)
    await measure(operation, 99, stranger.enterpriseId)
    await look()
    expect(await ruleOf(rule.id)).toMatchObject({ state: 'no_data' })
    expect(await (await aia.call('GET', 'analytics/alert-rules', undefined, { token })).json()).toEqual({ items: [] })
    expect((await aia.call('PUT', `analytics/alert-rules/${rule.id}`, body(operation), { token })).status).toBe(404)
    expect((await aia.call('DELETE', `analytics/alert-rules/${rule.id}`, undefined, { token })).status).toBe(404)
    await aia.call('POST', 'analytics/alert-rules', body(operation), { token })
    await listening.until(({ kind }) => kind === 'alert.changed')
    expect(statesHeard(listening, rule.id)).toEqual([])
    await listening.close()
    // A colleague sees them.
    const colleague = await newPerson(aia, 'analyst', own)
    const seen = await aia.call('GET', 'analytics/alert-rules', undefined, { token: await colleague.token() })
    expect(((await seen.json()) as { items: Rule[] }).items.map(({ id }) => id)).toContain(rule.id)
  })

  it('are made by those who may, seen by those who see analytics', async () => {
    const operation = newOperation()
    const rule = await make(operation)
    const auditor = await newPerson(aia, 'auditor', own)
    const token = await auditor.token()
    expect((await aia.call('GET', 'analytics/alert-rules', undefined, { token })).status).toBe(200)
    expect((await aia.call('POST', 'analytics/alert-rules', body(operation), { token })).status).toBe(403)
    expect((await aia.call('PUT', `analytics/alert-rules/${rule.id}`, body(operation), { token })).status).toBe(403)
    expect((await aia.call('DELETE', `analytics/alert-rules/${rule.id}`, undefined, { token })).status).toBe(403)
    const agent = await newPerson(aia, 'agent', own)
    expect((await aia.call('GET', 'analytics/alert-rules', undefined, { token: await agent.token() })).status).toBe(403)
  })

  it('are so many and no more', async () => {
    const person = await newPerson(aia)
    const token = await person.token()
    for (let i = 0; i < alertLimits.rules; i++)
      expect((await aia.call('POST', 'analytics/alert-rules', body('auth.login', { paused: true }), { token })).status).toBe(201)
    const refused = await aia.call('POST', 'analytics/alert-rules', body('auth.login'), { token })
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([409, 'conflict'])
  })

  it.each([
    ['name', { name: ' ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['metric', { metric: 'revenue' }],
    ['metric', { measurement: 'payment_transactions' }],
    ['aggregate', { aggregate: 'p95' }],
    ['tags/mode', { tags: { mode: 'standard' } }],
    ['tags/operation', { tags: { operation: 'a"b' } }],
    ['condition', { condition: 'equal' }],
    ['threshold', { threshold: 'many' }],
    ['threshold', { threshold: 1e16 }],
    ['window_seconds', { window_seconds: 59 }],
    ['window_seconds', { window_seconds: 90 }],
    ['window_seconds', { window_seconds: 86_460 }],
  ])('refuse a wrong %s, and say so: %o', async (field, wrong) => {
    const response = await aia.call('POST', 'analytics/alert-rules', body('auth.login', wrong))
    const problem = (await response.json()) as { code: string; errors: { pointer: string }[] }
    expect([response.status, problem.code, ...new Set(problem.errors.map(({ pointer }) => pointer))]).toEqual([400, 'invalid_input', `/${field}`])
  })
})
