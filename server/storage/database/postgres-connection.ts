import pg from 'pg'
import { hasState } from './port.ts'
import { addressesOf } from './postgres-address.ts'

/** Milliseconds; none: without that limit. */
interface Timeouts {
  statementMs?: number
  idleInTransactionMs?: number
}

interface PoolOptions extends Timeouts {
  /** Statements are sent without waiting for the answers to those before them; the server takes them in their order. */
  pipeline?: boolean
}

/** So long after the server itself should have ended a statement it counts as lost; where it has no limit, after this alone. */
const graceMs = 5_000
const silenceMs = 65_000
/** How long one of several hosts may take to let us in before another is tried. */
const hostMs = 3_000
/** A machine that vanished says no goodbye: after five seconds without a word the kernel asks whether it is there. */
const kept = { keepAlive: true, keepAliveInitialDelayMillis: 5_000 }
/** SQLSTATE sqlclient_unable_to_establish_sqlconnection, and read_only_sql_transaction. */
const notConnected = '08001'
const readOnly = '25006'

/** Of several hosts, the one that is tried next. */
interface Hosts {
  current(): string
  /** Another one's turn, unless it is already. */
  leave(address: string): void
}

function hostsOf(addresses: readonly string[]): Hosts {
  let at = 0
  const current = () => addresses[at] as string
  return {
    current,
    leave(address) {
      if (address === current()) at = (at + 1) % addresses.length
    },
  }
}

/**
 * How the connections of a process are shared out: to calls and the work of jobs, and to the engine of durable jobs. One more holds the lease of
 * a process that runs jobs (jobs/lease.ts); one that only starts them does so in transactions of its calls.
 */
export function connectionShares(total: number, runsJobs: boolean): { calls: number; jobs: number } {
  if (!runsJobs) return { calls: total - 1, jobs: 1 }
  const jobs = Math.min(10, Math.max(4, Math.floor(total / 3)))
  return { calls: total - jobs - 1, jobs }
}

/** Ends a connection without asking the server: what runs on it, and what follows, fails as lost. */
function cut(client: pg.ClientBase): void {
  const { stream } = (client as unknown as { connection: { stream: NodeJS.WritableStream & { destroy(error: Error): void } } }).connection
  stream.destroy(Object.assign(new Error('PostgreSQL has stopped answering.'), { code: 'ETIMEDOUT' }))
}

/** Runs `work` on a connection, which is cut when it has not ended in time. */
export async function answeredWithin<T>(ms: number, client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(cut, ms, client)
  return work().finally(() => clearTimeout(timer))
}

/**
 * Cuts the connection when a statement has no answer in time. A server that is frozen, or a machine that vanished, closes nothing: without
 * this a call would wait for as long as the kernel tries. Not the driver's `query_timeout`: it leaves the connection as it is.
 */
function giveUpAfter(ms: number, client: pg.ClientBase): void {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  const limited = (...given: unknown[]) => {
    const timer = setTimeout(cut, ms, client)
    const done = () => clearTimeout(timer)
    const at = given.findIndex((each) => typeof each === 'function')
    const callback = given[at] as ((...outcome: unknown[]) => void) | undefined
    if (!callback) {
      const answer = query(...given) as Promise<unknown>
      answer.then(done, done)
      return answer
    }
    return query(
      ...given.with(at, (...outcome: unknown[]) => {
        done()
        callback(...outcome)
      }),
    )
  }
  client.query = limited as typeof client.query
}

/** Whatever it was, such as a role that has not come to a standby yet: another host is asked. */
const notUsable = (cause: Error) =>
  Object.assign(new Error(`A host of PostgreSQL cannot be used: ${cause.message}`, { cause }), { code: notConnected })

/** As libpq's target_session_attrs=read-write: only a host that takes writes is used. */
async function assertWritable(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query('show transaction_read_only')
  if (rows[0]?.transaction_read_only !== 'off') throw notUsable(new Error('It takes no writes'))
}

/** For a pool over several hosts: a client that goes to the one whose turn it is, and passes the turn on when it is not let in there. */
function clientOfSeveral(hosts: Hosts): typeof pg.Client {
  return class extends pg.Client {
    readonly address: string
    constructor(config: pg.ClientConfig) {
      const connectionString = hosts.current()
      super({ ...config, connectionString, connectionTimeoutMillis: hostMs })
      this.address = connectionString
      const connect = this.connect.bind(this) as (callback: (error: Error | null) => void) => void
      const passingOn = (callback: (error: Error | null) => void) =>
        connect((error) => {
          if (error) hosts.leave(connectionString)
          callback(error && notUsable(error))
        })
      this.connect = passingOn as typeof this.connect
    }
  }
}

function severalHosts(addresses: readonly string[]): pg.PoolConfig {
  const hosts = hostsOf(addresses)
  return {
    Client: clientOfSeveral(hosts) as unknown as NonNullable<pg.PoolConfig['Client']>,
    verify(client, done) {
      answeredWithin(hostMs, client, () => assertWritable(client)).then(
        () => done(),
        (error) => {
          hosts.leave((client as unknown as { address: string }).address)
          done(error)
        },
      )
    },
  }
}

