import type { tagNames } from '@/server/analytics/contract'
import type { MetricInfo, Series, SeriesRequest } from './use-series'

type TagName = (typeof tagNames)[number]
type Aggregate = Series['aggregate']

const minuteMs = 60_000
/** Ranges that end now. */
export const ranges = {
  '15m': { label: 'Last 15 minutes', ms: 15 * minuteMs },
  '1h': { label: 'Last hour', ms: 60 * minuteMs },
  '6h': { label: 'Last 6 hours', ms: 360 * minuteMs },
  '24h': { label: 'Last 24 hours', ms: 1_440 * minuteMs },
  '7d': { label: 'Last 7 days', ms: 7 * 1_440 * minuteMs },
  '30d': { label: 'Last 30 days', ms: 30 * 1_440 * minuteMs },
} as const
export type RangeName = keyof typeof ranges
/** What is kept (server/storage/timeseries/port.ts). */
export const keptMs = ranges['30d'].ms

/** What is looked at: everything of it stands in the address. */
export interface View {
  metric: MetricInfo
  aggregate: Aggregate
  by: TagName | null
  tags: Partial<Record<TagName, string>>
  /** A range that ends now, or two moments. */
  range: RangeName | { from: number; to: number }
  compare: boolean
}

const oneOf = <T extends string>(names: readonly T[], value: string | null): T | null => names.find((name) => name === value) ?? null

function rangeOf(params: URLSearchParams): View['range'] {
  const [from, to] = [Date.parse(params.get('from') ?? ''), Date.parse(params.get('to') ?? '')]
  if (from < to) return { from, to }
  return oneOf(Object.keys(ranges) as RangeName[], params.get('range')) ?? '1h'
}

/** Reads a view from the address. What is not measured, or not so, falls back to what is: an old link still shows something. */
export function readView(params: URLSearchParams, catalogue: readonly MetricInfo[]): View | null {
  const inMeasurement = catalogue.filter(({ measurement }) => measurement === params.get('measurement'))
  // Without a measurement, or with one that is not, the name of the metric is enough.
  const named = catalogue.find(({ metric }) => metric === params.get('metric'))
  const metric = inMeasurement.find((each) => each.metric === params.get('metric')) ?? inMeasurement[0] ?? named ?? catalogue[0]
  if (!metric) return null
  const by = oneOf(metric.tags, params.get('by'))
  const tags: View['tags'] = {}
  for (const tag of metric.tags) {
    const value = params.get(tag)
    if (value && /^[\w.:-]{1,100}$/.test(value)) tags[tag] = value
  }
  return {
    metric,
    aggregate: oneOf(metric.aggregates, params.get('aggregate')) ?? metric.aggregates[0] ?? 'mean',
    by: by && !tags[by] ? by : null,
    tags,
    range: rangeOf(params),
    compare: params.get('compare') === 'previous',
  }
}

/** The address of a view, as a search. */
export function viewSearch(view: { measurement: string; metric: string; aggregate?: string | undefined; by?: string; range?: RangeName }): string {
  return `?${new URLSearchParams(Object.entries(view).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))}`
}

/** The moments of a view's range. `now` is a moment of the clock. */
export function momentsOf({ range }: Pick<View, 'range'>, now: number): { from: number; to: number } {
  return typeof range === 'string' ? { from: now - ranges[range].ms, to: now } : range
}

/** What the server is asked for a range. */
export function requestOf({ metric, aggregate, by, tags }: View, { from, to }: { from: number; to: number }, bucket?: number): SeriesRequest {
  return {
    measurement: metric.measurement,
    metric: metric.metric,
    aggregate,
    ...(by ? { by } : {}),
    ...tags,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...(bucket ? { bucket } : {}),
  }
}

/** The range of the same length before this one; null where nothing of it is kept. */
export function previousOf({ from, to }: { from: number; to: number }, now: number): { from: number; to: number } | null {
  const previous = { from: from - (to - from), to: from }
  return previous.from < now - keptMs ? null : previous
}
