import { type FieldError, problem } from '../gateway/problem.ts'
import type { Line, SeriesQuery, TimeSeries } from '../storage/timeseries/port.ts'
import { aggregatesOf, catalogue, type Metric } from './catalogue.ts'
import { type aggregateNames, type SeriesInput, tagNames } from './contract.ts'

type AggregateName = (typeof aggregateNames)[number]

export function refuse(pointer: string, detail: string): never {
  throw problem('invalid_input', detail, [{ pointer: `/${pointer}`, detail }] satisfies FieldError[])
}

type Tags = Partial<Record<(typeof tagNames)[number], string | undefined>>
export type AskedMetric = Metric & { aggregate: AggregateName }

/** @throws problem invalid_input for what is not measured, or not so; of a tag at its name after `place` */
export function metricOf(
  { measurement, metric, aggregate, by, ...tags }: Pick<SeriesInput, 'measurement' | 'metric' | 'aggregate' | 'by'> & Tags,
  place = '',
): AskedMetric {
  const found = catalogue.find((each) => each.measurement === measurement && each.metric === metric)
  if (!found) refuse('metric', `${measurement} has no ${metric}; GET /v1/analytics/metrics lists what is measured.`)
  const aggregates = aggregatesOf(found.kind)
  const [usual = 'mean'] = aggregates
  if (aggregate && !aggregates.includes(aggregate)) refuse('aggregate', `${metric} has ${aggregates.join(', ')}.`)
  for (const tag of tagNames)
    if ((tags[tag] !== undefined || by === tag) && !found.tags.includes(tag))
      refuse(by === tag ? 'by' : `${place}${tag}`, `${metric} is not told apart by ${tag}.`)
  return { ...found, aggregate: aggregate ?? usual }
}

/** One counter by another, where both were measured. */
function quotient(of: readonly Line[], by: readonly Line[]): Line[] {
  return by.map(({ value, buckets }) => {
    const above = new Map(of.find((line) => line.value === value)?.buckets.map((bucket) => [bucket.atMs, bucket.value]))
    return {
      value,
      buckets: buckets.filter((bucket) => bucket.value > 0).map((bucket) => ({ ...bucket, value: (above.get(bucket.atMs) ?? 0) / bucket.value })),
    }
  })
}

/** Answers from the points as measurements.ts writes them. A p95 over several windows is the mean of theirs. */
export async function linesOf(
  series: Pick<TimeSeries, 'query'>,
  { kind, metric, aggregate }: AskedMetric,
  query: Omit<SeriesQuery, 'aggregate'>,
): Promise<Line[]> {
  const ask = (tags: Record<string, string>, over: SeriesQuery['aggregate']) =>
    series.query({ ...query, tags: { ...query.tags, ...tags }, aggregate: over })
  const sums = async (of: Record<string, string>, by: Record<string, string>) => quotient(...(await Promise.all([ask(of, 'sum'), ask(by, 'sum')])))
  if (typeof kind === 'object') return sums({ metric: kind.of }, { metric: kind.by })
  if (kind === 'counter') return ask({ metric }, 'sum')
  if (kind === 'gauge') return ask({ metric }, aggregate)
  if (aggregate === 'mean') return sums({ metric, stat: 'sum' }, { metric, stat: 'count' })
  if (aggregate === 'count') return ask({ metric, stat: 'count' }, 'sum')
  return ask({ metric, stat: aggregate }, aggregate === 'max' ? 'max' : 'mean')
}

/** A number of measurements is a count, whatever was measured. */
export const unitOf = ({ aggregate, unit }: AskedMetric): Metric['unit'] => (aggregate === 'count' ? 'count' : unit)

/** What was asked of the store. @throws problem unavailable while it is away */
export async function readable<T>(series: Pick<TimeSeries, 'check'>, asked: Promise<T>): Promise<T> {
  return asked.catch(async (error) => {
    if ((await series.check()).isAway) throw problem('unavailable', 'The time series cannot be read now. What is measured is kept and shown later.')
    throw error
  })
}
