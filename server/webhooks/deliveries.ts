import { and, asc, count, desc, eq, inArray, sql } from 'drizzle-orm'
import type { z } from 'zod'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import type { delivery } from './contract.ts'
import { webhookAttempts, webhookDeliveries, type webhooks } from './tables.ts'
import { deliveryJobName, type Message } from './told.ts'

type Webhook = Pick<typeof webhooks.$inferSelect, 'id' | 'enterpriseId' | 'url'>
type Delivery = typeof webhookDeliveries.$inferSelect
type Starting = Pick<Services, 'jobs'>

const shownAttempts = 20

/** Starts the job that makes the next attempt at a delivery, in the transaction that says so. */
export async function startAttempt(
  tx: Transaction,
  { jobs }: Starting,
  { id: webhookId, enterpriseId, url }: Webhook,
  { id: deliveryId, run, type }: Pick<Delivery, 'id' | 'run' | 'type'>,
  delaySeconds = 0,
): Promise<void> {
  const title = `${type} to ${new URL(url).host}`
  const input = { enterpriseId, webhookId, deliveryId, run, title }
  await jobs.start(tx, enterpriseId, { name: deliveryJobName, id: `${deliveryJobName}-${deliveryId}-${run}`, input, delaySeconds })
}

/** Puts messages in the queue of one webhook, in their order. */
export async function enqueue(tx: Transaction, services: Starting, webhook: Webhook, messages: readonly Message[]): Promise<Delivery[]> {
  if (messages.length === 0) return []
  const { id: webhookId, enterpriseId } = webhook
  const now = Date.now()
  const made = await tx
    .insert(webhookDeliveries)
    // A millisecond apart, so that the list has them in their order.
    .values(
      messages.map((message, i) => ({
        enterpriseId,
        webhookId,
        type: message.type,
        body: JSON.stringify(message),
        createdAt: new Date(now + i),
        nextAttemptAt: new Date(now),
      })),
    )
    .returning()
  for (const each of made) await startAttempt(tx, services, webhook, each)
  return made
}

/** How many messages of each webhook wait. */
export async function waitingCounts(tx: Transaction, webhookIds: readonly string[]): Promise<Map<string, number>> {
  const found = await tx
    .select({ id: webhookDeliveries.webhookId, n: count() })
    .from(webhookDeliveries)
    .where(and(inArray(webhookDeliveries.webhookId, [...webhookIds]), eq(webhookDeliveries.state, 'queued')))
    .groupBy(webhookDeliveries.webhookId)
  return new Map(found.map(({ id, n }) => [id, n]))
}

/** The latest delivery of each webhook. */
export async function latestDeliveries(tx: Transaction, webhookIds: readonly string[]): Promise<Map<string, Delivery>> {
  if (webhookIds.length === 0) return new Map()
  const found = await tx
    .selectDistinctOn([webhookDeliveries.webhookId])
    .from(webhookDeliveries)
    .where(inArray(webhookDeliveries.webhookId, [...webhookIds]))
    .orderBy(webhookDeliveries.webhookId, desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
  return new Map(found.map((each) => [each.webhookId, each]))
}

/** Deliveries as the contract shows them, with their latest attempts. */
export async function deliveryViews(tx: Transaction, found: readonly Delivery[]): Promise<z.infer<typeof delivery>[]> {
  const latest = sql`${webhookAttempts.number} > (select ${webhookDeliveries.attempts} from ${webhookDeliveries} where ${webhookDeliveries.id} = ${webhookAttempts.deliveryId}) - ${shownAttempts}::int`
  const ids = found.map(({ id }) => id)
  const attempts =
    ids.length === 0
      ? []
      : await tx
          .select()
          .from(webhookAttempts)
          .where(and(inArray(webhookAttempts.deliveryId, ids), latest))
          .orderBy(asc(webhookAttempts.number))
  return found.map(({ id, webhookId, type, state, body, createdAt, nextAttemptAt, endedAt }) => ({
    id,
    webhook_id: webhookId,
    type,
    state,
    body,
    created_at: createdAt.toISOString(),
    next_attempt_at: state === 'queued' ? (nextAttemptAt?.toISOString() ?? null) : null,
    ended_at: endedAt?.toISOString() ?? null,
    attempts: attempts
      .filter(({ deliveryId }) => deliveryId === id)
      .map(({ number, at, durationMs, status, error, answer }) => ({ number, at: at.toISOString(), duration_ms: durationMs, status, error, answer })),
  }))
}
