import { describe, expect, it } from 'vitest'
import type { SeriesQuery } from '../storage/timeseries/port.ts'
import { figureOf, stateOf, windowAt } from './alert-evaluation.ts'
import { metricOf } from './measured.ts'

describe('the state of a rule', () => {
  it.each([
    ['above', 100, 100.01, 'firing'],
    ['above', 100, 100, 'ok'],
    ['above', 100, 0, 'ok'],
    ['below', 100, 99.99, 'firing'],
    ['below', 100, 100, 'ok'],
    ['below', -1, -2, 'firing'],
    ['above', 0, null, 'no_data'],
    // Nothing measured is not zero, which would be below.
    ['below', 100, null, 'no_data'],
  ] as const)('%s %d at %s is %s', (condition, threshold, figure, state) => {
    expect(stateOf({ condition, threshold }, figure)).toBe(state)
  })
})

describe('the figure of a rule', () => {
  const now = Date.UTC(2026, 3, 1, 10, 20, 59, 999)
  const enterpriseId = '00000000-0000-4000-8000-000000000001'
  const within = { enterpriseId, tags: { operation: 'auth.login' }, windowSeconds: 300, now }
  /** Answers by aggregate and statistic, and notes what it was asked. */
  function store(values: Record<string, number>) {
    const asked: SeriesQuery[] = []
    const series = {
      async query(query: SeriesQuery) {
        asked.push(query)
        const value = values[[query.aggregate, query.tags.metric, query.tags.stat].filter(Boolean).join(' ')]
        return value === undefined ? [] : [{ value: null, buckets: [{ atMs: 0, value }] }]
      },
    }
    return { asked, series }
  }

  it('is of the whole minutes before now, the same for a whole minute', () => {
    expect(windowAt(now, 300)).toEqual({ fromMs: Date.UTC(2026, 3, 1, 10, 15), toMs: Date.UTC(2026, 3, 1, 10, 20) })
    expect(windowAt(now - 59_999, 300)).toEqual(windowAt(now, 300))
    expect(windowAt(now + 1, 300)).not.toEqual(windowAt(now, 300))
  })

  it('is one value of one bucket, whatever the window crosses', async () => {
    const { asked, series } = store({ 'sum calls': 7 })
    expect(await figureOf(series, metricOf({ measurement: 'enterprise_usage', metric: 'calls' }), within)).toBe(7)
    const [query] = asked as [SeriesQuery]
    expect(query).toMatchObject({ enterpriseId, tags: { operation: 'auth.login', metric: 'calls' }, ...windowAt(now, 300) })
    expect(Math.floor(query.fromMs / query.bucketMs)).toBe(Math.floor((query.toMs - 1) / query.bucketMs))
  })

  it('is what the aggregate says, and null without a measurement', async () => {
    const latency = (aggregate: 'mean' | 'p95' | 'count') => metricOf({ measurement: 'system_performance', metric: 'latency_ms', aggregate })
    const { series } = store({ 'sum latency_ms sum': 900, 'sum latency_ms count': 3, 'mean latency_ms p95': 500 })
    expect(await figureOf(series, latency('mean'), within)).toBe(300)
    expect(await figureOf(series, latency('count'), within)).toBe(3)
    expect(await figureOf(series, latency('p95'), within)).toBe(500)
    expect(await figureOf(store({}).series, latency('mean'), within)).toBeNull()
    expect(await figureOf(store({}).series, metricOf({ measurement: 'enterprise_usage', metric: 'calls' }), within)).toBeNull()
  })
})
