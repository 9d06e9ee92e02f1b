import pg from 'pg'

/** Milliseconds; none: without that limit. */
interface Timeouts {
  statementMs?: number
  idleInTransactionMs?: number
}

/** @param connections most at once; who comes later waits, ten seconds at most */
export function connectionPool(url: string, connections: number, { statementMs, idleInTransactionMs }: Timeouts = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 300_000,
    keepAlive: true,
    application_name: 'aia',
    // As on the embedded engine: plans are kept only where a transaction asks for it (keepPlans).
    options: '-c plan_cache_mode=force_custom_plan',
    ...(statementMs ? { statement_timeout: statementMs } : {}),
    ...(idleInTransactionMs ? { idle_in_transaction_session_timeout: idleInTransactionMs } : {}),
  })
  // An idle connection was cut: the pool takes another. Without a listener it would end the process.
  pool.on('error', () => {})
  return pool
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
  // Shut down, crashed, not up yet; no connection left; cut for being idle.
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '25P03',
])
/** What the driver says without a code. */
const lostMessages = /^Connection terminated|not queryable|timeout exceeded when trying to connect/

/** True when the connection was lost or could not be had: the server, not the statement, is what failed. */
export function isConnectionLost(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: string }
    if ((code && (lostCodes.has(code) || code.startsWith('08'))) || lostMessages.test(at.message)) return true
  }
  return false
}
