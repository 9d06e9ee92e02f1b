import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPerson } from '../testing/people.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'

interface Series {
  unit: string
  aggregate: string
  definition: string
  from: string
  to: string
  bucket_seconds: number
  lines: { tag: string | null; points: { at: string; value: number }[] }[]
  omitted: number
}

let aia: TestInstallation
beforeAll(async () => {
  aia = await startInstallation()
  await aia.add('Leave policy', '# Leave\n\nEvery employee receives 28 days of paid leave per year.')
  for (const question of ['How many days of leave are there?', 'What is the boiling point of tungsten?'])
    for (let i = 0; i < 2; i++) await aia.json('POST', 'neural/process', { data: { question } })
  for (let i = 0; i < 3; i++) await aia.call('GET', 'auth/profile')
  await aia.call('GET', 'auth/profile', undefined, { token: null })
  await aia.runtime.services.measurements.flush()
})
afterAll(() => aia.stop())

const ask = (query: Record<string, string>) => aia.json<Series>('GET', `analytics/series?${new URLSearchParams(query)}`)
const total = ({ lines }: Series) => lines.flatMap(({ points }) => points).reduce((sum, { value }) => sum + value, 0)
const calls = { measurement: 'enterprise_usage', metric: 'calls' }

describe('analytics/series', () => {
  it('counts the calls of an operation, by outcome', async () => {
    const found = await ask({ ...calls, operation: 'auth.profile', by: 'outcome' })
    expect(found).toMatchObject({ unit: 'count', aggregate: 'sum', bucket_seconds: 30, omitted: 0 })
    expect(found.lines.map(({ tag, points }) => [tag, points.reduce((sum, { value }) => sum + value, 0)])).toEqual([
      ['ok', 3],
      ['refused', 1],
    ])
    expect(found.definition.length).toBeGreaterThan(20)
    for (const { at } of found.lines.flatMap(({ points }) => points)) {
      expect(at >= found.from && at < found.to).toBe(true)
      expect(Date.parse(at) % 30_000).toBe(0)
    }
  })

  it('measures what questions and documents give', async () => {
    const neural = (metric: string, more: Record<string, string> = {}) => ask({ measurement: 'neural_intelligence', metric, ...more })
    expect(total(await neural('answers'))).toBe(4)
    expect(total(await neural('answers', { cached: 'yes' }))).toBe(2)
    expect(total(await neural('answers', { status: 'no_answer', cached: 'no' }))).toBe(1)
    expect(total(await neural('answer_latency_ms', { aggregate: 'count' }))).toBe(2)
    expect(total(await neural('citations', { mode: 'standard', aggregate: 'max', bucket: '86400' }))).toBeGreaterThanOrEqual(1)
    const [sources, segments, bytes] = [await neural('sources_read'), await neural('segments_read'), await neural('bytes_read')]
    expect([total(sources), total(segments) > 0, total(bytes) > 50]).toEqual([1, true, true])
    const [worked, accepted] = [total(await neural('agent_ms')), total(await neural('agent_accepted_ms'))]
    const efficiency = await neural('coordination_efficiency', { bucket: '86400' })
    expect(efficiency.lines[0]?.points[0]?.value).toBeCloseTo(accepted / worked, 9)
  })

  it('gives the exact mean of a distribution, and its greatest', async () => {
    const latency = { measurement: 'system_performance', metric: 'latency_ms', operation: 'auth.profile', bucket: '3600' }
    const [mean, max, count] = [await ask(latency), await ask({ ...latency, aggregate: 'max' }), await ask({ ...latency, aggregate: 'count' })]
    expect([mean.unit, mean.aggregate, count.unit]).toEqual(['ms', 'mean', 'count'])
    expect(total(count)).toBe(4)
    expect(total(mean)).toBeGreaterThan(0)
    expect(total(max)).toBeGreaterThanOrEqual(total(mean))
  })

  it('shows another enterprise nothing of it', async () => {
    const { id } = await aia.json<{ id: string }>('POST', 'auth/enterprises', { name: 'Other', tier: 'standard' })
    expect(
      await aia.runtime.services.series.query({
        measurement: 'enterprise_usage',
        enterpriseId: id,
        tags: {},
        aggregate: 'count',
        fromMs: 0,
        toMs: Date.now() + 60_000,
        bucketMs: 60_000,
      }),
    ).toEqual([])
  })

  it('has no data where nothing was measured, instead of a zero', async () => {
    expect(await ask({ ...calls, operation: 'nobody.calls.this' })).toMatchObject({ lines: [], omitted: 0 })
    const past = new Date(Date.now() - 5 * 86_400_000).toISOString()
    expect((await ask({ ...calls, from: new Date(Date.now() - 6 * 86_400_000).toISOString(), to: past })).lines).toEqual([])
  })

  it('takes the whole thirty days, by the hour and by a width of its own', async () => {
    const from = new Date(Date.now() - 30 * 86_400_000).toISOString()
    const whole = await ask({ ...calls, from, operation: 'auth.profile' })
    expect([whole.bucket_seconds, total(whole)]).toEqual([21_600, 4])
    expect(total(await ask({ ...calls, from, bucket: '3600', operation: 'auth.profile' }))).toBe(4)
  })

  it.each([
    ['metric', { metric: 'revenue' }],
    ['metric', { metric: "calls' or 1=1" }],
    ['metric', { measurement: 'payment_transactions' }],
    ['measurement', { measurement: 'everything' }],
    ['aggregate', { aggregate: 'p95' }],
    ['by', { by: 'mode' }],
    ['by', { by: 'enterprise' }],
    ['agent', { agent: 'planner' }],
    ['operation', { operation: 'a"b' }],
    ['bucket', { bucket: '14' }],
    ['bucket', { bucket: '100000' }],
    ['bucket', { bucket: '15', from: '-1', to: '' }],
    ['from', { from: 'yesterday' }],
    ['from', { from: new Date(Date.now() - 31 * 86_400_000).toISOString() }],
    ['from', { from: new Date(Date.now() - 1_000).toISOString(), to: new Date(Date.now() - 2_000).toISOString() }],
    ['to', { to: '9999-12-31T23:59:59Z' }],
  ])('refuses a wrong %s, and says so: %o', async (field, wrong: Record<string, string>) => {
    const query: Record<string, string> = { ...calls, ...wrong }
    // Too many buckets: six hours by quarters of a minute.
    if (query.from === '-1') Object.assign(query, { from: new Date(Date.now() - 6 * 3_600_000).toISOString(), to: new Date().toISOString() })
    const response = await aia.call('GET', `analytics/series?${new URLSearchParams(query)}`)
    const body = (await response.json()) as { code: string; errors: { pointer: string }[] }
    expect([response.status, body.code, body.errors.map(({ pointer }) => pointer)]).toEqual([400, 'invalid_input', [`/${field}`]])
  })

  it('lists what is measured, and gives every aggregate of every metric by every tag', async () => {
    const { items } = await aia.json<{ items: { measurement: string; metric: string; aggregates: string[]; tags: string[] }[] }>(
      'GET',
      'analytics/metrics',
    )
    for (const { measurement, metric, aggregates, tags } of items)
      for (const aggregate of aggregates)
        for (const by of [undefined, ...tags]) {
          const found = await ask({ measurement, metric, aggregate, ...(by ? { by } : {}) })
          expect(
            found.lines.every(({ tag }) => (tag === null) === (by === undefined)),
            `${metric} ${aggregate} by ${by}`,
          ).toBe(true)
        }
  })

  it('names every value that a tag was measured with, not those of the largest lines alone', async () => {
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const { measurements } = aia.runtime.services
    for (let i = 10; i < 35; i++)
      measurements.count({ measurement: 'enterprise_usage', enterpriseId: enterprise.id, metric: 'calls', tags: { operation: `made.up${i}` } }, 100)
    await measurements.flush()
    const valuesOf = async (query: Record<string, string>) =>
      (await aia.json<{ items: string[] }>('GET', `analytics/tag-values?${new URLSearchParams(query)}`)).items
    const found = await valuesOf({ ...calls, tag: 'operation' })
    // Twenty lines are larger than the one of an operation that was called four times.
    expect((await ask({ ...calls, by: 'operation' })).lines.some(({ tag }) => tag === 'auth.profile')).toBe(false)
    expect(found).toEqual(expect.arrayContaining(['auth.profile', 'made.up10', 'made.up34']))
    expect(found).toEqual([...found].sort())
    expect(await valuesOf({ measurement: 'neural_intelligence', metric: 'coordination_efficiency', tag: 'agent' })).toContain('planner')
    expect(await valuesOf({ measurement: 'system_performance', metric: 'latency_ms', tag: 'operation' })).toContain('auth.profile')
    const refused = await aia.call('GET', 'analytics/tag-values?measurement=enterprise_usage&metric=calls&tag=mode')
    expect(((await refused.json()) as { errors: { pointer: string }[] }).errors).toEqual([expect.objectContaining({ pointer: '/tag' })])
    const stranger = await newPerson(aia)
    const theirs = await aia.call('GET', 'analytics/tag-values?measurement=enterprise_usage&metric=calls&tag=operation', undefined, {
      token: await stranger.token(),
    })
    expect(((await theirs.json()) as { items: string[] }).items).not.toContain('made.up10')
  })

  it('is for those who may see analytics', async () => {
    expect((await aia.call('GET', 'analytics/series?measurement=enterprise_usage&metric=calls', undefined, { token: null })).status).toBe(401)
  })
})
