import { setTimeout as sleep } from 'node:timers/promises'
import { type SQL, sql } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** An open transaction: Drizzle's query builder. Without its relational queries, which are made anew for every table of the schema in every transaction. */
export type Transaction = PgDatabase<PgQueryResultHKT>

/** The database could not be reached, or was lost before the transaction was confirmed. */
export class DatabaseUnavailable extends Error {
  /** True when nothing of the transaction was kept for certain. Lost in its very end, it may have been. */
  readonly isUndone: boolean
  constructor(message: string, { isUndone = false, ...options }: ErrorOptions & { isUndone?: boolean } = {}) {
    super(message, options)
    this.isUndone = isUndone
  }
}

/** The disk has no room for a change. What is there can be read, and changes are taken again once there is room. */
export class DatabaseFull extends DatabaseUnavailable {}

/** How long it is tried again while a server restarts or another takes over. */
const retryForMs = 10_000

/**
 * Runs a transaction again as a whole while the database is lost, for ten seconds: a failover then costs time, not an error. After a twentieth of a
 * second at first, a second at most.
 * @param mayBeKept whether it may run again, too, when nobody knows whether it was kept
 */
export async function repeated<T>(run: () => Promise<T>, mayBeKept: boolean): Promise<T> {
  const startedAt = Date.now()
  for (let waitMs = 50; ; waitMs = Math.min(2 * waitMs, 1_000)) {
    try {
      return await run()
    } catch (error) {
      const isRepeatable = error instanceof DatabaseUnavailable && !(error instanceof DatabaseFull) && (mayBeKept || error.isUndone)
      if (!isRepeatable || Date.now() - startedAt > retryForMs) throw error
      await sleep(waitMs)
    }
  }
}

/** Whether an error, or what caused it, has this SQLSTATE. */
export function hasState(error: unknown, state: string): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if ((at as { code?: unknown }).code === state) return true
  return false
}

/** SQLSTATE disk_full. */
export const diskFull = '53100'

/** How the statements of a transaction are planned. */
export interface Planning {
  /** As keepPlans does, from the first statement on. */
  keepPlans?: boolean
}

/** What a transaction is begun with: values of settings that last as long as it does. */
export type TransactionSettings = Readonly<Record<string, string>>

const keptPlans: TransactionSettings = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' }

/** Of a transaction of one enterprise, under row-level security. */
export const tenantSettings = (enterpriseId: string, { keepPlans: kept = false }: Planning = {}): TransactionSettings => ({
  role: 'aia_app',
  'app.enterprise_id': enterpriseId,
  ...(kept ? keptPlans : {}),
})
/** Of one of people and sessions. Every call asks who calls, by keys. */
export const identitySettings: TransactionSettings = { role: 'aia_identity', 'app.enterprise_id': '', ...keptPlans }
/** Beside others, of one that may not change anything. */
export const readOnlySettings: TransactionSettings = { transaction_read_only: 'on' }

/**
 * The database port. There is no way to reach a table outside one of these transactions.
 * While one is open in an asynchronous context, opening another there throws at once: on the embedded database it would
 * wait for itself for ever, and on PostgreSQL it would silently run outside (JOINTS.md, 3b).
 */
export interface Database {
  readonly adapter: 'pglite' | 'postgres'
  /** Runs `run` as role aia_app of one enterprise: row-level security shows that enterprise's rows only. Commits when it resolves. */
  tenant<T>(enterpriseId: string, run: (tx: Transaction) => Promise<T>, planning?: Planning): Promise<T>
  /**
   * As `tenant`, for what changes nothing: the engine refuses to. When the connection is lost in the middle, as in a failover, `run` is
   * run again as a whole, so it leaves nothing behind but what it returns.
   */
  read<T>(enterpriseId: string, run: (tx: Transaction) => Promise<T>, planning?: Planning): Promise<T>
  /** Runs `run` as role aia_identity: people, memberships, sessions, keys; no knowledge. */
  identity<T>(run: (tx: Transaction) => Promise<T>): Promise<T>
  /** As `identity`, for what changes nothing: refused and run again as `read` is. */
  readIdentity<T>(run: (tx: Transaction) => Promise<T>): Promise<T>
  /** Throws when the caller is inside an open transaction: for outside calls, which must not hold it. */
  assertOutsideTransaction(what: string): void
  /** Refreshes the planner's statistics after much has changed, where no autovacuum does: without them the embedded engine scans whole enterprises. */
  refreshStatistics(): Promise<void>
  /** Where the engine searches vectors by itself (pgvector): has it make its index for those of so many numbers, if it has none. Null elsewhere. */
  readonly nearestIndex: ((dimension: number) => Promise<void>) | null
  ping(): Promise<void>
  /** False while the disk has no room, as far as this process can tell: changes fail with DatabaseFull. */
  hasRoom(): boolean
  close(): Promise<void>
}

/** Rows of a raw statement, the same on every driver. */
export async function rows<T extends object>(tx: Transaction, statement: SQL): Promise<T[]> {
  const result = (await tx.execute(statement)) as unknown as { rows: T[] } | T[]
  return Array.isArray(result) ? result : result.rows
}

/**
 * Waits for statements of one transaction that are under way at once, as they do not need each other's answers: a network between is crossed once for
 * all. The server takes them in the order in which they were sent; a query builder is sent by its `execute()`. Ends when each has, also when one
 * fails: nothing may go on in a transaction that has ended.
 */
export async function together<T extends unknown[]>(...statements: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const settled = await Promise.allSettled(statements)
  for (const each of settled) if (each.status === 'rejected') throw each.reason
  return settled.map((each) => (each as PromiseFulfilledResult<unknown>).value) as T
}

/** One parameter that carries many rows: `json_to_recordset` beats VALUES five times and is allowed under row-level security. */
export const asJson = (value: unknown): string => JSON.stringify(value)

/** Sets them until the transaction ends. */
export function settingStatement(settings: TransactionSettings): SQL {
  const set = Object.entries(settings).map(([name, value]) => sql`set_config(${name}, ${value}, true)`)
  return sql`select ${sql.join(set, sql`, `)}`
}

/**
 * Until the transaction ends, statements run by the plan that was made for them once, over indexes. For look-ups by key, where planning
 * takes longer than reading. Not for work on many rows: without it every statement is planned for the tables as they are now, because a
 * plan made while a table was small, and kept, was seen to take seven times as long.
 */
export async function keepPlans(tx: Transaction): Promise<void> {
  await tx.execute(settingStatement(keptPlans))
}
