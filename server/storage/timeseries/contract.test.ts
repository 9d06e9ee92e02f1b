import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databases } from '../../testing/database.ts'
import { influxDatabaseMissing, ownInfluxDatabase } from '../../testing/influxdb.ts'
import { openInfluxSeries } from './influxdb.ts'
import { aggregates, type Line, measurements, type Point, retentionMs, type SeriesQuery, type SeriesStore } from './port.ts'
import { postgresSeries } from './postgres.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const nanoseconds = (ms: number, more = 0) => BigInt(ms) * 1_000_000n + BigInt(more)

const adapters: { name: string; missing: string | null; start(): Promise<{ store: SeriesStore; stop(): Promise<void> }> }[] = [
  ...databases.map(({ adapter, open, missing }) => ({
    name: adapter,
    missing,
    async start() {
      const database = await open()
      return { store: postgresSeries(database), stop: () => database.remove() }
    },
  })),
  {
    name: 'influxdb',
    missing: influxDatabaseMissing,
    async start() {
      const { url, stop } = await ownInfluxDatabase()
      return { store: await openInfluxSeries(url), stop }
    },
  },
]

/** What every store must answer, computed from the points themselves. */
function expected(points: readonly Point[], { measurement, enterpriseId, tags, by, aggregate, fromMs, toMs, bucketMs }: SeriesQuery): Line[] {
  const lines = new Map<string | null, Map<number, number[]>>()
  for (const point of points) {
    const atMs = Number(point.time / 1_000_000n)
    if (point.measurement !== measurement || point.enterpriseId !== enterpriseId || atMs < fromMs || atMs >= toMs) continue
    if (Object.entries(tags).some(([name, value]) => point.tags[name] !== value)) continue
    const line = (by && point.tags[by]) || null
    const buckets = lines.get(line) ?? new Map<number, number[]>()
    const bucket = Math.floor(atMs / bucketMs) * bucketMs
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), point.value])
    lines.set(line, buckets)
  }
  const rank = (values: number[], percent: number) =>
    values.toSorted((a, b) => a - b)[Math.floor((values.length * percent) / 100 + 0.5) - 1] as number
  const over: Record<(typeof aggregates)[number], (values: number[]) => number> = {
    mean: (values) => values.reduce((a, b) => a + b) / values.length,
    min: (values) => Math.min(...values),
    max: (values) => Math.max(...values),
    sum: (values) => values.reduce((a, b) => a + b),
    count: (values) => values.length,
    p50: (values) => rank(values, 50),
    p95: (values) => rank(values, 95),
    p99: (values) => rank(values, 99),
  }
  return [...lines]
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a ?? ''), Buffer.from(b ?? '')))
    .map(([value, buckets]) => ({
      value,
      buckets: [...buckets].toSorted(([a], [b]) => a - b).map(([atMs, values]) => ({ atMs, value: over[aggregate](values) })),
    }))
}

/** Sums of floating-point numbers depend on their order, in the last digits. */
const rounded = (lines: Line[]) =>
  lines.map(({ value, buckets }) => ({ value, buckets: buckets.map((b) => ({ ...b, value: Number(b.value.toPrecision(12)) })) }))

function randomBy(seed: number) {
  let state = seed
  const next = () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return { next, below: (n: number) => Math.floor(next() * n), of: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T }
}

const operations = ['neural.process', 'audit.list', "o'clock", 'a "b" c', 'a,b=c d', 'größe 🙂', '$tag0 OR 1=1', 'Z', 'a']

