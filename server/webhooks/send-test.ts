import { operation } from '../gateway/operation.ts'
import { delivery, webhookId } from './contract.ts'
import { deliveryViews, enqueue } from './deliveries.ts'
import { lockWebhook } from './stored.ts'
import { testMessage } from './told.ts'

export const testWebhook = operation
  .meta({ permission: 'webhooks.manage', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/webhooks/{id}/test',
    successStatus: 202,
    summary: 'Send a message of the type webhook.test, once, also to a webhook that is paused',
    tags: ['webhooks'],
  })
  .input(webhookId)
  .output(delivery)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    const webhook = await lockWebhook(tx, caller, input.id)
    const made = await enqueue(tx, services, webhook, [testMessage(webhook.id)])
    const [view] = await deliveryViews(tx, made)
    if (!view) throw new Error('The message was not stored.')
    audit({ target: webhook.id, after: { delivery: view.id } })
    return view
  })
