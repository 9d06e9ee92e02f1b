import { sql } from 'drizzle-orm'
import { index, jsonb, pgPolicy, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { appRole, enterpriseId, identityRole } from '../storage/database/policies.ts'

const own = sql`enterprise_id = (select nullif(current_setting('app.enterprise_id', true), '')::uuid)`

/** Who did what, written in the transaction of the change. No role may update or delete a row. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    enterpriseId: enterpriseId(),
    at: timestamp('at', { withTimezone: true }).notNull().defaultNow(),
    /** Person id, or 'system' for work AIA starts by itself. */
    actor: text('actor').notNull(),
    operation: text('operation').notNull(),
    target: text('target'),
    requestId: text('request_id').notNull(),
    outcome: text('outcome').notNull(),
    detail: jsonb('detail'),
  },
  (t) => [
    index('audit_entries_time').on(t.enterpriseId, t.at),
    pgPolicy('audit_entries_read', { for: 'select', to: appRole, using: own }),
    pgPolicy('audit_entries_append', { for: 'insert', to: appRole, withCheck: own }),
    pgPolicy('audit_entries_identity_append', { for: 'insert', to: identityRole, withCheck: sql`true` }),
  ],
)
