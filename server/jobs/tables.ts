import { integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { identityPolicy, tenantPolicy } from '../storage/database/policies.ts'

/** Steps of jobs that were begun: the engine's own table has only those that have ended. */
export const jobSteps = pgTable(
  'job_steps',
  {
    jobId: text('job_id').notNull(),
    name: text('name').notNull(),
    /** Null for what comes round by the clock, which belongs to the installation. */
    enterpriseId: uuid('enterprise_id'),
    attempts: integer('attempts').notNull().default(1),
    progressDone: integer('progress_done').notNull().default(0),
    progressTotal: integer('progress_total').notNull().default(0),
    /** Why the last attempt failed; null when it did not. */
    error: text('error'),
    /** When the last attempt began. */
    startedAt: timestamp('started_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.name] }), tenantPolicy('job_steps'), identityPolicy('job_steps')],
)
