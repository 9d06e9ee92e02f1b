import { longOperation } from '../gateway/operation.ts'
import { retentionMs } from '../storage/timeseries/port.ts'
import { mostTagValues, tagValueList, tagValuesInput } from './contract.ts'
import { linesOf, metricOf, readable, refuse } from './measured.ts'

const hourMs = 3_600_000

export const listTagValues = longOperation
  .meta({ permission: 'analytics.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/analytics/tag-values',
    summary: 'The values of a tag that a metric was measured with in thirty days',
    tags: ['analytics'],
  })
  .input(tagValuesInput)
  .output(tagValueList)
  .handler(async ({ input: { tag, ...input }, context: { services, caller } }) => {
    const metric = metricOf(input)
    if (!metric.tags.includes(tag)) refuse('tag', `${metric.metric} is not told apart by ${tag}.`)
    // Whole hours and one bucket: read from the hours, where the store has them.
    const toMs = (Math.floor(Date.now() / hourMs) + 1) * hourMs
    const query = { measurement: metric.measurement, enterpriseId: caller.enterpriseId, tags: {}, by: tag }
    const range = { fromMs: toMs - retentionMs, toMs, bucketMs: toMs }
    const lines = await readable(services.series, linesOf(services.series, metric, { ...query, ...range }))
    return { items: lines.flatMap(({ value }) => value ?? []).slice(0, mostTagValues) }
  })
