import { bigint, doublePrecision, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { enterpriseId, identityPolicy, tenantPolicy } from '../storage/database/policies.ts'

/** What points have in common: measurement and tags. Few, so that a point is small. */
export const series = pgTable(
  'series',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    enterpriseId: enterpriseId(),
    measurement: text('measurement').notNull(),
    tags: jsonb('tags').$type<Record<string, string>>().notNull(),
  },
  (t) => [uniqueIndex('series_tags').on(t.enterpriseId, t.measurement, t.tags), tenantPolicy('series'), identityPolicy('series')],
)

/** Points as they were measured. `time` is nanoseconds since 1970. */
export const seriesPoints = pgTable(
  'series_points',
  {
    enterpriseId: enterpriseId(),
    seriesId: integer('series_id').notNull(),
    time: bigint('time', { mode: 'bigint' }).notNull(),
    value: doublePrecision('value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.enterpriseId, t.seriesId, t.time] }), tenantPolicy('series_points'), identityPolicy('series_points')],
)

/** The same by the hour, kept in step by whatever writes points. `hour` counts from 1970. */
export const seriesHours = pgTable(
  'series_hours',
  {
    enterpriseId: enterpriseId(),
    seriesId: integer('series_id').notNull(),
    hour: integer('hour').notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
    sum: doublePrecision('sum').notNull(),
    min: doublePrecision('min').notNull(),
    max: doublePrecision('max').notNull(),
  },
  (t) => [primaryKey({ columns: [t.enterpriseId, t.seriesId, t.hour] }), tenantPolicy('series_hours'), identityPolicy('series_hours')],
)
