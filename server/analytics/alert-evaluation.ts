import type { TimeSeries } from '../storage/timeseries/port.ts'
import type { AlertCondition, AlertState, TagFilters } from './contract.ts'
import { type AskedMetric, linesOf } from './measured.ts'

const minuteMs = 60_000

/** What a rule holds a figure against. */
export interface Threshold {
  condition: AlertCondition
  threshold: number
}

/** The state that a figure means; null is none at all, and is neither above nor below anything. A figure at the threshold is neither too. */
export function stateOf({ condition, threshold }: Threshold, figure: number | null): AlertState {
  if (figure === null) return 'no_data'
  return (condition === 'above' ? figure > threshold : figure < threshold) ? 'firing' : 'ok'
}

/** The window that is looked at: it ends with the last whole minute, so that two looks within one see the same. */
export function windowAt(now: number, windowSeconds: number): { fromMs: number; toMs: number } {
  const toMs = Math.floor(now / minuteMs) * minuteMs
  return { fromMs: toMs - windowSeconds * 1_000, toMs }
}

/** A metric over the window of a rule as one figure; null where nothing was measured. @throws while the time series cannot be read */
export async function figureOf(
  series: Pick<TimeSeries, 'query'>,
  metric: AskedMetric,
  { enterpriseId, tags, windowSeconds, now }: { enterpriseId: string; tags: TagFilters; windowSeconds: number; now: number },
): Promise<number | null> {
  const { fromMs, toMs } = windowAt(now, windowSeconds)
  // Buckets are aligned to 1970, so the first of this width holds the window, and no other does.
  const lines = await linesOf(series, metric, { measurement: metric.measurement, enterpriseId, tags, fromMs, toMs, bucketMs: toMs })
  return lines[0]?.buckets[0]?.value ?? null
}
