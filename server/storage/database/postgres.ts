import { setTimeout as sleep } from 'node:timers/promises'
import { NodePgSession, NodePgTransaction } from 'drizzle-orm/node-postgres'
import { PgDialect } from 'drizzle-orm/pg-core'
import pg from 'pg'
import {
  type Database,
  DatabaseFull,
  DatabaseUnavailable,
  diskFull,
  hasState,
  identitySettings,
  readOnlySettings,
  repeated,
  type Transaction,
  type TransactionSettings,
  tenantSettings,
} from './port.ts'
import { partsOf } from './postgres-address.ts'
import { answeredWithin, connectionPool, isConnectionLost, isReadOnly, statements } from './postgres-connection.ts'
import { asOwner, indexVectors, prepareDatabase } from './postgres-owner.ts'
import { transactionGuard } from './transaction-guard.ts'

export interface PostgresDatabase extends Database {
  readonly adapter: 'postgres'
  /** For the durable-job adapter only (jobs/dbos.ts), which has connections and tables of its own. */
  readonly jobs: {
    /** Address and role by which it works. */
    url: string
    role: string
    /** Its connections, made when it first asks for them, and ended with the database. */
    pool(): pg.Pool
    /** Runs `prepare` with the owner's address, of one host, while no other process does. */
    prepare(prepare: (ownerUrl: string) => Promise<void>): Promise<void>
  }
}

interface Options {
  /** postgres://user:password@host:port/database of the role that owns the tables. */
  url: string
  migrations: string
  /** Most connections of this process at once, besides those of the durable jobs; and most of those. */
  connections?: number
  jobConnections?: number
  statementMs?: number
  idleInTransactionMs?: number
}

const pingLimitMs = 3_000
/** An idle connection may lead to a machine that is not there any more. */
const beginLimitMs = 5_000
const dialect = new PgDialect()
const ignore = () => {}

