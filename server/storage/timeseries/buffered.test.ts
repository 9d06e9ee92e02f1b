import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { until } from '../../testing/until.ts'
import { bufferedSeries } from './buffered.ts'
import { type DiskBuffer, openDiskBuffer } from './disk-buffer.ts'
import type { NewPoint, Point, SeriesStore, TimeSeries } from './port.ts'

const enterpriseId = randomUUID()
const point = (value: number): NewPoint => ({ measurement: 'enterprise_usage', enterpriseId, tags: { metric: 'calls' }, value, atMs: Date.now() })
const points = (from: number, count: number) => Array.from({ length: count }, (_, i) => point(from + i))

/** A store that does as it is told, and keeps a point once as every store does. */
function obedientStore() {
  const arrived = new Map<bigint, number>()
  const told = {
    arrived,
    values: () => [...arrived.values()],
    /** What happens to the next batch; without it, it is stored. */
    next: [] as ('away' | 'answer lost' | 'refused')[],
    isAway: false,
    gate: Promise.resolve(),
  }
  const keep = (batch: readonly Point[]) => {
    for (const { time, value } of batch) if (!arrived.has(time)) arrived.set(time, value)
  }
  const store: SeriesStore = {
    adapter: 'influxdb',
    async write(batch) {
      await told.gate
      const fate = told.isAway ? 'away' : told.next.shift()
      if (fate === 'away') throw new Error('away')
      if (fate === 'refused') return { refused: batch.length }
      keep(batch)
      if (fate === 'answer lost') throw new Error('answer lost')
      return { refused: 0 }
    },
    query: async () => [],
    async ping() {
      if (told.isAway) throw new Error('away')
    },
    async expire() {},
    async close() {},
  }
  return { store, told }
}

let root: string
let series: TimeSeries
let store: ReturnType<typeof obedientStore>['told']
let heard: string[]
function open(change: (buffer: DiskBuffer) => DiskBuffer = (buffer) => buffer) {
  const made = obedientStore()
  store = made.told
  heard = []
  series = bufferedSeries(made.store, change(openDiskBuffer(join(root, 'own'), { maxBytes: 64 * 1_000 })), {
    away: (reason) => void heard.push(`away: ${reason}`),
    back: (sent) => void heard.push(`back: ${sent}`),
    dropped: (count) => void heard.push(`dropped: ${count}`),
  })
}
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'aia-series-'))
})
afterEach(async () => {
  await series.close()
  rmSync(root, { recursive: true, force: true })
})
const sent = () => until(async () => (await series.check()).buffered === 0)

it('lost again while it gets what has waited: nothing is lost, and all comes in its order', async () => {
  open()
  store.isAway = true
  for (let i = 0; i < 60; i += 10) await series.write(points(i, 10))
  store.isAway = false
  store.next = ['answer lost']
  await until(() => store.values().length > 0)
  store.next = ['away', 'answer lost', 'away']
  await sent()
  await series.write(points(60, 5))
  expect(store.values()).toEqual(Array.from({ length: 65 }, (_, i) => i))
  expect(heard).toEqual(['away: away', expect.stringMatching(/^back: /)])
})

it('silent for long: what does not fit in memory goes to disk, and arrives', async () => {
  open()
  let answer = () => {}
  store.gate = new Promise((resolve) => {
    answer = resolve
  })
  const writing = Array.from({ length: 30 }, (_, i) => series.write(points(i * 1_000, 1_000)))
  expect((await series.check()).buffered).toBeGreaterThan(0)
  answer()
  await Promise.all(writing)
  await sent()
  const { dropped } = await series.check()
  expect(store.arrived.size + dropped).toBe(30_000)
})

it('counts what the store refuses for good, and does not send it again', async () => {
  open()
  store.next = ['refused']
  await series.write(points(0, 7))
  await series.write(points(7, 3))
  expect(await series.check()).toEqual({ isAway: false, buffered: 0, dropped: 7 })
  expect([store.values(), heard]).toEqual([[7, 8, 9], ['dropped: 7']])
})

it('with neither a store nor a disk: whoever writes is told, and the points are counted', async () => {
  open((buffer) => ({
    ...buffer,
    points: 0,
    append: () => {
      throw new Error('ENOSPC')
    },
  }))
  store.isAway = true
  await expect(series.write(points(0, 4))).rejects.toThrow('ENOSPC')
  expect((await series.check()).dropped).toBe(4)
  store.isAway = false
  await until(async () => !(await series.check()).isAway)
  await series.write(points(4, 1))
  expect(store.values()).toEqual([4])
})

it('refuses what is no point before it takes any of them', async () => {
  open()
  await expect(series.write([point(1), point(Number.NaN)])).rejects.toThrow(TypeError)
  expect(store.values()).toEqual([])
})

it('gives every point a time of its own', async () => {
  open()
  const atMs = 1_700_000_000_000
  await Promise.all(Array.from({ length: 20 }, () => series.write(points(0, 500).map((each) => ({ ...each, atMs })))))
  expect(store.arrived.size).toBe(10_000)
  for (const time of store.arrived.keys()) expect(time / 1_000_000n).toBe(BigInt(atMs))
})
