import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, DatabaseUnavailable } from '../database/port.ts'
import { hold, letGo, nextEvents, outboxesWithWork, outboxPosition, settle, subscribe } from '../outbox/port.ts'
import type { Neo4jConnection } from './neo4j-connection.ts'
import { beginRebuild, clearSome, type Mark, Overtaken, readMark, writeState } from './neo4j-write.ts'
import { numbersAfter, presentState } from './present-state.ts'

const idleMs = 1_000
const mostBackOffMs = 30_000
/** After that long without a sign of life another process may send. */
const heldSeconds = 30
/** Atoms a transaction of Neo4j: it keeps what it changes in memory until the end. */
const atomsAtOnce = 500
const atomsARound = 4 * atomsAtOnce

interface Reporter {
  /** An enterprise was sent anew from the database. */
  rebuilt(about: { enterpriseId: string; atoms: number; durationMs: number }): void
  /** Sending failed although Neo4j is there. It is tried again, later and later. */
  failed(error: unknown): void
}

export interface GraphSender {
  /** Sends what waits for one enterprise, to the end. False when another process is at it. */
  send(enterpriseId: string): Promise<boolean>
  /** Begins to send by itself, every second. */
  start(): void
  /** Ends after what is under way. */
  stop(): Promise<void>
}

type Stores = Pick<Database, 'tenant' | 'identity'>

/** Brings Neo4j to what the database holds, from the outbox: at least once, in order, one process at a time for an enterprise. */
export function graphSender(database: Stores, connection: Neo4jConnection, report: Reporter): GraphSender {
  const sender = randomUUID()
  let isStopping = false
  let looping: Promise<void> | undefined
  const wake = new AbortController()

  const isMine = (enterpriseId: string): Promise<boolean> => database.tenant(enterpriseId, (tx) => hold(tx, enterpriseId, sender, heldSeconds))
  async function keepHold(enterpriseId: string): Promise<void> {
    if (isStopping) throw new Overtaken('This process is stopping.')
    if (!(await isMine(enterpriseId))) throw new Overtaken('Another process sends.')
  }

  /** Writes atoms as they are now. The mark was read before what is written, so nothing older than what is there can get through. */
  async function write(enterpriseId: string, mark: Mark, numbers: readonly number[], sequence: number | null): Promise<void> {
    for (let from = 0; from === 0 || from < numbers.length; from += atomsAtOnce) {
      await keepHold(enterpriseId)
      const state = await database.tenant(enterpriseId, (tx) => presentState(tx, enterpriseId, numbers.slice(from, from + atomsAtOnce)))
      const isLast = from + atomsAtOnce >= numbers.length
      await connection.write((cypher) => writeState(cypher, enterpriseId, mark, state, isLast ? sequence : null))
    }
  }

  async function rebuild(enterpriseId: string): Promise<void> {
    const startedAt = performance.now()
    const position = await database.tenant(enterpriseId, (tx) => outboxPosition(tx, enterpriseId))
    if (!position) return
    const builder = randomUUID()
    const mark = await connection.write((cypher) => beginRebuild(cypher, enterpriseId, position.generation, builder))
    while ((await connection.write((cypher) => clearSome(cypher, enterpriseId, mark))) > 0) await keepHold(enterpriseId)
    let atoms = 0
    let after = -1
    for (;;) {
      const last = after
      const numbers = await database.tenant(enterpriseId, (tx) => numbersAfter(tx, enterpriseId, last, atomsAtOnce))
      atoms += numbers.length
      // What changed since the position was read comes again as an event.
      await write(enterpriseId, mark, numbers, numbers.length < atomsAtOnce ? position.sequence : null)
      if (numbers.length < atomsAtOnce) break
      after = numbers.at(-1) as number
    }
    await database.tenant(enterpriseId, (tx) => settle(tx, enterpriseId, position.sequence))
    report.rebuilt({ enterpriseId, atoms, durationMs: Math.round(performance.now() - startedAt) })
  }

  /** One round: a rebuild, or some events. False when there was nothing left to do. */
  async function sendSome(enterpriseId: string): Promise<boolean> {
    const mark = await connection.read((cypher) => readMark(cypher, enterpriseId))
    const [position, events] = await database.tenant(
      enterpriseId,
      async (tx) => [await outboxPosition(tx, enterpriseId), await nextEvents(tx, enterpriseId, mark.sequence ?? 0, atomsARound)] as const,
    )
    if (!position) return false
    // Neo4j is empty, or another one, or older or newer than what is left of the events: only the database knows.
    const isKnown = mark.generation === position.generation && mark.sequence !== null && mark.sequence <= position.sequence
    if (!isKnown) {
      await rebuild(enterpriseId)
      return true
    }
    const sequence = mark.sequence as number
    if (sequence < position.sequence && events[0]?.sequence !== sequence + 1) {
      await rebuild(enterpriseId)
      return true
    }
    const last = events.at(-1)?.sequence ?? sequence
    if (last > sequence) await write(enterpriseId, mark, [...new Set(events.flatMap(({ atoms }) => atoms))], last)
    await database.tenant(enterpriseId, (tx) => settle(tx, enterpriseId, last))
    return last < position.sequence
  }

  async function send(enterpriseId: string): Promise<boolean> {
    if (!(await isMine(enterpriseId))) return false
    try {
      do await keepHold(enterpriseId)
      while (await sendSome(enterpriseId))
      return true
    } catch (error) {
      if (error instanceof Overtaken) return false
      throw error
    } finally {
      await database.tenant(enterpriseId, (tx) => letGo(tx, enterpriseId, sender)).catch(() => {})
    }
  }

  /** @returns false when something could not be sent */
  async function round(all: boolean): Promise<boolean> {
    const { waiting, unknown } = await database.identity((tx) => outboxesWithWork(tx, all))
    for (const id of unknown) await database.tenant(id, (tx) => subscribe(tx, id))
    let isDone = true
    for (const id of [...unknown, ...waiting]) {
      if (isStopping) return false
      try {
        await send(id)
      } catch (error) {
        isDone = false
        // Who is away is said by whoever connects to it.
        if (!connection.isUp()) return false
        if (!(error instanceof DatabaseUnavailable)) report.failed(error)
      }
    }
    return isDone
  }

  async function loop(): Promise<void> {
    // What Neo4j holds is looked at for every enterprise at first, and after each outage: it may be another Neo4j.
    let seen = -1
    let waitMs = idleMs
    while (!isStopping) {
      const outages = connection.outages()
      let isDone = false
      if (connection.isUp()) isDone = await round(outages !== seen).catch(() => false)
      if (isDone) seen = outages
      waitMs = isDone || !connection.isUp() ? idleMs : Math.min(2 * waitMs, mostBackOffMs)
      await sleep(waitMs, undefined, { signal: wake.signal }).catch(() => {})
    }
  }

  return {
    send,
    start() {
      looping ??= loop()
    },
    async stop() {
      isStopping = true
      wake.abort()
      await looping
    },
  }
}
