import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { influxMissing, openTestSeries, startInflux, type TestInflux } from '../../testing/influxdb.ts'
import { until } from '../../testing/until.ts'
import type { NewPoint, TimeSeries } from './port.ts'

const cleanups: (() => Promise<unknown>)[] = []
const after = (work: () => Promise<unknown>) => void cleanups.unshift(work)
let influx: TestInflux
let root: string
beforeEach(async (context) => {
  if (influxMissing) context.skip(influxMissing)
  root = await mkdtemp(join(tmpdir(), 'aia-series-'))
  after(() => rm(root, { recursive: true, force: true }))
  influx = await startInflux()
  after(influx.stop)
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const enterpriseId = randomUUID()
const point = (more: Partial<NewPoint> = {}): NewPoint => ({
  measurement: 'enterprise_usage',
  enterpriseId,
  tags: { metric: 'calls' },
  value: 1,
  atMs: Date.now(),
  ...more,
})

async function open(maxBytes?: number) {
  const { series, told } = await openTestSeries(influx.url, root, maxBytes)
  after(() => series.close())
  return { series, told }
}

async function stored(series: TimeSeries, aggregate: 'sum' | 'count' = 'sum'): Promise<number> {
  const [now, dayMs] = [Date.now(), 86_400_000]
  const lines = await series.query({
    measurement: 'enterprise_usage',
    enterpriseId,
    tags: {},
    aggregate,
    fromMs: now - dayMs,
    toMs: now + dayMs,
    bucketMs: dayMs,
  })
  return lines.flatMap(({ buckets }) => buckets).reduce((sum, { value }) => sum + value, 0)
}

/** Writes batches of random sizes without a pause until it is stopped. */
function load(series: TimeSeries, seed: number) {
  const random = () => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  let written = 0
  let stopping = false
  const running = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (!stopping) {
        const count = Math.floor(random() * 40)
        await series.write(Array.from({ length: count }, () => point({ tags: { metric: `m${Math.floor(random() * 5)}` } })))
        written += count
        await sleep(1)
      }
    }),
  )
  return {
    async more(count: number) {
      const from = written
      await Promise.race([until(() => written >= from + count), running])
    },
    async stop() {
      stopping = true
      await running
      return written
    },
  }
}

it('killed and started again in the middle of writing: every point arrives once, and it is said once', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const { series, told } = await open()
  const writing = load(series, seed)
  for (let outage = 0; outage < 2; outage++) {
    await writing.more(2_000)
    await influx.kill()
    await writing.more(2_000)
    expect(await series.check()).toMatchObject({ isAway: true, dropped: 0 })
    await influx.start()
    await until(async () => !(await series.check()).isAway)
  }
  await writing.more(500)
  const written = await writing.stop()
  await until(async () => (await series.check()).buffered === 0)
  expect([await stored(series), await stored(series, 'count')], `seed ${seed}`).toEqual([written, written])
  expect(told).toEqual(['away', 'back', 'away', 'back'])
  expect((await series.check()).dropped).toBe(0)
})

it('silent, with its connections open: points wait on disk, and are sent when it answers', async () => {
  const { series, told } = await open()
  await series.write([point()])
  influx.freeze()
  // A process is stopped a moment after it was told to.
  await until(async () => (await series.check()).isAway)
  await series.write([point(), point()])
  expect(await series.check()).toEqual({ isAway: true, buffered: 2, dropped: 0 })
  influx.thaw()
  await until(async () => (await series.check()).buffered === 0)
  expect([await stored(series), told]).toEqual([3, ['away', 'back']])
})

it('that has lost its database gets it anew, with its retention', async () => {
  const { series, told } = await open()
  await influx.ask('DROP DATABASE aia_metrics')
  await series.write([point()])
  expect(await stored(series)).toBe(1)
  expect(await influx.ask('SHOW RETENTION POLICIES ON aia_metrics')).toContainEqual(['aia_30d', '720h0m0s', '24h0m0s', 1, true])
  await influx.ask('ALTER RETENTION POLICY aia_30d ON aia_metrics DURATION 48h')
  await open()
  expect((await influx.ask('SHOW RETENTION POLICIES ON aia_metrics')).find(([name]) => name === 'aia_30d')?.[1]).toBe('720h0m0s')
  expect(told).toEqual([])
})

it('away for longer than the buffer holds: the oldest points go, and how many is told', async () => {
  const { series, told } = await open(64 * 2_000)
  await influx.kill()
  const count = 4_000
  for (let i = 0; i < count; i += 20) await series.write(Array.from({ length: 20 }, (_, j) => point({ value: i + j })))
  const { buffered, dropped } = await series.check()
  expect(dropped).toBeGreaterThan(0)
  expect(buffered + dropped).toBe(count)
  expect(told.filter((what) => what.startsWith('dropped')).length).toBeGreaterThan(0)
  await influx.start()
  await until(async () => (await series.check()).buffered === 0)
  // The youngest are there: every one from `dropped` on.
  expect([await stored(series, 'count'), await stored(series)]).toEqual([buffered, ((dropped + count - 1) * buffered) / 2])
})

it('away while the writing process is killed: the next one sends what that had written, also beside a third that lives', async () => {
  const other = await open()
  await influx.kill()
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'server/testing/killed-series.ts', influx.url, root, enterpriseId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let written = 0
  child.stdout?.on('data', (data) => {
    written += String(data).split('\n').length - 1
  })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  await until(() => written >= 50)
  child.kill('SIGKILL')
  await gone
  await other.series.write([point()])
  await influx.start()
  const { series } = await open()
  await until(async () => (await series.check()).buffered + (await other.series.check()).buffered === 0)
  // One more may have been on disk and not yet said.
  const found = await stored(series)
  expect([written + 1, written + 2]).toContain(found)
  expect(await readdir(root)).toHaveLength(2)
})
