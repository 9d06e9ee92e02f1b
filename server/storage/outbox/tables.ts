import { bigint, json, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { enterpriseId, identityPolicy, tenantPolicy } from '../database/policies.ts'

/** Who has somebody that listens has a row here: how far its events have come, and how far they are sent. Without one no event is written. */
export const outboxes = pgTable(
  'outboxes',
  {
    enterpriseId: enterpriseId().primaryKey(),
    /** Another one means: what was sent before counts for nothing, begin anew. */
    generation: uuid('generation').notNull().defaultRandom(),
    /** Number of the latest event, 0 before the first. */
    sequence: bigint('sequence', { mode: 'number' }).notNull().default(0),
    /** Every event up to here is sent, and gone. */
    sent: bigint('sent', { mode: 'number' }).notNull().default(0),
    /** Who sends now, and until when that holds without a sign of life. */
    sender: uuid('sender'),
    heldUntil: timestamp('held_until', { withTimezone: true }),
  },
  // The sender looks for work over all enterprises; there is nothing here but numbers.
  () => [tenantPolicy('outboxes'), identityPolicy('outboxes')],
)

/** What has happened, in the order in which it was committed; written in the transaction that did it, deleted when it is sent. */
export const outboxEvents = pgTable(
  'outbox_events',
  {
    enterpriseId: enterpriseId(),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    kind: text('kind').notNull(),
    /** Names what has changed, does not copy it. */
    payload: json('payload').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.enterpriseId, t.sequence] }), tenantPolicy('outbox_events')],
)
