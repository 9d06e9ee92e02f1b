import { describe, expect, it } from 'vitest'
import { type AlertRule, chartOf, conditionText, isShown, thresholdInChart, typedThreshold, typedUnits, windowText } from './alert-words'
import type { MetricInfo } from './use-series'
import { readView } from './view'

const calls: Pick<AlertRule, 'measurement' | 'metric' | 'aggregate' | 'tags' | 'condition' | 'threshold' | 'unit' | 'window_seconds'> = {
  measurement: 'enterprise_usage',
  metric: 'calls',
  aggregate: 'sum',
  tags: { operation: 'auth.login' },
  condition: 'above',
  threshold: 1_000,
  unit: 'count',
  window_seconds: 300,
}
const latency = {
  ...calls,
  measurement: 'system_performance',
  metric: 'latency_ms',
  aggregate: 'p95',
  tags: {},
  threshold: 2_500,
  unit: 'ms',
} as const
const catalogue: MetricInfo[] = [
  { measurement: 'enterprise_usage', metric: 'calls', unit: 'count', definition: '', aggregates: ['sum'], tags: ['operation', 'door'] },
  { measurement: 'system_performance', metric: 'latency_ms', unit: 'ms', definition: '', aggregates: ['mean', 'p95'], tags: ['operation'] },
]

describe('an alert rule in words', () => {
  it('says what is held against what, in units', () => {
    expect(conditionText(calls)).toBe('Calls (operation auth.login) above 1,000 in 5 min')
    expect(conditionText({ ...latency, condition: 'below', window_seconds: 3_600 })).toBe('Latency ms, p95 below 2.5 s over 1 h')
    expect([60, 5_400, 86_400].map(windowText)).toEqual(['1 min', '90 min', '24 h'])
  })

  it('types a threshold in the unit in which it is shortest, and means the same', () => {
    for (const unit of ['count', 'ms', 'bytes', 'ratio'] as const)
      for (const threshold of [0, 1, 0.25, 90, 1_500, 60_000, 512_000_000, -3, 123_456_789]) {
        const { text, factor } = typedThreshold(threshold, unit)
        expect(Number(text) * factor, `${threshold} ${unit}`).toBeCloseTo(threshold, 3)
        expect(typedUnits[unit].some((each) => each.factor === factor)).toBe(true)
      }
    expect(typedThreshold(512_000_000, 'bytes')).toEqual({ text: '512', factor: 1e6 })
    expect(typedThreshold(90_000, 'ms')).toEqual({ text: '90', factor: 1_000 })
  })
})

describe('an alert rule in the chart', () => {
  it('is where the chart shows the same figure of the same, in one line', () => {
    const view = (text: string) => {
      const found = readView(new URLSearchParams(text), catalogue)
      if (!found) throw new Error('no view')
      return found
    }
    const same = 'measurement=enterprise_usage&metric=calls&operation=auth.login'
    expect(isShown(calls, view(same))).toBe(true)
    for (const other of [`${same}&by=door`, `${same}&door=rest`, 'metric=calls&measurement=enterprise_usage', same.replace('auth.login', 'auth.me')])
      expect(isShown(calls, view(other)), other).toBe(false)
    expect(isShown(latency, view('metric=latency_ms&aggregate=p95'))).toBe(true)
    expect(isShown(latency, view('metric=latency_ms&aggregate=mean'))).toBe(false)
    const opened = view(chartOf(calls).split('?')[1] ?? '')
    expect([isShown(calls, opened), opened.range]).toEqual([true, '1h'])
    expect(view(chartOf({ ...latency, window_seconds: 86_400 }).split('?')[1] ?? '').range).toBe('30d')
  })

  it('stands where its buckets together reach it', () => {
    expect(thresholdInChart(calls, 30)).toBe(100)
    expect(thresholdInChart({ ...calls, aggregate: 'count' }, 600)).toBe(2_000)
    expect(thresholdInChart(latency, 30)).toBe(2_500)
  })
})
