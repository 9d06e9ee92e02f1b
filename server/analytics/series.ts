import { longOperation } from '../gateway/operation.ts'
import type { Line, SeriesQuery } from '../storage/timeseries/port.ts'
import { type SeriesInput, seriesInput, seriesLimits, seriesOutput, tagNames } from './contract.ts'
import { linesOf, metricOf, readable, refuse, unitOf } from './measured.ts'

const hourMs = 3_600_000
/** Widths that people read easily, in seconds. */
const usualBuckets = [15, 30, 60, 300, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400]
const usualCount = 120

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
    const found = await readable(services.series, linesOf(services.series, metric, query))
    const largest = found.map((line) => ({ line, size: sizeOf(line) })).sort((a, b) => b.size - a.size)
    return {
      measurement: metric.measurement,
      metric: metric.metric,
      unit: unitOf(metric),
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
