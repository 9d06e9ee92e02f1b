import { and, desc, eq } from 'drizzle-orm'
import { problem } from '../gateway/problem.ts'
import type { Services } from '../gateway/services.ts'
import type { JobDefinition, JobInput, JobRun } from '../jobs/port.ts'
import type { Transaction } from '../storage/database/port.ts'
import { startAttempt } from './deliveries.ts'
import { type Outcome, post } from './destination.ts'
import { pauseByItself, reasonToPause } from './pause.ts'
import { nextDelaySeconds } from './retry-schedule.ts'
import { openSecrets } from './secrets.ts'
import { signedHeaders } from './signature.ts'
import { ownWebhook } from './stored.ts'
import { webhookAttempts, webhookDeliveries, webhooks } from './tables.ts'
import { deliveryJobName, testType } from './told.ts'

type Webhook = typeof webhooks.$inferSelect
type Delivery = typeof webhookDeliveries.$inferSelect
interface Found {
  webhook: Webhook
  delivery: Delivery
}

const numbers = ({ webhookId, deliveryId, run }: JobInput) => ({ webhookId: String(webhookId), deliveryId: String(deliveryId), run: Number(run) })

/** Both, locked in the order in which everybody locks them; null when either is gone. */
async function lockBoth(tx: Transaction, input: JobInput): Promise<Found | null> {
  const { webhookId, deliveryId } = numbers(input)
  const [webhook] = await tx.select().from(webhooks).where(ownWebhook(input.enterpriseId, webhookId)).for('update')
  const [delivery] = await tx.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, deliveryId)).for('update')
  return webhook && delivery ? { webhook, delivery } : null
}

const change = (tx: Transaction, { id }: Delivery, values: Partial<typeof webhookDeliveries.$inferInsert>) =>
  tx.update(webhookDeliveries).set(values).where(eq(webhookDeliveries.id, id))

/** What this job is to send; null when there is nothing left to do. @throws Error with why it was given up, for the list of jobs */
async function due(tx: Transaction, input: JobInput, run: JobRun): Promise<Found | null> {
  await run.hold(tx)
  const found = await lockBoth(tx, input)
  if (!found || found.delivery.run !== numbers(input).run) return null
  const { webhook, delivery } = found
  if (delivery.state === 'failed' && delivery.type !== testType) {
    const [last] = await tx
      .select({ error: webhookAttempts.error })
      .from(webhookAttempts)
      .where(eq(webhookAttempts.deliveryId, delivery.id))
      .orderBy(desc(webhookAttempts.number))
      .limit(1)
    throw new Error(last?.error ?? 'The message was not taken.')
  }
  if (delivery.state !== 'queued') return null
  if (!webhook.pausedAt || delivery.type === testType) return found
  await change(tx, delivery, { state: 'cancelled', endedAt: new Date() })
  await tx.update(webhooks).set({ hasMissed: true }).where(eq(webhooks.id, webhook.id))
  return null
}

/** Keeps what came of an attempt, and what follows from it. */
async function record(tx: Transaction, services: Services, input: JobInput, { at, durationMs, status, error, answer }: Outcome): Promise<void> {
  const found = await lockBoth(tx, input)
  if (!found) return
  const { webhook, delivery } = found
  const number = delivery.attempts + 1
  const { enterpriseId } = webhook
  await tx.insert(webhookAttempts).values({ enterpriseId, deliveryId: delivery.id, number, at, durationMs, status, error, answer })
  await change(tx, delivery, { attempts: number })
  if (!error) {
    await change(tx, delivery, { state: 'delivered', endedAt: new Date() })
    if (webhook.failingSince) await tx.update(webhooks).set({ failingSince: null, givenUp: 0 }).where(eq(webhooks.id, webhook.id))
    return
  }
  // Somebody asked for another attempt meanwhile, or cancelled it: that decides.
  if (delivery.run !== numbers(input).run || delivery.state !== 'queued') return
  const isTest = delivery.type === testType
  const delay = isTest || status === 410 ? null : nextDelaySeconds(delivery.retries)
  if (delay === null) await change(tx, delivery, { state: 'failed', endedAt: new Date() })
  else {
    const next = { run: delivery.run + 1, retries: delivery.retries + 1, nextAttemptAt: new Date(Date.now() + delay * 1_000) }
    await change(tx, delivery, next)
    await startAttempt(tx, services, webhook, { ...delivery, ...next }, delay)
  }
  if (isTest || webhook.pausedAt) return
  const health = { failingSince: webhook.failingSince ?? at, givenUp: webhook.givenUp + (delay === null ? 1 : 0) }
  await tx.update(webhooks).set(health).where(eq(webhooks.id, webhook.id))
  const because = reasonToPause(health, status, new Date())
  if (because) await pauseByItself(tx, services, { ...webhook, ...health }, because, `${deliveryJobName}-${delivery.id}-${delivery.run}`)
}

async function deliver(services: Services, input: JobInput, run: JobRun): Promise<void> {
  const { database } = services
  const { enterpriseId } = input
  const found = await database.tenant(enterpriseId, (tx) => due(tx, input, run))
  if (!found) return
  const { webhook, delivery } = found
  const at = new Date()
  const headers = signedHeaders(openSecrets(services, webhook, at), { id: delivery.id, at, body: delivery.body })
  const outcome = await post(services, webhook, delivery.body, headers)
  // Killed before this it is sent again, under the same id.
  await database.tenant(enterpriseId, async (tx) => {
    await run.hold(tx)
    await record(tx, services, input, outcome)
  })
  // What was given up now says so.
  await database.tenant(enterpriseId, (tx) => due(tx, input, run))
}

/** One attempt at a delivery; the next is a job of its own that waits for its time, so that none of them holds a place in the queue. */
export const deliveryJob: JobDefinition = {
  name: deliveryJobName,
  concurrency: 20,
  perEnterprise: 10,
  run: (services, input, run) => run.step('deliver', () => deliver(services, input, run)),
  async cancelled(tx, _services, input) {
    const { deliveryId, run } = numbers(input)
    await tx
      .update(webhookDeliveries)
      .set({ state: 'cancelled', endedAt: new Date() })
      .where(and(eq(webhookDeliveries.id, deliveryId), eq(webhookDeliveries.run, run), eq(webhookDeliveries.state, 'queued')))
  },
  async again(tx, _services, input) {
    const found = await lockBoth(tx, input)
    if (!found) throw problem('conflict', 'The webhook is gone, and this message with it.')
    if (found.webhook.pausedAt) throw problem('conflict', 'The webhook is paused; let it go on first.')
    if (found.delivery.run !== numbers(input).run) throw problem('conflict', 'A later attempt has taken the place of this one.')
    await change(tx, found.delivery, { state: 'queued', nextAttemptAt: new Date(), endedAt: null })
  },
}
