import { bigint, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
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

/** What somebody looks at again and again in Analytics, under a name: the view's part of the address. */
export const savedViews = pgTable(
  'saved_views',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    personId: text('person_id').notNull(),
    name: text('name').notNull(),
    /** The query of the address, without its question mark. */
    query: text('query').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [index('saved_views_person').on(t.enterpriseId, t.personId, t.name), tenantPolicy('saved_views')],
)
