import { and, eq } from 'drizzle-orm'
import type { z } from 'zod'
import { problem } from '../gateway/problem.ts'
import type { Caller } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import type { WebhookEvent, webhook } from './contract.ts'
import { latestDeliveries } from './deliveries.ts'
import { webhooks } from './tables.ts'
import { eventsFor } from './told.ts'

type Row = typeof webhooks.$inferSelect

export const noSuchWebhook = () => problem('not_found', 'There is no such webhook.')

/** A webhook of an enterprise. */
export const ownWebhook = (enterpriseId: string, id: string) => and(eq(webhooks.enterpriseId, enterpriseId), eq(webhooks.id, id))

/** A webhook of an enterprise, kept as it is until the transaction ends. @throws problem not_found */
export async function lockWebhook(tx: Transaction, { enterpriseId }: Pick<Caller, 'enterpriseId'>, id: string): Promise<Row> {
  const [row] = await tx.select().from(webhooks).where(ownWebhook(enterpriseId, id)).for('update')
  if (!row) throw noSuchWebhook()
  return row
}

/** What is to be told, each once. @throws problem invalid_input naming the first that the caller may not hear of */
export function checkEvents(caller: Caller, events: readonly WebhookEvent[]): WebhookEvent[] {
  const own = eventsFor(caller)
  const beyond = events.findIndex((kind) => !own.includes(kind))
  if (beyond >= 0)
    throw problem('invalid_input', `You may not have ${events[beyond]} told.`, [
      { pointer: `/events/${beyond}`, detail: 'needs a permission that you lack' },
    ])
  return [...new Set(events)]
}

/** What of a webhook its audit rows compare: no secret, and no address, which may hold one. */
export const comparable = ({ events, pausedAt, pausedBecause, oldSecretUntil }: Row) => ({
  events,
  paused: pausedAt !== null,
  because: pausedBecause,
  old_secret_until: oldSecretUntil,
})

/** Webhooks as the contract shows them. */
export async function webhookViews(tx: Transaction, found: readonly Row[]): Promise<z.infer<typeof webhook>[]> {
  const last = await latestDeliveries(
    tx,
    found.map(({ id }) => id),
  )
  return found.map((row) => {
    const delivery = last.get(row.id)
    return {
      id: row.id,
      url: row.url,
      description: row.description,
      events: row.events,
      state: row.pausedAt ? 'paused' : row.failingSince ? 'failing' : 'active',
      paused: row.pausedAt && { at: row.pausedAt.toISOString(), because: row.pausedBecause ?? 'by_hand' },
      failing_since: row.failingSince?.toISOString() ?? null,
      old_secret_until: row.oldSecretUntil && row.oldSecretUntil > new Date() ? row.oldSecretUntil.toISOString() : null,
      created_at: row.createdAt.toISOString(),
      last_delivery: delivery
        ? { id: delivery.id, type: delivery.type, state: delivery.state, at: (delivery.endedAt ?? delivery.createdAt).toISOString() }
        : null,
    }
  })
}

export async function webhookView(tx: Transaction, row: Row): Promise<z.infer<typeof webhook>> {
  const [view] = await webhookViews(tx, [row])
  if (!view) throw noSuchWebhook()
  return view
}
