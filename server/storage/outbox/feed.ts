import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../database/port.ts'
import { type EventFeed, eventsAfter, type Heard, logPositions, mostKept, type OutboxPosition } from './port.ts'

/** How often a process that somebody listens to looks for events: a fifth of the second in which they shall be heard, over both engines alike. */
const lookEveryMs = 200
const mostBackOffMs = 2_000
/** Looks that brought something, for one follower who does not fetch them. */
const mostWaiting = 100

interface Listener {
  hear(heard: Heard): void
  close(): void
}

interface Channel {
  /** What its listeners have been told; null until it is known. */
  position: OutboxPosition | null
  listeners: Set<Listener>
}

type Stores = Pick<Database, 'identity' | 'read'>

/** A log in which nothing has happened yet has no generation of its own. */
const nowhere: OutboxPosition = { generation: 'none', sequence: 0 }

/**
 * Reads the logs of those enterprises that somebody follows, and of no other; without a follower it does nothing. By looking, not by
 * LISTEN: a look costs a millisecond, needs no connection of its own, and goes on after a failover and behind every pooler.
 * @param database must not be the one that forgets callers at every identity transaction (gateway/remembered-callers.ts)
 */
export function eventFeed(database: Stores): EventFeed {
  const channels = new Map<string, Channel>()
  const closing = new AbortController()
  let looking: Promise<void> | undefined

  const positionOf = async (id: string) => (await database.identity((tx) => logPositions(tx, [id]))).get(id) ?? nowhere

  /** What stands between two places; a reset where that is not to be had. */
  async function between(id: string, from: OutboxPosition, to: OutboxPosition): Promise<Heard> {
    const isOtherLog = from.generation !== to.generation && from.generation !== nowhere.generation
    const missed = to.sequence - from.sequence
    const isGone = isOtherLog || missed < 0 || missed > mostKept
    const events = isGone ? null : missed === 0 ? [] : await database.read(id, (tx) => eventsAfter(tx, id, from.sequence, to.sequence))
    return { events: events ?? [], isReset: events === null, position: to }
  }

  async function look(): Promise<void> {
    const found = await database.identity((tx) => logPositions(tx, [...channels.keys()]))
    for (const [id, channel] of channels) {
      const to = found.get(id)
      if (!to || !channel.position || (to.sequence === channel.position.sequence && to.generation === channel.position.generation)) continue
      const heard = await between(id, channel.position, to)
      channel.position = to
      for (const listener of channel.listeners) listener.hear(heard)
    }
  }

  async function loop(): Promise<void> {
    let waitMs = lookEveryMs
    while (channels.size > 0 && !closing.signal.aborted) {
      await sleep(waitMs, undefined, { signal: closing.signal }).catch(() => {})
      waitMs = await look().then(
        () => lookEveryMs,
        // The database is away, which others say. Nothing is lost: places stay where they are.
        () => Math.min(2 * waitMs, mostBackOffMs),
      )
    }
    looking = undefined
  }

  return {
    async follow(enterpriseId, from) {
      const channel = channels.get(enterpriseId) ?? { position: null, listeners: new Set() }
      channels.set(enterpriseId, channel)
      const waiting: Heard[] = []
      let isReady = false
      let isClosed = false
      let wake = () => {}
      const listener: Listener = {
        hear(heard) {
          if (!isReady) return
          // Whoever does not read for so long begins anew.
          if (waiting.length >= mostWaiting) waiting.splice(0, waiting.length, { events: [], isReset: true, position: heard.position })
          else waiting.push(heard)
          wake()
        },
        close() {
          isClosed = true
          channel.listeners.delete(listener)
          if (channel.listeners.size === 0 && channels.get(enterpriseId) === channel) channels.delete(enterpriseId)
          wake()
        },
      }
      channel.listeners.add(listener)
      try {
        const found = channel.position ?? (await positionOf(enterpriseId))
        // Between this line and the next but one nobody comes: what the channel tells from here on is what follows.
        channel.position ??= found
        const now = channel.position
        isReady = true
        waiting.unshift(await between(enterpriseId, from ?? now, now))
      } catch (error) {
        listener.close()
        throw error
      }
      if (closing.signal.aborted) listener.close()
      looking ??= loop()
      return {
        async next(ms) {
          if (waiting.length === 0 && !isClosed) {
            let timer: NodeJS.Timeout | undefined
            await new Promise<void>((resolve) => {
              wake = resolve
              timer = setTimeout(resolve, ms)
            })
            clearTimeout(timer)
          }
          return isClosed ? undefined : (waiting.shift() ?? null)
        },
        close: () => listener.close(),
      }
    },
    async close() {
      closing.abort()
      for (const { listeners } of [...channels.values()]) for (const listener of [...listeners]) listener.close()
      await looking
    },
  }
}
