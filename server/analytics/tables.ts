import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { enterpriseId, identityPolicy, identityRole, tenantPolicy } from '../storage/database/policies.ts'
import type { AlertCondition, AlertState, aggregateNames, measurementNames, TagFilters, Unit } from './contract.ts'

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

/** What somebody wants to hear of: a figure of a metric over the latest seconds, above or below a threshold. It belongs to the enterprise. */
export const alertRules = pgTable(
  'alert_rules',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    name: text('name').notNull(),
    measurement: text('measurement').$type<(typeof measurementNames)[number]>().notNull(),
    metric: text('metric').notNull(),
    aggregate: text('aggregate').$type<(typeof aggregateNames)[number]>().notNull(),
    tags: jsonb('tags').$type<TagFilters>().notNull(),
    condition: text('condition').$type<AlertCondition>().notNull(),
    threshold: doublePrecision('threshold').notNull(),
    unit: text('unit').$type<Unit>().notNull(),
    windowSeconds: integer('window_seconds').notNull(),
    isPaused: boolean('is_paused').notNull().default(false),
    /** Null: not looked at, because it is paused, or the figures were away when it was made. */
    state: text('state').$type<AlertState>(),
    /** Since when it is in this state, and the figure that brought it there; null without data. */
    since: timestamp('since', { withTimezone: true }),
    value: doublePrecision('value'),
    /** Another one means: what was looked at is not this any more. */
    revision: integer('revision').notNull().default(1),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    index('alert_rules_name').on(t.enterpriseId, t.name),
    tenantPolicy('alert_rules'),
    // The clock looks which enterprises have rules.
    pgPolicy('alert_rules_identity', { for: 'select', to: identityRole, using: sql`true` }),
  ],
)
