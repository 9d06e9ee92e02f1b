import { eq } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { changeWebhookInput, webhook } from './contract.ts'
import { enqueue } from './deliveries.ts'
import { checkDestination } from './destination.ts'
import { checkEvents, comparable, lockWebhook, webhookView } from './stored.ts'
import { webhooks } from './tables.ts'
import { missedMessage } from './told.ts'

/** What starts it again: what made it fail is over, or will be seen again. */
const resumed = { pausedAt: null, pausedBecause: null, failingSince: null, givenUp: 0, hasMissed: false }

export const changeWebhook = operation
  .meta({ permission: 'webhooks.manage', limit: 'default', audit: 'row', state: 'changed', stepUp: true })
  .route({
    method: 'PUT',
    path: '/v1/webhooks/{id}',
    summary: 'Change what a webhook is told, or where; pause it, or let it go on',
    tags: ['webhooks'],
  })
  .input(changeWebhookInput)
  .output(webhook)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    const before = await lockWebhook(tx, caller, input.id)
    if (input.url !== undefined && input.url !== before.url) checkDestination(services, input.url)
    const isResumed = input.paused === false && before.pausedAt !== null
    const isPaused = input.paused === true && before.pausedAt === null
    const [row] = await tx
      .update(webhooks)
      .set({
        url: input.url ?? before.url,
        description: input.description ?? before.description,
        events: input.events ? checkEvents(caller, input.events) : before.events,
        ...(isPaused ? { pausedAt: new Date(), pausedBecause: 'by_hand' as const } : {}),
        ...(isResumed ? resumed : {}),
      })
      .where(eq(webhooks.id, input.id))
      .returning()
    if (!row) throw new Error('The webhook was not stored.')
    if (isResumed && before.hasMissed) await enqueue(tx, services, row, [missedMessage()])
    const fields = { url: input.url !== undefined && input.url !== before.url, events: input.events !== undefined, paused: isPaused || isResumed }
    audit({
      target: row.id,
      before: comparable(before),
      after: comparable(row),
      detail: { changed: Object.keys(fields).filter((name) => fields[name as keyof typeof fields]) },
    })
    return webhookView(tx, row)
  })
