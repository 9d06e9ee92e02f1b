import { eq } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { webhook, webhookId } from './contract.ts'
import { comparable, lockWebhook, webhookView } from './stored.ts'
import { webhookPlaces, webhooks } from './tables.ts'

export const deleteWebhook = operation
  .meta({ permission: 'webhooks.manage', limit: 'default', audit: 'row', state: 'removed' })
  .route({
    method: 'DELETE',
    path: '/v1/webhooks/{id}',
    summary: 'End a webhook, with all that it was told; what waits is not sent',
    tags: ['webhooks'],
  })
  .input(webhookId)
  .output(webhook)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const row = await lockWebhook(tx, caller, input.id)
    const view = await webhookView(tx, row)
    await tx.delete(webhooks).where(eq(webhooks.id, row.id))
    // Without a webhook nobody looks at this enterprise's log.
    const [left] = await tx.select({ id: webhooks.id }).from(webhooks).where(eq(webhooks.enterpriseId, row.enterpriseId)).limit(1)
    if (!left) await tx.delete(webhookPlaces).where(eq(webhookPlaces.enterpriseId, row.enterpriseId))
    audit({ target: row.id, before: comparable(row) })
    return view
  })
