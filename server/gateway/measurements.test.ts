import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { NewPoint } from '../storage/timeseries/port.ts'
import { gatherMeasurements, type Measurements } from './measurements.ts'

const enterpriseId = randomUUID()
const house = randomUUID()
let written: NewPoint[][]
let fails: boolean
let measurements: Measurements
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  written = []
  fails = false
  const write = async (points: readonly NewPoint[]) => {
    if (fails) throw new Error('neither the store nor the disk')
    written.push([...points])
  }
  measurements = gatherMeasurements({ write }, () => house)
})
afterEach(async () => {
  await measurements.close()
  vi.useRealTimers()
})

const calls = (operation: string) => ({ measurement: 'enterprise_usage', enterpriseId, metric: 'calls', tags: { operation } }) as const
const latency = { measurement: 'system_performance', enterpriseId, metric: 'latency_ms' } as const

it('writes a counter as one point a window, whatever was counted, and nothing when nothing was', async () => {
  for (let i = 0; i < 1_000; i++) measurements.count(calls('a'))
  measurements.count(calls('b'), 2.5)
  await vi.advanceTimersByTimeAsync(15_000)
  expect(written).toHaveLength(1)
  expect(written[0]?.map(({ tags, value }) => [tags, value])).toEqual([
    [{ operation: 'a', metric: 'calls' }, 1_000],
    [{ operation: 'b', metric: 'calls' }, 2.5],
  ])
  await vi.advanceTimersByTimeAsync(15_000)
  expect(written).toHaveLength(1)
})

it('writes a distribution as count, sum, max and p95', async () => {
  for (let i = 100; i >= 1; i--) measurements.observe(latency, i)
  await measurements.flush()
  expect(Object.fromEntries(written[0]?.map(({ tags, value }) => [tags.stat, value]) ?? [])).toEqual({ count: 100, sum: 5_050, max: 100, p95: 95 })
})

it('draws the sample of a long distribution from all of it', async () => {
  for (let i = 0; i < 20_000; i++) measurements.observe(latency, i)
  await measurements.flush()
  const { p95 = 0, ...exact } = Object.fromEntries(written[0]?.map(({ tags, value }) => [tags.stat, value]) ?? [])
  expect(exact).toEqual({ count: 20_000, sum: 199_990_000, max: 19_999 })
  // The 95th percentile of 500 drawn values lies six standard deviations around 19,000.
  expect(Math.abs(p95 - 19_000)).toBeLessThan(6 * 20_000 * Math.sqrt((0.95 * 0.05) / 500))
})

it('gives what belongs to nobody to the enterprise that runs the installation', async () => {
  measurements.count({ ...calls('a'), enterpriseId: null })
  measurements.count(calls('a'))
  await measurements.flush()
  expect(written[0]?.map((point) => point.enterpriseId)).toEqual([house, enterpriseId])
})

it('holds a bounded number of series, and tells how much it left out', async () => {
  for (let i = 0; i < 6_000; i++) measurements.count(calls(`operation-${i}`))
  measurements.count(calls('operation-0'))
  await measurements.flush()
  expect(written[0]).toHaveLength(5_001)
  expect(written[0]?.[0]?.value).toBe(2)
  expect(written[0]?.at(-1)).toMatchObject({ measurement: 'system_performance', enterpriseId: house, tags: { metric: 'left_out' }, value: 1_000 })
})

it('tells once a minute how the process is', async () => {
  await vi.advanceTimersByTimeAsync(120_000)
  const gauges = written.flat()
  expect(gauges.map(({ tags }) => tags.metric)).toEqual([1, 2].flatMap(() => ['memory_bytes', 'cpu_share', 'event_loop_delay_ms']))
  for (const { measurement, enterpriseId: owner, value } of gauges)
    expect([measurement, owner, value > 0 || value === 0]).toEqual(['system_performance', house, true])
})

it('never fails whoever measures', async () => {
  fails = true
  measurements.count(calls('a'))
  await expect(measurements.flush()).resolves.toBeUndefined()
})
