import { longOperation } from '../gateway/operation.ts'
import { type FieldError, problem } from '../gateway/problem.ts'
import type { Line, SeriesQuery, TimeSeries } from '../storage/timeseries/port.ts'
import { aggregatesOf, catalogue, type Metric } from './catalogue.ts'
import { type aggregateNames, type SeriesInput, seriesInput, seriesLimits, seriesOutput, tagNames } from './contract.ts'

type AggregateName = (typeof aggregateNames)[number]

const hourMs = 3_600_000
/** Widths that people read easily, in seconds. */
const usualBuckets = [15, 30, 60, 300, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400]
const usualCount = 120

function refuse(pointer: string, detail: string): never {
  throw problem('invalid_input', detail, [{ pointer: `/${pointer}`, detail }] satisfies FieldError[])
}

/** @throws problem invalid_input for what is not measured, or not so */
function metricOf({ measurement, metric, aggregate, by, ...input }: SeriesInput): Metric & { aggregate: AggregateName } {
  const found = catalogue.find((each) => each.measurement === measurement && each.metric === metric)
  if (!found) refuse('metric', `${measurement} has no ${metric}; GET /v1/analytics/metrics lists what is measured.`)
  const aggregates = aggregatesOf(found.kind)
  const [usual = 'mean'] = aggregates
  if (aggregate && !aggregates.includes(aggregate)) refuse('aggregate', `${metric} has ${aggregates.join(', ')}.`)
  for (const tag of tagNames)
    if ((input[tag] !== undefined || by === tag) && !found.tags.includes(tag))
      refuse(by === tag ? 'by' : tag, `${metric} is not told apart by ${tag}.`)
  return { ...found, aggregate: aggregate ?? usual }
}

/** The range in whole buckets. @throws problem invalid_input for one that is too long, too fine or backwards */
function rangeOf({ from, to, bucket }: SeriesInput, now: number): Pick<SeriesQuery, 'fromMs' | 'toMs' | 'bucketMs'> {
  const end = to === undefined ? now : Date.parse(to)
  const begin = from === undefined ? end - hourMs : Date.parse(from)
  const oldest = now - seriesLimits.days * 24 * hourMs
  if (begin >= end) refuse('from', 'must be before to')
  if (end > now + 24 * hourMs) refuse('to', 'is more than a day ahead')
  // A bucket's grace: whoever asks for thirty days asked a moment ago.
  if (begin < oldest - hourMs) refuse('from', `Measurements are kept for ${seriesLimits.days} days.`)
  const lengthSeconds = (end - begin) / 1_000
  const seconds = bucket ?? usualBuckets.find((width) => Math.floor(lengthSeconds / width) <= usualCount) ?? seriesLimits.bucketSeconds.most
  const bucketMs = seconds * 1_000
  const first = Math.floor(begin / bucketMs) * bucketMs
  const fromMs = first < oldest ? first + bucketMs : first
  const toMs = Math.ceil(end / bucketMs) * bucketMs
  if ((toMs - fromMs) / bucketMs > seriesLimits.buckets) {
    const least = Math.ceil(lengthSeconds / (seriesLimits.buckets - 2))
    refuse('bucket', `gives more than ${seriesLimits.buckets} buckets; from ${least} seconds on it does not`)
  }
  return { fromMs, toMs, bucketMs }
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
async function linesOf(
  series: TimeSeries,
  { kind, metric, aggregate }: Metric & { aggregate: AggregateName },
  query: Omit<SeriesQuery, 'aggregate'>,
) {
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

const sizeOf = ({ buckets }: Line) => buckets.reduce((sum, { value }) => sum + Math.abs(value), 0)
const timestamp = (ms: number) => new Date(ms).toISOString()

export const series = longOperation
  .meta({ permission: 'analytics.read', limit: 'default', audit: 'none', list: 'lines' })
  .route({
    method: 'GET',
    path: '/v1/analytics/series',
    summary: 'One metric over time, in buckets, as one line or one for every value of a tag',
    tags: ['analytics'],
  })
  .input(seriesInput)
  .output(seriesOutput)
  .handler(async ({ input, context: { services, caller } }) => {
    const metric = metricOf(input)
    const range = rangeOf(input, Date.now())
    const tags = Object.fromEntries(tagNames.flatMap((tag) => (input[tag] === undefined ? [] : [[tag, input[tag]]])))
    const query = { measurement: metric.measurement, enterpriseId: caller.enterpriseId, tags, by: input.by, ...range }
    const found = await linesOf(services.series, metric, query).catch(async (error) => {
      if ((await services.series.check()).isAway)
        throw problem('unavailable', 'The time series cannot be read now. What is measured is kept and shown later.')
      throw error
    })
    const largest = found.map((line) => ({ line, size: sizeOf(line) })).sort((a, b) => b.size - a.size)
    return {
      measurement: metric.measurement,
      metric: metric.metric,
      unit: metric.aggregate === 'count' ? ('count' as const) : metric.unit,
      definition: metric.definition,
      aggregate: metric.aggregate,
      from: timestamp(range.fromMs),
      to: timestamp(range.toMs),
      bucket_seconds: range.bucketMs / 1_000,
      lines: largest.slice(0, seriesLimits.lines).map(({ line }) => ({
        tag: line.value,
        points: line.buckets.map(({ atMs, value }) => ({ at: timestamp(atMs), value })),
      })),
      omitted: Math.max(0, largest.length - seriesLimits.lines),
    }
  })
