import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { hasRoom } from './disk-room.ts'
import { lockFolder } from './lock.ts'
import { statementClient } from './pglite-client.ts'
import {
  type Database,
  DatabaseFull,
  diskFull,
  hasState,
  identitySettings,
  readOnlySettings,
  settingStatement,
  type Transaction,
  type TransactionSettings,
  tenantSettings,
} from './port.ts'
import { transactionGuard } from './transaction-guard.ts'

export interface PgliteDatabase extends Database {
  readonly adapter: 'pglite'
  /** The engine itself, for the durable-job adapter (jobs/pglite-pool.ts) and for copying whole installations (copy-tables.ts) only. */
  readonly engine: PGlite
}

/**
 * Opens the embedded database in `folder` (created when absent), locks it against other processes and brings its tables up to date.
 * A first start takes 8-20 s (initdb in WebAssembly), a reopen about 1 s.
 * @throws Error when another process holds the folder, or its disk is full
 */
export async function openPglite(options: {
  folder: string
  migrations: string
  onProgress?: (message: string) => void
  checkpointEveryMs?: number
}): Promise<PgliteDatabase> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  if (!hasRoom(options.folder)) throw new Error(`AIA cannot start: the disk of ${options.folder} is full. Less than 64 MB are free.`)
  const release = await lockFolder(options.folder)
  options.onProgress?.('Opening the embedded database')
  const engine = new PGlite(join(options.folder, 'pglite'))
  try {
    await engine.waitReady
    // Plans are kept only where a transaction asks for it (keepPlans). A fifth of the usual sample tells the planner enough, and is quick.
    await engine.exec('set plan_cache_mode = force_custom_plan; set default_statistics_target = 20')
    const db = drizzle({ client: statementClient(engine) as unknown as PGlite })
    await migrate(db, { migrationsFolder: options.migrations })
    const endCheckpoints = startCheckpoints(engine, options.checkpointEveryMs ?? 10_000)
    return adapt(engine, db, options.folder, () => {
      endCheckpoints()
      release()
    })
  } catch (error) {
    await engine.close().catch(() => {})
    release()
    throw error
  }
}

/** What the log may grow by until a checkpoint: four of its segments. */
const checkpointBytes = 64 * 2 ** 20

/**
 * Does what a server's checkpointer does and the engine in one process has not: without it the log would grow for as long as the process runs,
 * and a start after a crash would read all of it.
 * @returns ends it
 */
function startCheckpoints(engine: PGlite, everyMs: number): () => void {
  const look = async () => {
    const { rows } = await engine.query<{ bytes: number }>(
      'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()',
    )
    if ((rows[0]?.bytes ?? 0) > checkpointBytes) await engine.exec('checkpoint')
  }
  // What fails is tried again at the next look.
  const timer = setInterval(() => look().catch(() => {}), everyMs).unref()
  return () => clearInterval(timer)
}

// SQLSTATE read_only_sql_transaction.
const readOnly = '25006'

function adapt(engine: PGlite, db: ReturnType<typeof drizzle>, folder: string, release: () => void): PgliteDatabase {
  const { assertOutsideTransaction, guarded } = transactionGuard()
  async function transaction<T>(settings: TransactionSettings, run: (tx: Transaction) => Promise<T>): Promise<T> {
    assertOutsideTransaction('A second transaction')
    // The engine would stop for good when its log finds no room, so without a reserve it only reads.
    const isFull = !hasRoom(folder)
    try {
      return await db.transaction(async (tx) => {
        // PGlite's only user is a superuser, which skips policies: the role must be set in every transaction.
        await tx.execute(settingStatement(isFull ? { ...settings, ...readOnlySettings } : settings))
        return guarded(() => run(tx as unknown as Transaction))
      })
    } catch (error) {
      if (hasState(error, diskFull) || (isFull && hasState(error, readOnly)))
        throw new DatabaseFull('The disk of the data folder is full.', { cause: error })
      throw error
    }
  }
  let closing: Promise<void> | undefined
  return {
    adapter: 'pglite',
    engine,
    tenant: (enterpriseId, run, planning) => transaction(tenantSettings(enterpriseId, planning), run),
    read: (enterpriseId, run, planning) => transaction({ ...tenantSettings(enterpriseId, planning), ...readOnlySettings }, run),
    identity: (run) => transaction(identitySettings, run),
    readIdentity: (run) => transaction({ ...identitySettings, ...readOnlySettings }, run),
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
    hasRoom: () => hasRoom(folder),
    close() {
      closing ??= engine.close().finally(release)
      return closing
    },
  }
}
