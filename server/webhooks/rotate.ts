import { eq } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { madeWebhook, webhookId } from './contract.ts'
import { sealAsOld, sealSecret } from './secrets.ts'
import { newSecret } from './signature.ts'
import { comparable, lockWebhook, webhookView } from './stored.ts'
import { webhooks } from './tables.ts'

const overlapMs = 24 * 3_600_000

export const rotateWebhookSecret = operation
  .meta({ permission: 'webhooks.manage', limit: 'default', audit: 'row', state: 'changed', stepUp: true })
  .route({
    method: 'POST',
    path: '/v1/webhooks/{id}/rotate',
    summary: 'Make a new secret, shown once; for 24 hours both sign',
    tags: ['webhooks'],
  })
  .input(webhookId)
  .output(madeWebhook)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    const before = await lockWebhook(tx, caller, input.id)
    const secret = newSecret()
    const [row] = await tx
      .update(webhooks)
      .set({
        sealedSecret: sealSecret(services, before.id, secret),
        sealedOldSecret: sealAsOld(services, before),
        oldSecretUntil: new Date(Date.now() + overlapMs),
      })
      .where(eq(webhooks.id, before.id))
      .returning()
    if (!row) throw new Error('The secret was not stored.')
    audit({ target: row.id, before: comparable(before), after: comparable(row) })
    return { secret, item: await webhookView(tx, row) }
  })
