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

const units = ['count', 'ms', 'bytes', 'ratio'] as const
export type Unit = (typeof units)[number]

const described = {
  measurement: z.enum(measurementNames),
  metric: z.string(),
  unit: z.enum(units),
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

export const alertConditions = ['above', 'below'] as const
export type AlertCondition = (typeof alertConditions)[number]
/** `no_data`: nothing was measured within the window, which is neither well nor ill. */
export const alertStates = ['ok', 'firing', 'no_data'] as const
export type AlertState = (typeof alertStates)[number]
export const alertLimits = { rules: 50, windowSeconds: { least: 60, most: 86_400 }, threshold: 1e15 } as const

type TagName = (typeof tagNames)[number]
export type TagFilters = Partial<Record<TagName, string>>
const tagFilters = Object.fromEntries(tagNames.map((tag) => [tag, tagValue])) as Record<TagName, typeof tagValue>

export const alertRuleInput = z.strictObject({
  name: z.string().trim().min(1).max(100),
  measurement: seriesInput.shape.measurement,
  metric: seriesInput.shape.metric,
  /** What becomes of the values within the window; without it, what suits the metric. */
  aggregate: z.enum(aggregateNames).optional(),
  /** Only what was measured with these counts. */
  tags: z.strictObject(tagFilters).default({}),
  condition: z.enum(alertConditions),
  /** In the unit that the metric has by this aggregate. */
  threshold: z.number().min(-alertLimits.threshold).max(alertLimits.threshold),
  /** Whole minutes. */
  window_seconds: z.int().min(alertLimits.windowSeconds.least).max(alertLimits.windowSeconds.most).multipleOf(60),
  paused: z.boolean().default(false),
})
export type AlertRuleInput = z.infer<typeof alertRuleInput>
export const alertRuleId = z.strictObject({ id: z.uuid() })
export const alertRuleChange = alertRuleInput.extend(alertRuleId.shape)
export const alertRule = z.object({
  id: z.uuid(),
  name: z.string(),
  measurement: z.enum(measurementNames),
  metric: z.string(),
  aggregate: z.enum(aggregateNames),
  tags: z.object(tagFilters),
  condition: z.enum(alertConditions),
  threshold: z.number(),
  unit: described.unit,
  window_seconds: z.int(),
  paused: z.boolean(),
  /** Null while it is paused, and until it was looked at. */
  state: z.enum(alertStates).nullable(),
  since: timestamp.nullable(),
  /** The figure that brought it into this state; null without data. */
  value: z.number().nullable(),
  created_at: timestamp,
})
export const alertRuleList = z.object({ items: z.array(alertRule) })

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