/** Lets whoever asks for a connection have one to any of several hosts. */
function tryEach(pool: pg.Pool, count: number): void {
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>
  async function any(): Promise<pg.PoolClient> {
    for (let left = count; ; left--) {
      try {
        return await connect()
      } catch (error) {
        if (left === 1 || !hasState(error, notConnected)) throw error
      }
    }
  }
  type Callback = (error?: Error, client?: pg.PoolClient, release?: pg.PoolClient['release']) => void
  const given = (callback?: Callback) => (callback ? void any().then((client) => callback(undefined, client, client.release), callback) : any())
  pool.connect = given as typeof pool.connect
}

/** @param connections most at once; who comes later waits, ten seconds at most */
export function connectionPool(url: string, connections: number, { statementMs, idleInTransactionMs, pipeline = false }: PoolOptions = {}): pg.Pool {
  const addresses = addressesOf(url)
  const pool = new pg.Pool({
    connectionString: addresses[0],
    max: connections,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 300_000,
    ...kept,
    application_name: 'aia',
    pipeline,
    // As on the embedded engine: plans are kept only where a transaction asks for it (keepPlans).
    options: '-c plan_cache_mode=force_custom_plan',
    ...(statementMs ? { statement_timeout: statementMs } : {}),
    ...(idleInTransactionMs ? { idle_in_transaction_session_timeout: idleInTransactionMs } : {}),
    ...(addresses.length > 1 ? severalHosts(addresses) : {}),
  })
  pool.on('connect', (client) => {
    // What is lost while no statement runs, or in the moment it is handed out, shows with the next one; without a listener it would end the process.
    client.on('error', () => {})
    giveUpAfter(statementMs ? statementMs + graceMs : silenceMs, client)
  })
  if (addresses.length > 1) tryEach(pool, addresses.length)
  // An idle connection was cut: the pool takes another. Without a listener it would end the process.
  pool.on('error', () => {})
  return pool
}

/**
 * A connection of its own, without limits, to the first host that takes writes.
 * @returns it and the address of that host
 */
export async function connectOne(url: string, application_name: string): Promise<{ client: pg.Client; address: string }> {
  const addresses = addressesOf(url)
  for (const [at, address] of addresses.entries()) {
    const client = new pg.Client({ connectionString: address, connectionTimeoutMillis: 10_000, application_name, ...kept })
    // A lost connection fails the statement that runs; without a listener it would end the process before.
    client.on('error', () => {})
    try {
      await client.connect()
      if (addresses.length > 1) await assertWritable(client)
      return { client, address }
    } catch (error) {
      await client.end().catch(() => {})
      if (at === addresses.length - 1) throw error
    }
  }
  throw new Error('An address without a host.')
}
const { builtins } = pg.types
/** Types that Drizzle's columns decode themselves: dates, intervals, numeric arrays. */
const leftAsText = [builtins.TIMESTAMP, builtins.TIMESTAMPTZ, builtins.INTERVAL, builtins.DATE, 1231, 1115, 1185, 1187, 1182]
const asIs = (text: string): string => text
const int8 = (text: string): number | bigint => (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))

const int8Array = (text: string): (number | bigint | null)[] => parseArray(text).map((each) => (each === null ? null : int8(each)))
const textArray: number = 1009
const parseArray = pg.types.getTypeParser(textArray, 'text') as (text: string) => (string | null)[]
const own = new Map<number, (text: string) => unknown>([[builtins.INT8, int8], [1016, int8Array], ...leftAsText.map((type) => [type, asIs] as const)])

/** Values come as the embedded engine gives them: int8 as a number where it fits, timestamps as text. */
const types = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    return own.get(type) ?? pg.types.getTypeParser(type, format as 'text')
  },
} as pg.CustomTypesConfig

/** Names under which statements stay prepared in every connection. A bounded number: lists of values make new texts again and again. */
const names = new Map<string, string>()
const mostStatements = 500

function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known || names.size >= mostStatements) return known
  const name = `aia${names.size}`
  names.set(text, name)
  return name
}

/** What Drizzle's driver calls of a client, with statements kept prepared and values decoded as everywhere. */
export function statements(client: pg.PoolClient): pg.PoolClient {
  return {
    query: (config: pg.QueryConfig, values: unknown[]) => {
      const name = nameOf(config.text)
      return client.query({ ...config, ...(name ? { name } : {}), types, values })
    },
  } as unknown as pg.PoolClient
}

const lostCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ECONNABORTED',
  // The name of its host means nothing for the time, as while a service moves.
  'ENOTFOUND',
  'EAI_AGAIN',
  // Shut down, crashed, not up yet, cut for being idle outside or inside a transaction; no connection left.
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '53300',
])
/** What the driver says without a code. */
const lostMessages = /^Connection terminated|not queryable|timeout exceeded when trying to connect|^timeout expired$/

/** True when the connection was lost or could not be had: the server, not the statement, is what failed. */
export function isConnectionLost(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: string }
    if ((code && (lostCodes.has(code) || code.startsWith('08'))) || lostMessages.test(at.message)) return true
  }
  return false
}

/** True when the server takes no writes, as one that another has taken over from: the connection leads to the wrong one. */
export const isReadOnly = (error: unknown): boolean => hasState(error, readOnly)
