import { and, eq } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { delivery, webhookId } from './contract.ts'
import { deliveryViews, startAttempt } from './deliveries.ts'
import { lockWebhook } from './stored.ts'
import { webhookDeliveries } from './tables.ts'

export const repeatDelivery = operation
  .meta({ permission: 'webhooks.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({
    method: 'POST',
    path: '/v1/webhooks/deliveries/{id}/repeat',
    successStatus: 202,
    summary: 'Send a message again now, under its id, and try as often as the first time',
    tags: ['webhooks'],
  })
  .input(webhookId)
  .output(delivery)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    const [of] = await tx
      .select({ webhookId: webhookDeliveries.webhookId })
      .from(webhookDeliveries)
      .where(and(eq(webhookDeliveries.enterpriseId, caller.enterpriseId), eq(webhookDeliveries.id, input.id)))
    if (!of) throw problem('not_found', 'There is no such delivery.')
    const webhook = await lockWebhook(tx, caller, of.webhookId)
    if (webhook.pausedAt) throw problem('conflict', 'The webhook is paused; let it go on first.')
    const [before] = await tx.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, input.id)).for('update')
    if (!before) throw problem('not_found', 'There is no such delivery.')
    const [row] = await tx
      .update(webhookDeliveries)
      .set({ state: 'queued', run: before.run + 1, retries: 0, nextAttemptAt: new Date(), endedAt: null })
      .where(eq(webhookDeliveries.id, before.id))
      .returning()
    if (!row) throw new Error('The delivery was not stored.')
    await startAttempt(tx, services, webhook, row)
    const [view] = await deliveryViews(tx, [row])
    if (!view) throw new Error('The delivery was not stored.')
    audit({
      target: row.id,
      before: { state: before.state, run: before.run },
      after: { state: row.state, run: row.run },
      detail: { webhook: webhook.id },
    })
    return view
  })
