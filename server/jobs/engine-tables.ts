import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../storage/database/port.ts'

/**
 * Runs `run` with the rights of the role that logged in: a transaction's own role has none to the engine's tables (schema dbos), which know no
 * tenants. So every statement in `run` names its job or its enterprise. Back to the transaction's role right after.
 */
export async function onEngineTables<T>(tx: Transaction, run: () => Promise<T>): Promise<T> {
  const [before] = await rows<{ role: string }>(
    tx,
    sql`with before as materialized (select current_setting('role') as role) select role, set_config('role', 'none', true) from before`,
  )
  const result = await run()
  await tx.execute(sql`select set_config('role', ${before?.role ?? 'aia_app'}, true)`)
  return result
}
