import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../storage/database/port.ts'
import { onEngineTables } from './engine-tables.ts'
import { livingExecutors } from './lease.ts'

export interface Backlog {
  /** Jobs whose time has come and that no process has in hand. */
  waiting: number
  /** Since when the oldest of them waits; null without any. */
  since: Date | null
}

/** How much work waits in the queues of the installation, in a transaction of any role. */
export function backlog(tx: Transaction): Promise<Backlog> {
  return onEngineTables(tx, async () => {
    const [found] = await rows<{ waiting: number; since: number | null }>(
      tx,
      sql`select count(*)::int as waiting, min(created_at)::float8 as since from dbos.workflow_status where status = 'ENQUEUED'`,
    )
    return { waiting: found?.waiting ?? 0, since: found?.since == null ? null : new Date(found.since) }
  })
}

/** On PostgreSQL: whether any process is there to run jobs. */
export async function isAnyoneRunningJobs(tx: Transaction): Promise<boolean> {
  const [found] = await rows<{ any: boolean }>(tx, sql.raw(`select exists (${livingExecutors}) as any`))
  return found?.any === true
}
