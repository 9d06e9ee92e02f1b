import { sql } from 'drizzle-orm'
import { bigint, boolean, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { enterpriseId, identityPolicy, tenantPolicy } from '../storage/database/policies.ts'

const moment = (name: string) => timestamp(name, { withTimezone: true })

/** Addresses outside that are told what happens. They belong to the enterprise, not to who made them. */
export const webhooks = pgTable(
  'webhooks',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    url: text('url').notNull(),
    description: text('description').notNull(),
    events: jsonb('events').$type<string[]>().notNull(),
    sealedSecret: text('sealed_secret').notNull(),
    /** The secret before the last rotation, which signs too until then. */
    sealedOldSecret: text('sealed_old_secret'),
    oldSecretUntil: moment('old_secret_until'),
    /** Set while nothing is sent to it, with the reason. */
    pausedAt: moment('paused_at'),
    pausedBecause: text('paused_because').$type<'by_hand' | 'gone' | 'failing'>(),
    /** First attempt that failed since one succeeded. */
    failingSince: moment('failing_since'),
    /** Deliveries given up since one succeeded. */
    givenUp: integer('given_up').notNull().default(0),
    /** Events passed by that it wanted: it is told so before the next one. */
    hasMissed: boolean('has_missed').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [index('webhooks_enterprise').on(t.enterpriseId, t.createdAt), tenantPolicy('webhooks')],
)

/** How far the log of an enterprise that has webhooks is turned into deliveries. */
export const webhookPlaces = pgTable(
  'webhook_places',
  {
    enterpriseId: enterpriseId().primaryKey(),
    /** Null where nothing had happened yet. */
    generation: uuid('generation'),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
  },
  // The sender looks for work over all enterprises; there is nothing here but numbers.
  () => [tenantPolicy('webhook_places'), identityPolicy('webhook_places')],
)

/** One message to one webhook. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    /** The `webhook-id` by which a receiver knows a message that comes twice. */
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    /** What is sent, to the letter: it is signed. */
    body: text('body').notNull(),
    state: text('state').$type<'queued' | 'delivered' | 'failed' | 'cancelled'>().notNull().default('queued'),
    attempts: integer('attempts').notNull().default(0),
    /** Attempts made by themselves since somebody asked for one: the place in the schedule. */
    retries: integer('retries').notNull().default(0),
    /** Number of the job that makes the next attempt; an older one finds that it is not its turn. */
    run: integer('run').notNull().default(1),
    nextAttemptAt: moment('next_attempt_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
    endedAt: moment('ended_at'),
  },
  (t) => [
    index('webhook_deliveries_latest').on(t.webhookId, t.createdAt, t.id),
    index('webhook_deliveries_waiting').on(t.webhookId).where(sql`state = 'queued'`),
    tenantPolicy('webhook_deliveries'),
  ],
)

/** What came of each attempt. */
export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    enterpriseId: enterpriseId(),
    deliveryId: uuid('delivery_id')
      .notNull()
      .references(() => webhookDeliveries.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    at: moment('at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    /** Null when no answer came. */
    status: integer('status'),
    error: text('error'),
    /** The first part of the answer's body. */
    answer: text('answer'),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.number] }), tenantPolicy('webhook_attempts')],
)