describe.each(adapters)('time series on $name', ({ name, missing, start }) => {
  let subject: Awaited<ReturnType<typeof start>>
  let store: SeriesStore
  beforeAll(async () => {
    if (missing) return
    subject = await start()
    store = subject.store
  })
  afterAll(() => subject?.stop())
  beforeEach((context) => {
    if (missing) context.skip(missing)
  })

  const now = Math.floor(Date.now() / hourMs) * hourMs
  const ask = (enterpriseId: string, more: Partial<SeriesQuery> = {}): SeriesQuery => ({
    measurement: 'enterprise_usage',
    enterpriseId,
    tags: {},
    aggregate: 'count',
    fromMs: now - dayMs,
    toMs: now + hourMs,
    bucketMs: hourMs,
    ...more,
  })
  const point = (enterpriseId: string, more: Partial<Point> = {}): Point => ({
    measurement: 'enterprise_usage',
    enterpriseId,
    tags: { metric: 'calls' },
    value: 1,
    time: nanoseconds(now),
    ...more,
  })

  it('says what it is, and answers', async () => {
    expect(store.adapter).toBe(name)
    await store.ping()
    expect(await store.query(ask(randomUUID()))).toEqual([])
  })

  it('gives for random points and questions what the points themselves give', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomBy(seed)
    const enterprises = [randomUUID(), randomUUID()]
    const points = Array.from(
      { length: 3_000 },
      (_, i): Point => ({
        measurement: random.of(measurements),
        enterpriseId: random.of(enterprises),
        tags: { metric: random.of(['a', 'b']), ...(random.below(10) ? { operation: random.of(operations) } : {}) },
        value: random.below(4) ? random.below(1_000) / 8 : -random.next() * 1e6,
        time: nanoseconds(now - random.below(3 * dayMs), i),
      }),
    )
    for (let from = 0; from < points.length; from += 700) expect(await store.write(points.slice(from, from + 700))).toEqual({ refused: 0 })
    for (let i = 0; i < 150; i++) {
      const bucketMs = random.of([1, 7_000, 60_000, hourMs, 2 * hourMs, 5 * hourMs, dayMs])
      // As many buckets as a chart may have; times of whole hours, and others.
      const toMs = now - random.below(2 * dayMs) * random.below(2) - random.below(30) * hourMs
      const lengthMs = random.below(2) ? random.below(48) * hourMs : random.below(2 * dayMs)
      const query = ask(random.of(enterprises), {
        measurement: random.of(measurements),
        tags: { ...(random.below(3) ? { metric: random.of(['a', 'b']) } : {}), ...(random.below(3) ? {} : { operation: random.of(operations) }) },
        by: random.of([undefined, 'operation', 'metric', 'unknown']),
        aggregate: random.of(aggregates),
        bucketMs,
        fromMs: toMs - Math.min(1_000 * bucketMs, lengthMs),
        toMs,
      })
      expect(rounded(await store.query(query)), `seed ${seed}, ${JSON.stringify(query)}`).toEqual(rounded(expected(points, query)))
    }
  })

  it('keeps a point once, however often it is sent', async () => {
    const id = randomUUID()
    const points = Array.from({ length: 100 }, (_, i) => point(id, { time: nanoseconds(now - 1_000, i) }))
    await store.write(points)
    await Promise.all([store.write(points), store.write([...points, point(id, { time: nanoseconds(now, 1) })]), store.write([...points, ...points])])
    for (const bucketMs of [1_000, hourMs])
      expect((await store.query(ask(id, { bucketMs, aggregate: 'sum' }))).flatMap(({ buckets }) => buckets.map(({ value }) => value))).toEqual([
        100, 1,
      ])
  })

  it('keeps what several write at once, in whatever order they name their series', async () => {
    const id = randomUUID()
    const batches = Array.from({ length: 8 }, (_, writer) =>
      Array.from({ length: 200 }, (__, i) =>
        point(id, { tags: { metric: `m${(writer % 2 ? i : 199 - i) % 20}` }, time: nanoseconds(now - i, writer) }),
      ),
    )
    await Promise.all(batches.map((batch) => store.write(batch)))
    const lines = await store.query(ask(id, { by: 'metric', bucketMs: dayMs }))
    expect(lines.map(({ buckets }) => buckets.reduce((sum, { value }) => sum + value, 0))).toEqual(Array.from({ length: 20 }, () => 80))
  })

  it('shows an enterprise its own points only', async () => {
    const [a, b] = [randomUUID(), randomUUID()]
    await store.write([point(a), point(b, { value: 5 })])
    expect(await store.query(ask(a, { aggregate: 'sum' }))).toEqual([{ value: null, buckets: [{ atMs: now, value: 1 }] }])
    const tricks = [`${a}' OR 'x'='x`, '', '*', `${a}"`]
    for (const enterpriseId of tricks) await expect(store.query(ask(enterpriseId))).rejects.toThrow(TypeError)
  })

  it('refuses names and values that could mean something else', async () => {
    const id = randomUUID()
    const wrong: Point['tags'][] = [
      { 'a"b': 'x' },
      { time: 'x' },
      { enterprise: 'x' },
      { a: '' },
      { a: 'x\ny' },
      { a: 'x\\' },
      { a: ' x' },
      { a: 'x'.repeat(129) },
    ]
    for (const tags of wrong) {
      await expect(store.write([point(id, { tags })])).rejects.toThrow(TypeError)
      await expect(store.query(ask(id, { tags }))).rejects.toThrow(TypeError)
    }
    await expect(store.query(ask(id, { by: 'a","b' }))).rejects.toThrow(TypeError)
    await expect(store.query(ask(id, { aggregate: 'stddev' as never }))).rejects.toThrow(TypeError)
    await expect(store.query(ask(id, { measurement: 'x"; DROP DATABASE aia_metrics' as never }))).rejects.toThrow(TypeError)
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) await expect(store.write([point(id, { value })])).rejects.toThrow(TypeError)
    expect(await store.query(ask(id))).toEqual([])
  })

  it('refuses points older than thirty days, counts them, and keeps the others of the batch', async () => {
    const id = randomUUID()
    const old = Array.from({ length: 3 }, (_, i) => point(id, { time: nanoseconds(Date.now() - retentionMs - dayMs, i) }))
    const young = point(id, { time: nanoseconds(Date.now() - retentionMs + hourMs) })
    expect(await store.write([...old, young])).toEqual({ refused: 3 })
    await store.expire()
    for (const bucketMs of [60_000, dayMs]) {
      const lines = await store.query(ask(id, { fromMs: now - 2 * retentionMs, bucketMs }))
      expect(lines.flatMap(({ buckets }) => buckets).map(({ value }) => value)).toEqual([1])
    }
  })
})
