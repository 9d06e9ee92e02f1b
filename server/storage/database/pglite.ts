import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { lockFolder } from './lock.ts'
import { statementClient } from './pglite-client.ts'
import { type Database, keepPlans, type Transaction } from './port.ts'
import * as schema from './schema.ts'
import { transactionGuard } from './transaction-guard.ts'

export interface PgliteDatabase extends Database {
  readonly adapter: 'pglite'
  /** The engine itself, for the durable-job adapter (jobs/pglite-pool.ts) and for copying whole installations (copy-tables.ts) only. */
  readonly engine: PGlite
}

/**
 * Opens the embedded database in `folder` (created when absent), locks it against other processes and brings its tables up to date.
 * A first start takes 8-20 s (initdb in WebAssembly), a reopen about 1 s.
 * @throws Error when another process holds the folder
 */
export async function openPglite(options: { folder: string; migrations: string; onProgress?: (message: string) => void }): Promise<PgliteDatabase> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const release = await lockFolder(options.folder)
  options.onProgress?.('Opening the embedded database')
  const engine = new PGlite(join(options.folder, 'pglite'))
  try {
    await engine.waitReady
    // Plans are kept only where a transaction asks for it (keepPlans). A fifth of the usual sample tells the planner enough, and is quick.
    await engine.exec('set plan_cache_mode = force_custom_plan; set default_statistics_target = 20')
    const db = drizzle({ client: statementClient(engine) as unknown as PGlite, schema })
    await migrate(db, { migrationsFolder: options.migrations })
    return adapt(engine, db, release)
  } catch (error) {
    await engine.close().catch(() => {})
    release()
    throw error
  }
}

function adapt(engine: PGlite, db: ReturnType<typeof drizzle<typeof schema>>, release: () => void): PgliteDatabase {
  const { assertOutsideTransaction, guarded } = transactionGuard()
  function transaction<T>(role: 'aia_app' | 'aia_identity', enterpriseId: string, run: (tx: Transaction) => Promise<T>): Promise<T> {
    assertOutsideTransaction('A second transaction')
    return db.transaction(async (tx) => {
      // PGlite's only user is a superuser, which skips policies: the role must be set in every transaction.
      await tx.execute(sql`select set_config('role', ${role}, true), set_config('app.enterprise_id', ${enterpriseId}, true)`)
      return guarded(() => run(tx as unknown as Transaction))
    })
  }
  let closing: Promise<void> | undefined
  return {
    adapter: 'pglite',
    engine,
    tenant: (enterpriseId, run) => transaction('aia_app', enterpriseId, run),
    read: (enterpriseId, run) =>
      transaction('aia_app', enterpriseId, async (tx) => {
        await tx.execute(sql`select set_config('transaction_read_only', 'on', true)`)
        return run(tx)
      }),
    identity: (run) =>
      transaction('aia_identity', '', async (tx) => {
        // Every call asks who calls, by keys.
        await keepPlans(tx)
        return run(tx)
      }),
    assertOutsideTransaction,
    async refreshStatistics() {
      assertOutsideTransaction('Refreshing statistics')
      // A table at a time, so that nobody waits for all of them; only those that autovacuum would choose by its defaults.
      // The counts of the latest changes may wait a second until they can be seen, unless they are asked for.
      await engine.exec('select pg_stat_force_next_flush()')
      const { rows: tables } = await engine.query<{ name: string }>(
        "select quote_ident(relname) as name from pg_stat_user_tables where schemaname = 'public' and n_mod_since_analyze > 50 + 0.1 * n_live_tup",
      )
      for (const { name } of tables) await engine.exec(`analyze ${name}`)
    },
    nearestIndex: null,
    async ping() {
      assertOutsideTransaction('A ping')
      await engine.query('select 1')
    },
    close() {
      closing ??= engine.close().finally(release)
      return closing
    },
  }
}
