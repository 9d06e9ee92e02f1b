import { setTimeout as sleep } from 'node:timers/promises'
import { type SQL, sql } from 'drizzle-orm'
import { NodePgSession, NodePgTransaction } from 'drizzle-orm/node-postgres'
import { PgDialect } from 'drizzle-orm/pg-core'
import type pg from 'pg'
import { type Database, DatabaseFull, DatabaseUnavailable, diskFull, hasState, type Transaction } from './port.ts'
import { partsOf } from './postgres-address.ts'
import { connectionPool, isConnectionLost, statements } from './postgres-connection.ts'
import { asOwner, indexVectors, prepareDatabase } from './postgres-owner.ts'
import { transactionGuard } from './transaction-guard.ts'

export interface PostgresDatabase extends Database {
  readonly adapter: 'postgres'
  /** For the durable-job adapter only (jobs/dbos.ts), which has connections and tables of its own. */
  readonly jobs: {
    /** Address and role by which it works. */
    url: string
    role: string
    /** Runs `prepare` with the owner's address while no other process does. */
    prepare(prepare: (ownerUrl: string) => Promise<void>): Promise<void>
  }
}

interface Options {
  /** postgres://user:password@host:port/database of the role that owns the tables. */
  url: string
  migrations: string
  /** Most connections of this process, besides those of the durable jobs. */
  connections?: number
  statementMs?: number
  idleInTransactionMs?: number
}

// While a server restarts or another takes over: a twentieth of a second at first, a second at most, until this long has passed.
const retryForMs = 10_000
const pingLimitMs = 3_000
const dialect = new PgDialect()
const ignore = () => {}
// Every call asks who calls, by keys: what keepPlans does, without a statement of its own.
const identity = { role: 'aia_identity', 'app.enterprise_id': '', plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' }

function asPort(error: unknown): unknown {
  if (hasState(error, diskFull)) return new DatabaseFull('The disk of PostgreSQL is full.', { cause: error })
  return isConnectionLost(error) ? new DatabaseUnavailable('PostgreSQL cannot be reached.', { cause: error }) : error
}

/** A connection in an unknown state is closed, not used again. */
function giveBack(client: pg.PoolClient | undefined, isBroken: boolean): void {
  client?.off('error', ignore)
  client?.release(isBroken)
}

/**
 * Opens a PostgreSQL server: migrates as the role of the address, then works as a role that owns nothing (postgres-owner.ts).
 * @throws Error of one line that says what is wrong with the address
 */
export async function openPostgres({ url, migrations, connections = 20, ...timeouts }: Options): Promise<PostgresDatabase> {
  const login = await prepareDatabase(url, migrations).catch((error) => {
    throw startFailure(url, error)
  })
  const pool = connectionPool(login.url, connections, { statementMs: 60_000, idleInTransactionMs: 60_000, ...timeouts })
  const { assertOutsideTransaction, guarded } = transactionGuard()

  /** Begins a transaction on a connection of the pool. Only this, and what changes nothing, is tried again: of the rest nobody knows whether it was done. */
  async function begin(settings: SQL): Promise<{ client: pg.PoolClient; tx: Transaction }> {
    const startedAt = Date.now()
    for (let waitMs = 50; ; waitMs = Math.min(2 * waitMs, 1_000)) {
      let client: pg.PoolClient | undefined
      try {
        client = await pool.connect()
        // What is lost while no statement runs shows with the next one; without a listener it would end the process.
        client.on('error', ignore)
        await client.query('begin')
        const session = new NodePgSession(statements(client), dialect, undefined)
        const tx = new NodePgTransaction(dialect, session, undefined)
        await tx.execute(settings)
        return { client, tx: tx as unknown as Transaction }
      } catch (error) {
        giveBack(client, true)
        if (!isConnectionLost(error) || Date.now() - startedAt > retryForMs) throw asPort(error)
        await sleep(waitMs)
      }
    }
  }

  async function transaction<T>(settings: Record<string, string>, run: (tx: Transaction) => Promise<T>): Promise<T> {
    assertOutsideTransaction('A second transaction')
    const set = Object.entries(settings).map(([name, value]) => sql`set_config(${name}, ${value}, true)`)
    const { client, tx } = await begin(sql`select ${sql.join(set, sql`, `)}`)
    let isBroken = true
    try {
      const result = await guarded(() => run(tx))
      const { command } = await client.query('commit')
      isBroken = false
      // What the server makes of a commit after a statement that failed.
      if (command === 'ROLLBACK') throw new Error('A statement of the transaction failed before, so nothing of it was kept.')
      return result
    } catch (error) {
      isBroken = await client.query('rollback').then(
        () => false,
        () => true,
      )
      throw asPort(error)
    } finally {
      giveBack(client, isBroken)
    }
  }

  /** Again as a whole while the connection is lost, for as long as a beginning is tried. */
  async function repeated<T>(run: () => Promise<T>): Promise<T> {
    const startedAt = Date.now()
    for (;;) {
      try {
        return await run()
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || Date.now() - startedAt > retryForMs) throw error
        await sleep(50)
      }
    }
  }

  let closing: Promise<void> | undefined
  return {
    adapter: 'postgres',
    jobs: { url: login.url, role: login.role, prepare: (prepare) => asOwner(url, () => prepare(url)) },
    tenant: (enterpriseId, run) => transaction({ role: 'aia_app', 'app.enterprise_id': enterpriseId }, run),
    read: (enterpriseId, run) =>
      repeated(() => transaction({ role: 'aia_app', 'app.enterprise_id': enterpriseId, transaction_read_only: 'on' }, run)),
    identity: (run) => transaction(identity, run),
    readIdentity: (run) => repeated(() => transaction({ ...identity, transaction_read_only: 'on' }, run)),
    assertOutsideTransaction,
    async refreshStatistics() {
      // The server's autovacuum does it, and only an owner may.
      assertOutsideTransaction('Refreshing statistics')
    },
    nearestIndex: login.hasVectors ? (dimension) => indexVectors(url, dimension) : null,
    async ping() {
      assertOutsideTransaction('A ping')
      const late = sleep(pingLimitMs, undefined, { ref: false }).then(() => {
        throw new Error(`PostgreSQL did not answer within ${pingLimitMs / 1_000} s.`)
      })
      await Promise.race([pool.query('select 1'), late])
    },
    // Its disk is the server's.
    hasRoom: () => true,
    close() {
      closing ??= pool.end()
      return closing
    },
  }
}

/** Without the password, which is part of the address. */
function startFailure(url: string, error: unknown): Error {
  const { role, host, database } = partsOf(url)
  const { code, message } = deepest(error)
  const place = `${database} on ${host}`
  if (code === '28P01' || code === '28000') return new Error(`AIA cannot start: DATABASE_URL: PostgreSQL on ${host} refuses ${role}: ${message}.`)
  if (code === '3D000') return new Error(`AIA cannot start: DATABASE_URL: there is no database ${place}.`)
  if (isConnectionLost(error) || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new Error(`AIA cannot start: DATABASE_URL: no PostgreSQL answers on ${host} (${code}).`)
  return new Error(`AIA cannot start: DATABASE_URL: ${place} could not be prepared by ${role}: ${message}`, { cause: error })
}

function deepest(error: unknown): { code: string | undefined; message: string } {
  let at = error
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  const { code } = at as { code?: string }
  return { code, message: at instanceof Error ? (at.message.split('\n')[0] ?? '') : String(at) }
}
