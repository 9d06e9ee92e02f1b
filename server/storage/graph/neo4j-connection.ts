import neo4j, { type Driver, type Integer, Neo4jError, type Session, type Transaction } from 'neo4j-driver'

/** Milliseconds for a connection, and for a transaction. */
const usualLimits = { connectMs: 3_000, readMs: 10_000, writeMs: 60_000 }
const checkMs = 1_000
const checkLimitMs = 2_000
// Neo4j ends a transaction by itself when its time is over, and says so, when it can.
const graceMs = 500

export interface Neo4jAddress {
  url: string
  user: string
  password: string
}

/** What is told of a connection as it changes, once each time. */
interface Watcher {
  away(reason: string): void
  back(): void
}

type Parameters = Record<string, unknown>

/** A number as Neo4j's integer: the driver sends those of JavaScript as floating point. */
export const integer = (value: number): Integer => neo4j.int(value)

/** Runs one statement of Cypher in an open transaction; its rows as plain objects. */
export type Cypher = <T extends object>(statement: string, parameters?: Parameters) => Promise<T[]>

export interface Neo4jConnection {
  /** False since a call has failed, until Neo4j answers again. */
  isUp(): boolean
  /** How often it was lost. After an outage it may be another Neo4j. */
  outages(): number
  /** One transaction that reads. Rejects at once while Neo4j is away, after 10 s when it has stopped answering. */
  read<T>(run: (cypher: Cypher) => Promise<T>): Promise<T>
  /** One transaction that writes, kept when `run` resolves. It is sent once: whether it was done is for the caller to find out. */
  write<T>(run: (cypher: Cypher) => Promise<T>): Promise<T>
  /** Whether it answers now. Says so within three seconds. */
  check(): Promise<boolean>
  close(): Promise<void>
}

/** MISSION.md, Data. An enterprise's atoms are found by their numbers too. */
const schema = [
  'CREATE CONSTRAINT knowledge_atom_id IF NOT EXISTS FOR (a:KnowledgeAtom) REQUIRE a.id IS UNIQUE',
  'CREATE CONSTRAINT agent_name IF NOT EXISTS FOR (a:Agent) REQUIRE a.name IS UNIQUE',
  'CREATE CONSTRAINT enterprise_id IF NOT EXISTS FOR (e:Enterprise) REQUIRE e.id IS UNIQUE',
  'CREATE INDEX knowledge_atom_number IF NOT EXISTS FOR (a:KnowledgeAtom) ON (a.enterprise_id, a.number)',
]

/** In a few words why Neo4j cannot be had; its messages hold no password. */
export function reasonOf(error: unknown): string {
  if (error instanceof Neo4jError && error.code === 'ServiceUnavailable') return 'no connection'
  const { code, message } = error as { code?: unknown; message?: string }
  const [line = ''] = (message ?? String(error)).split('\n')
  return typeof code === 'string' && code.startsWith('Neo.') ? `${code}: ${line}` : line.replace(/\.$/, '')
}

/** Nothing came back in time. */
class NoAnswer extends Error {}

/** What a statement did wrong, or what ran between statements, tells nothing about the connection. */
const isConnectionLost = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof Neo4jError && /^(?:ServiceUnavailable|SessionExpired|N\/A)$|\.Security\.|DatabaseUnavailable|OutOfMemory/.test(error.code))

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms / 1_000} s`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

const cypherOf =
  (tx: Transaction): Cypher =>
  async <T extends object>(statement: string, parameters: Parameters = {}) =>
    (await tx.run(statement, parameters)).records.map((record) => record.toObject() as T)

function driverOf({ url, user, password }: Neo4jAddress, connectMs: number): Driver {
  return neo4j.driver(url, neo4j.auth.basic(user, password), {
    connectionTimeout: connectMs,
    connectionAcquisitionTimeout: connectMs,
    connectionLivenessCheckTimeout: 5_000,
    maxConnectionPoolSize: 50,
    maxTransactionRetryTime: 0,
    disableLosslessIntegers: true,
    telemetryDisabled: true,
    userAgent: 'aia/2',
  })
}

/** @throws Error with one line for people, when Neo4j cannot be used */
function startFailure({ url, user }: Neo4jAddress, error: unknown): Error {
  const { host } = new URL(url)
  const { code } = error as { code?: string }
  if (code?.startsWith('Neo.ClientError.Security'))
    return new Error(`AIA cannot start: NEO4J_PASSWORD: Neo4j on ${host} refuses ${user}: ${reasonOf(error)}.`)
  return new Error(`AIA cannot start: NEO4J_URL: no Neo4j can be used at ${host} (${reasonOf(error)}).`)
}

/**
 * Connects to the Neo4j of NEO4J_URL and makes its constraints. Whenever it is lost, `watcher` is told once, and again when it answers: it is
 * tried every second.
 * @param limits how long is waited, in milliseconds
 * @throws Error with one line for people, when it cannot be used
 */
export async function openNeo4j(address: Neo4jAddress, watcher: Watcher, limits = usualLimits): Promise<Neo4jConnection> {
  const { connectMs, readMs, writeMs } = limits
  const driver = driverOf(address, connectMs)
  let trying: NodeJS.Timeout | undefined
  let isClosed = false
  let outages = 0

  async function transact<T>(mode: 'READ' | 'WRITE', ms: number, run: (cypher: Cypher) => Promise<T>): Promise<T> {
    const session: Session = driver.session({ defaultAccessMode: mode })
    const work = async (): Promise<T> => {
      const tx = session.beginTransaction({ timeout: ms })
      try {
        const result = await run(cypherOf(await tx))
        await (await tx).commit()
        return result
      } catch (error) {
        await tx.then((open) => open.rollback()).catch(() => {})
        throw error
      }
    }
    // A server that has stopped answering does not answer to the end of its session either: nobody waits for that.
    return within(ms + graceMs, work()).finally(() => void session.close().catch(() => {}))
  }
  const probe = () => transact('READ', checkLimitMs, (cypher) => cypher('RETURN 1'))

  function lost(error: unknown): void {
    if (trying || isClosed) return
    outages++
    watcher.away(reasonOf(error))
    trying = setInterval(check, checkMs).unref()
  }
  function works(): void {
    if (!trying || isClosed) return
    clearInterval(trying)
    trying = undefined
    watcher.back()
  }
  async function check(): Promise<boolean> {
    try {
      await probe()
      works()
      return true
    } catch (error) {
      lost(error)
      return false
    }
  }
  async function call<T>(mode: 'READ' | 'WRITE', ms: number, run: (cypher: Cypher) => Promise<T>): Promise<T> {
    if (trying) throw new Error('Neo4j is away.')
    try {
      return await transact(mode, ms, run)
    } catch (error) {
      if (isConnectionLost(error)) lost(error)
      throw error
    }
  }

  try {
    const session = driver.session()
    for (const statement of schema) await session.run(statement)
    await session.close()
  } catch (error) {
    await driver.close()
    throw startFailure(address, error)
  }
  return {
    isUp: () => !trying,
    outages: () => outages,
    read: (run) => call('READ', readMs, run),
    write: (run) => call('WRITE', writeMs, run),
    check,
    async close() {
      isClosed = true
      clearInterval(trying)
      await within(connectMs, driver.close()).catch(() => {})
    },
  }
}
