import { setTimeout as sleep } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { namedLogger } from '../gateway/log.ts'
import type { Services } from '../gateway/services.ts'
import { DatabaseUnavailable, type Transaction } from '../storage/database/port.ts'
import { eventsAfter, logPositions, type OutboxPosition, type ToldEvent } from '../storage/outbox/port.ts'
import { enqueue, waitingCounts } from './deliveries.ts'
import { webhookPlaces, webhooks } from './tables.ts'
import { type Message, messageOf, missedMessage } from './told.ts'

const lookEveryMs = 1_000
const mostBackOffMs = 30_000
/** Events a transaction: each may become a message of every webhook. */
const eventsAtOnce = 50
/** A receiver for which so many messages wait gets no more: what passes it by is told in one. */
const mostWaiting = 1_000

export interface WebhookSender {
  /** Turns what has happened to an enterprise into deliveries, to the end. */
  send(enterpriseId: string): Promise<void>
  /** Begins to look by itself, every second. */
  start(): void
  stop(): Promise<void>
}

type Place = typeof webhookPlaces.$inferSelect

const isAt = (place: Place, now: OutboxPosition) => place.sequence === now.sequence && place.generation === now.generation

/** Queues messages for every webhook that wants them. `events` null: some are gone that nobody was told of. */
async function tell(tx: Transaction, services: Pick<Services, 'jobs'>, enterpriseId: string, events: readonly ToldEvent[] | null): Promise<void> {
  const messages = events?.flatMap((event) => messageOf(event) ?? []) ?? []
  if (events && messages.length === 0) return
  const all = await tx.select().from(webhooks).where(eq(webhooks.enterpriseId, enterpriseId))
  const waiting = await waitingCounts(
    tx,
    all.map(({ id }) => id),
  )
  for (const webhook of all) {
    const wanted = messages.filter(({ type }) => webhook.events.includes(type))
    if (events && wanted.length === 0) continue
    const isFull = (waiting.get(webhook.id) ?? 0) >= mostWaiting
    const hasMissed = webhook.hasMissed || events === null
    const isHeld = webhook.pausedAt !== null || isFull
    const first: Message[] = hasMissed && !isHeld ? [missedMessage()] : []
    if (!isHeld) await enqueue(tx, services, webhook, [...first, ...wanted])
    if (isHeld !== webhook.hasMissed) await tx.update(webhooks).set({ hasMissed: isHeld }).where(eq(webhooks.id, webhook.id))
  }
}

/**
 * Takes some events from the log of an enterprise, and moves its place, in one transaction: each becomes a delivery once.
 * @returns whether there may be more
 */
async function advance(tx: Transaction, services: Pick<Services, 'jobs'>, enterpriseId: string): Promise<boolean> {
  // Who comes second leaves it to the first.
  const [place] = await tx.select().from(webhookPlaces).where(eq(webhookPlaces.enterpriseId, enterpriseId)).for('update', { skipLocked: true })
  const now = place && (await logPositions(tx, [enterpriseId])).get(enterpriseId)
  if (!place || !now || isAt(place, now)) return false
  const isOtherLog = place.generation !== null && place.generation !== now.generation
  const upTo = Math.min(now.sequence, place.sequence + eventsAtOnce)
  const events = isOtherLog || upTo < place.sequence ? null : await eventsAfter(tx, enterpriseId, place.sequence, upTo)
  await tell(tx, services, enterpriseId, events)
  const sequence = events ? upTo : now.sequence
  await tx.update(webhookPlaces).set({ generation: now.generation, sequence }).where(eq(webhookPlaces.enterpriseId, enterpriseId))
  return sequence < now.sequence
}

/** Notices what happens to enterprises that have webhooks. Every process may: the row of the place lets one at a time take what is next. */
export function webhookSender(services: Pick<Services, 'database' | 'jobs' | 'log'>): WebhookSender {
  const { database } = services
  const log = namedLogger(services.log, 'webhooks')
  const stopping = new AbortController()
  let looping: Promise<void> | undefined

  async function send(enterpriseId: string): Promise<void> {
    while (!stopping.signal.aborted && (await database.tenant(enterpriseId, (tx) => advance(tx, services, enterpriseId)))) {}
  }

  async function look(): Promise<void> {
    const behind = await database.readIdentity(async (tx) => {
      const places = await tx.select().from(webhookPlaces)
      if (places.length === 0) return []
      const positions = await logPositions(
        tx,
        places.map(({ enterpriseId }) => enterpriseId),
      )
      return places.filter((place) => {
        const now = positions.get(place.enterpriseId)
        return now && !isAt(place, now)
      })
    })
    for (const { enterpriseId } of behind) await send(enterpriseId)
  }

  async function loop(): Promise<void> {
    let waitMs = lookEveryMs
    while (!stopping.signal.aborted) {
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      waitMs = await look().then(
        () => lookEveryMs,
        (error) => {
          // Nothing is lost: places stay where they are. That the database is away is said by others.
          if (!(error instanceof DatabaseUnavailable)) log.error({ err: error }, 'webhooks were not told, it is tried again')
          return Math.min(2 * waitMs, mostBackOffMs)
        },
      )
    }
  }

  return {
    send,
    start() {
      looping ??= loop()
    },
    async stop() {
      stopping.abort()
      await looping
    },
  }
}
