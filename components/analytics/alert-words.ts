import type { client } from '@/components/api/client'
import { formatNumber, humanise } from '@/components/ui/format'
import { metricText } from '@/components/ui/measure'
import { type RangeName, ranges, type View } from './view'

export type AlertRule = Awaited<ReturnType<typeof client.analytics.listRules>>['items'][number]
type Definition = Pick<AlertRule, 'measurement' | 'metric' | 'aggregate' | 'tags' | 'condition' | 'threshold' | 'unit' | 'window_seconds'>

/** Windows that can be chosen, in seconds. */
export const windows = [300, 900, 3_600, 21_600, 86_400] as const

/** In whole minutes or hours. */
export function windowText(seconds: number): string {
  return seconds % 3_600 === 0 ? `${formatNumber(seconds / 3_600)} h` : `${formatNumber(seconds / 60)} min`
}

/** Units that a threshold is typed in, the usual one first, with what one of them is in the unit of the metric. */
export const typedUnits: Record<AlertRule['unit'], readonly { name: string; factor: number }[]> = {
  count: [{ name: '', factor: 1 }],
  ratio: [{ name: '', factor: 1 }],
  ms: [
    { name: 'ms', factor: 1 },
    { name: 's', factor: 1_000 },
    { name: 'min', factor: 60_000 },
  ],
  bytes: [
    { name: 'MB', factor: 1e6 },
    { name: 'GB', factor: 1e9 },
    { name: 'kB', factor: 1e3 },
    { name: 'B', factor: 1 },
  ],
}

/** Unit and number in which a threshold is shortest, so that it is typed as it was. */
export function typedThreshold(threshold: number, unit: AlertRule['unit']): { text: string; factor: number } {
  const written = (factor: number) => String(Number((threshold / factor).toPrecision(12)))
  const [usual, ...others] = typedUnits[unit].map(({ factor }) => factor) as [number, ...number[]]
  const factor = threshold === 0 ? usual : others.reduce((best, each) => (written(each).length < written(best).length ? each : best), usual)
  return { text: written(factor), factor }
}

const isTotal = ({ aggregate }: Pick<Definition, 'aggregate'>) => aggregate === 'sum' || aggregate === 'count'

/** `Calls (operation auth.login) above 100 in 5 min`. */
export function conditionText({ metric, aggregate, tags, condition, threshold, unit, window_seconds }: Definition): string {
  const filters = Object.entries(tags).map(([tag, value]) => `${tag} ${value}`)
  const name = `${humanise(metric)}${aggregate === 'sum' ? '' : `, ${aggregate}`}${filters.length > 0 ? ` (${filters.join(', ')})` : ''}`
  return `${name} ${condition} ${metricText({ value: threshold, unit })} ${isTotal({ aggregate }) ? 'in' : 'over'} ${windowText(window_seconds)}`
}

/**
 * Where the threshold of a rule stands among values of `bucketSeconds` each. What is summed up over the window is shared out among its buckets: a
 * line at the whole of it would never be reached by one.
 */
export function thresholdInChart(rule: Definition, bucketSeconds: number): number {
  return isTotal(rule) ? (rule.threshold * bucketSeconds) / rule.window_seconds : rule.threshold
}

/** Whether a chart shows what a rule is about: the same figure of the same, in one line. */
export function isShown(rule: Definition, { metric, aggregate, tags, by }: View): boolean {
  const names = new Set([...Object.keys(tags), ...Object.keys(rule.tags)]) as Set<keyof View['tags']>
  return (
    by === null &&
    rule.measurement === metric.measurement &&
    rule.metric === metric.metric &&
    rule.aggregate === aggregate &&
    [...names].every((tag) => tags[tag] === rule.tags[tag])
  )
}

/** Wide enough that several windows are seen. */
const windowsSeen = 12

/** The chart of a rule, as an address. */
export function chartOf({ measurement, metric, aggregate, tags, window_seconds }: Definition): string {
  const names = Object.keys(ranges) as RangeName[]
  const range = names.find((name) => ranges[name].ms >= windowsSeen * 1_000 * window_seconds) ?? '30d'
  const filters = Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return `/analytics?${new URLSearchParams([['measurement', measurement], ['metric', metric], ['aggregate', aggregate], ...filters, ['range', range]])}`
}
