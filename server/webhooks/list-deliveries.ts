import { and, desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../gateway/cursor.ts'
import { operation } from '../gateway/operation.ts'
import { deliveryFilter, deliveryList } from './contract.ts'
import { deliveryViews } from './deliveries.ts'
import { noSuchWebhook, ownWebhook } from './stored.ts'
import { webhookDeliveries, webhooks } from './tables.ts'

const place = z.strictObject({ at: z.iso.datetime(), id: z.uuid() })

export const listDeliveries = operation
  .meta({ permission: 'webhooks.manage', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/webhooks/{id}/deliveries',
    summary: 'What a webhook was told, newest first, with every attempt',
    tags: ['webhooks'],
  })
  .input(deliveryFilter)
  .output(deliveryList)
  .handler(async ({ input, context: { tx, caller } }) => {
    const { id, state, limit } = input
    const before = decodeCursor(input.cursor, place)
    const [webhook] = await tx.select({ id: webhooks.id }).from(webhooks).where(ownWebhook(caller.enterpriseId, id))
    if (!webhook) throw noSuchWebhook()
    const found = await tx
      .select()
      .from(webhookDeliveries)
      .where(
        and(
          eq(webhookDeliveries.webhookId, id),
          state && eq(webhookDeliveries.state, state),
          before && sql`(${webhookDeliveries.createdAt}, ${webhookDeliveries.id}) < (${before.at}::timestamptz, ${before.id}::uuid)`,
        ),
      )
      .orderBy(desc(webhookDeliveries.createdAt), desc(webhookDeliveries.id))
      .limit(limit + 1)
    const page = found.slice(0, limit)
    const last = found.length > limit ? page.at(-1) : undefined
    return {
      items: await deliveryViews(tx, page),
      next_cursor: last ? encodeCursor({ at: last.createdAt.toISOString(), id: last.id }) : null,
    }
  })
