import { randomUUID } from 'node:crypto'
import { count, eq, sql } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { logPositions } from '../storage/outbox/port.ts'
import { madeWebhook, newWebhookInput } from './contract.ts'
import { checkDestination } from './destination.ts'
import { sealSecret } from './secrets.ts'
import { newSecret } from './signature.ts'
import { checkEvents, comparable, webhookView } from './stored.ts'
import { webhookPlaces, webhooks } from './tables.ts'

const mostWebhooks = 20

export const createWebhook = operation
  .meta({ permission: 'webhooks.manage', limit: 'default', audit: 'row', state: 'made', stepUp: true })
  .route({
    method: 'POST',
    path: '/v1/webhooks',
    successStatus: 201,
    summary: 'Have an address told what happens; the secret that signs is shown once',
    tags: ['webhooks'],
  })
  .input(newWebhookInput)
  .output(madeWebhook)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    checkDestination(services, input.url)
    const events = checkEvents(caller, input.events)
    const { enterpriseId } = caller
    const now = (await logPositions(tx, [enterpriseId])).get(enterpriseId)
    // From here on; and whoever makes another at the same moment waits, so that the count holds.
    await tx
      .insert(webhookPlaces)
      .values({ enterpriseId, generation: now?.generation ?? null, sequence: now?.sequence ?? 0 })
      .onConflictDoUpdate({ target: webhookPlaces.enterpriseId, set: { sequence: sql`${webhookPlaces.sequence}` } })
    const [kept] = await tx.select({ n: count() }).from(webhooks).where(eq(webhooks.enterpriseId, enterpriseId))
    if ((kept?.n ?? 0) >= mostWebhooks) throw problem('conflict', `At most ${mostWebhooks} webhooks can be kept; delete one first.`)
    const [id, secret] = [randomUUID(), newSecret()]
    const [row] = await tx
      .insert(webhooks)
      .values({ id, enterpriseId, url: input.url, description: input.description, events, sealedSecret: sealSecret(services, id, secret) })
      .returning()
    if (!row) throw new Error('The webhook was not stored.')
    audit({ target: id, after: comparable(row), detail: { events } })
    return { secret, item: await webhookView(tx, row) }
  })
