import { asc, eq } from 'drizzle-orm'
import { noInput, operation } from '../gateway/operation.ts'
import { webhookList } from './contract.ts'
import { webhookViews } from './stored.ts'
import { webhooks } from './tables.ts'
import { eventsFor } from './told.ts'

export const listWebhooks = operation
  .meta({ permission: 'webhooks.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/webhooks', summary: 'Webhooks of the enterprise, with their state and last delivery', tags: ['webhooks'] })
  .input(noInput)
  .output(webhookList)
  .handler(async ({ context: { tx, caller } }) => {
    const found = await tx
      .select()
      .from(webhooks)
      .where(eq(webhooks.enterpriseId, caller.enterpriseId))
      .orderBy(asc(webhooks.createdAt), asc(webhooks.id))
    return { items: await webhookViews(tx, found), events: eventsFor(caller) }
  })