/** Begins and sets in one message: a server answers each of them over a network. */
function beginning(settings: TransactionSettings): string {
  const set = Object.entries(settings).map(([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, true)`)
  return `begin; select ${set.join(', ')}`
}

const asPort = (error: unknown): unknown =>
  hasState(error, diskFull) ? new DatabaseFull('The disk of PostgreSQL is full.', { cause: error }) : error
const unavailable = (error: unknown, isUndone: boolean) => new DatabaseUnavailable('PostgreSQL cannot be reached.', { cause: error, isUndone })
/** Of what has changed nothing for certain. */
const unchanged = (error: unknown): unknown => (isConnectionLost(error) ? unavailable(error, true) : asPort(error))

/**
 * Opens a PostgreSQL server: migrates as the role of the address, then works as a role that owns nothing (postgres-owner.ts).
 * @throws Error of one line that says what is wrong with the address
 */
export async function openPostgres({ url, migrations, connections = 20, jobConnections = 10, ...given }: Options): Promise<PostgresDatabase> {
  const login = await prepareDatabase(url, migrations).catch((error) => {
    throw startFailure(url, error)
  })
  const timeouts = { statementMs: 60_000, idleInTransactionMs: 60_000, ...given }
  const pool = connectionPool(login.url, connections, { ...timeouts, pipeline: true })
  let jobPool: pg.Pool | undefined
  const { assertOutsideTransaction, guarded } = transactionGuard()

  /** Begins a transaction on a connection: the work of it, and when it is begun. */
  function open(client: pg.PoolClient, settings: TransactionSettings): { tx: Transaction; begun: Promise<unknown> } {
    const session = new NodePgSession(statements(client), dialect, undefined)
    const tx = new NodePgTransaction(dialect, session, undefined) as unknown as Transaction
    return { tx, begun: answeredWithin(beginLimitMs, client, () => client.query(beginning(settings))) }
  }

  /** Begins a transaction on a connection of the pool. */
  async function begin(settings: TransactionSettings): Promise<{ client: pg.PoolClient; tx: Transaction }> {
    let client: pg.PoolClient | undefined
    try {
      client = await pool.connect()
      const { tx, begun } = open(client, settings)
      await begun
      return { client, tx }
    } catch (error) {
      // A connection in an unknown state is closed, not used again.
      client?.release(true)
      throw unchanged(error)
    }
  }

  async function transaction<T>(settings: TransactionSettings, run: (tx: Transaction) => Promise<T>): Promise<T> {
    assertOutsideTransaction('A second transaction')
    const { client, tx } = await repeated(() => begin(settings), false)
    let isBroken = true
    let isCommitSent = false
    try {
      const result = await guarded(() => run(tx))
      isCommitSent = true
      const { command } = await client.query('commit')
      isBroken = false
      // What the server makes of a commit after a statement that failed.
      if (command === 'ROLLBACK') throw new Error('A statement of the transaction failed before, so nothing of it was kept.')
      return result
    } catch (error) {
      // Refused as a write where none may be: it is not the server any more that takes them.
      if (isConnectionLost(error) || isReadOnly(error)) throw unavailable(error, !isCommitSent)
      isBroken = await client.query('rollback').then(
        () => false,
        () => true,
      )
      throw asPort(error)
    } finally {
      client.release(isBroken)
    }
  }

  /**
   * What changes nothing is made again when the connection is lost, so its first statement need not wait for its beginning, and nobody for its
   * end. Where the beginning fails, the server refuses all that follows.
   */
  async function reading<T>(settings: TransactionSettings, run: (tx: Transaction) => Promise<T>): Promise<T> {
    assertOutsideTransaction('A second transaction')
    const client = await pool.connect().catch((error) => {
      throw unchanged(error)
    })
    const { tx, begun } = open(client, { ...settings, ...readOnlySettings })
    begun.catch(ignore)
    try {
      const result = await guarded(() => run(tx))
      await begun
      return result
    } catch (later) {
      const error = await begun.then(
        () => later,
        (first) => first,
      )
      throw unchanged(error)
    } finally {
      client.query('commit').then(
        () => client.release(),
        () => client.release(true),
      )
    }
  }

  async function answers(): Promise<void> {
    const client = await pool.connect()
    let isBroken = true
    try {
      await answeredWithin(pingLimitMs, client, () => client.query('select 1'))
      isBroken = false
    } finally {
      client.release(isBroken)
    }
  }

  let closing: Promise<void> | undefined
  return {
    adapter: 'postgres',
    jobs: {
      url: login.url,
      role: login.role,
      pool() {
        // The server sets its statements no limit; without an answer for a minute one counts as lost, and the engine repeats it.
        jobPool ??= connectionPool(login.url, jobConnections, { idleInTransactionMs: timeouts.idleInTransactionMs })
        return jobPool
      },
      prepare: (prepare) => asOwner(url, (_, address) => prepare(address)),
    },
    tenant: (enterpriseId, run, planning) => transaction(tenantSettings(enterpriseId, planning), run),
    read: (enterpriseId, run, planning) => repeated(() => reading(tenantSettings(enterpriseId, planning), run), true),
    identity: (run) => transaction(identitySettings, run),
    readIdentity: (run) => repeated(() => reading(identitySettings, run), true),
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
      await Promise.race([answers(), late])
    },
    // Its disk is the server's.
    hasRoom: () => true,
    close() {
      closing ??= Promise.all([pool.end(), jobPool?.end()]).then(ignore)
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
  if (code === '53300') return new Error(`AIA cannot start: DATABASE_URL: PostgreSQL on ${host} has no connection left for ${role}: ${message}.`)
  if (isConnectionLost(error))
    return new Error(`AIA cannot start: DATABASE_URL: no PostgreSQL answers on ${host} (${code?.startsWith('E') ? code : message}).`)
  return new Error(`AIA cannot start: DATABASE_URL: ${place} could not be prepared by ${role}: ${message}`, { cause: error })
}

function deepest(error: unknown): { code: string | undefined; message: string } {
  let at = error
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  const { code } = at as { code?: string }
  return { code, message: at instanceof Error ? (at.message.split('\n')[0] ?? '') : String(at) }
}
