import { and, lt, ne } from 'drizzle-orm'
import type { Services } from '../gateway/services.ts'
import type { ScheduleDefinition } from '../jobs/port.ts'
import { webhookDeliveries, webhookPlaces } from './tables.ts'

const keptMs = 30 * 86_400_000

/** Deliveries that ended long ago, enterprise by enterprise. */
async function forgetOldDeliveries({ database }: Services): Promise<void> {
  const before = new Date(Date.now() - keptMs)
  const places = await database.readIdentity((tx) => tx.select({ enterpriseId: webhookPlaces.enterpriseId }).from(webhookPlaces))
  for (const { enterpriseId } of places)
    await database.tenant(enterpriseId, (tx) =>
      tx.delete(webhookDeliveries).where(and(lt(webhookDeliveries.createdAt, before), ne(webhookDeliveries.state, 'queued'))),
    )
}

export const webhookSchedules: readonly ScheduleDefinition[] = [{ name: 'webhook-retention', cron: '15 4 * * *', run: forgetOldDeliveries }]
