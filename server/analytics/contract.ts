// What goes in and out of the analytics operations. Plain schemas.
import { z } from 'zod'

export const measurementNames = ['system_performance', 'neural_intelligence', 'payment_transactions', 'enterprise_usage'] as const
export const aggregateNames = ['sum', 'mean', 'min', 'max', 'p95', 'count'] as const
export const tagNames = ['operation', 'outcome', 'door', 'mode', 'status', 'cached', 'agent', 'origin'] as const

const tagValue = z
  .string()
  .regex(/^[\w.:-]{1,100}$/, 'is not the value of a tag')
  .optional()
const timestamp = z.iso.datetime({ offset: true })

export const seriesLimits = { days: 30, buckets: 1_000, lines: 20, bucketSeconds: { least: 15, most: 86_400 } } as const

export const seriesInput = z.strictObject({
  measurement: z.enum(measurementNames),
  metric: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'is not the name of a metric'),
  /** What becomes of the values within a bucket; without it, what suits the metric. */
  aggregate: z.enum(aggregateNames).optional(),
  /** A line for every value of this tag. */
  by: z.enum(tagNames).optional(),
  /** The last hour without it. */
  from: timestamp.optional(),
  to: timestamp.optional(),
  /** Width of a bucket in seconds; without it, one that gives about a hundred. */
  bucket: z.int().min(seriesLimits.bucketSeconds.least).max(seriesLimits.bucketSeconds.most).optional(),
  operation: tagValue,
  outcome: tagValue,
  door: tagValue,
  mode: tagValue,
  status: tagValue,
  cached: tagValue,
  agent: tagValue,
  origin: tagValue,
})
export type SeriesInput = z.infer<typeof seriesInput>

const described = {
  measurement: z.enum(measurementNames),
  metric: z.string(),
  unit: z.enum(['count', 'ms', 'bytes', 'ratio']),
  definition: z.string(),
}

export const seriesOutput = z.object({
  ...described,
  aggregate: z.enum(aggregateNames),
  from: timestamp,
  to: timestamp,
  bucket_seconds: z.int(),
  /** At most twenty, those with the largest values; a bucket without a measurement is left out. */
  lines: z.array(z.object({ tag: z.string().nullable(), points: z.array(z.object({ at: timestamp, value: z.number() })) })),
  /** Lines beyond the twenty. */
  omitted: z.int(),
})

export const tagValuesInput = z.strictObject({
  measurement: seriesInput.shape.measurement,
  metric: seriesInput.shape.metric,
  tag: z.enum(tagNames),
})
/** Alphabetical, at most so many. */
export const mostTagValues = 500
export const tagValueList = z.object({ items: z.array(z.string()).max(mostTagValues) })

export const metricList = z.object({
  items: z.array(z.object({ ...described, aggregates: z.array(z.enum(aggregateNames)), tags: z.array(z.enum(tagNames)) })),
})

export const savedViewInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  /** The query of the view's address, without its question mark. */
  query: z
    .string()
    .max(2_000)
    .regex(/^[\w.~%&=+:*-]*$/, 'is not the query of an address'),
})
export const savedViewId = z.strictObject({ id: z.uuid() })
export const savedView = z.object({ id: z.uuid(), name: z.string(), query: z.string(), created_at: timestamp })
export const savedViewList = z.object({ items: z.array(savedView) })
