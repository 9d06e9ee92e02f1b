import { bigint, boolean, index, json, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { enterpriseId, identityPolicy, tenantPolicy } from '../database/policies.ts'

/** How far the events of an enterprise have come, and how far the graph has followed them. */
export const outboxes = pgTable(
  'outboxes',
  {
    enterpriseId: enterpriseId().primaryKey(),
    /** Another one means: what was read before counts for nothing, begin anew. */
    generation: uuid('generation').notNull().defaultRandom(),
    /** Number of the latest event, 0 before the first. */
    sequence: bigint('sequence', { mode: 'number' }).notNull().default(0),
    /** The same among those events alone that change the graph. */
    graphSequence: bigint('graph_sequence', { mode: 'number' }).notNull().default(0),
    /** Whether a graph follows: only then events name the atoms they are about. */
    isFollowed: boolean('is_followed').notNull().default(false),
    /** Every event of the graph up to here is sent to it. */
    sent: bigint('sent', { mode: 'number' }).notNull().default(0),
    /** Who sends now, and until when that holds without a sign of life. */
    sender: uuid('sender'),
    heldUntil: timestamp('held_until', { withTimezone: true }),
  },
  // The sender looks for work over all enterprises, and each process for events; there is nothing here but numbers.
  () => [tenantPolicy('outboxes'), identityPolicy('outboxes')],
)

/** What has happened lately, in the order in which it was committed; written in the transaction that did it. */
export const outboxEvents = pgTable(
  'outbox_events',
  {
    enterpriseId: enterpriseId(),
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    /** Null for what does not change the graph. */
    graphSequence: bigint('graph_sequence', { mode: 'number' }),
    kind: text('kind').notNull(),
    /** What browsers are told: ids and counts. */
    payload: json('payload').notNull(),
    /** The numbers of the atoms it is about, where a graph follows. */
    atoms: json('atoms').$type<number[]>(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.enterpriseId, t.sequence] }),
    index('outbox_events_created').on(t.createdAt),
    tenantPolicy('outbox_events'),
    // People and rights are changed in identity transactions; the clock forgets for all enterprises.
    identityPolicy('outbox_events'),
  ],
)
