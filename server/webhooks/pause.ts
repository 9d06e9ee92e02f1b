import { eq } from 'drizzle-orm'
import { appendAudit } from '../gateway/audit.ts'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import { publish } from '../storage/outbox/port.ts'
import { comparable } from './stored.ts'
import { webhooks } from './tables.ts'

type Row = typeof webhooks.$inferSelect

/** When everything fails: for so long, or so many messages given up one after the other. */
const longestFailingMs = 5 * 86_400_000
const mostGivenUp = 20

/** Why a webhook is to be paused after what came of an attempt; null when it goes on. 410 says that nobody will ever listen there again. */
export function reasonToPause(
  { failingSince, givenUp }: { failingSince: Date; givenUp: number },
  status: number | null,
  now: Date,
): Row['pausedBecause'] {
  if (status === 410) return 'gone'
  return givenUp >= mostGivenUp || now.getTime() - failingSince.getTime() > longestFailingMs ? 'failing' : null
}

/** Pauses a webhook that is locked, as the last thing in a transaction: its row of the audit log, and administrators hear of it at once. */
export async function pauseByItself(
  tx: Transaction,
  services: Services,
  before: Row,
  because: NonNullable<Row['pausedBecause']>,
  job: string,
): Promise<void> {
  const { id, enterpriseId } = before
  const [row] = await tx.update(webhooks).set({ pausedAt: new Date(), pausedBecause: because }).where(eq(webhooks.id, id)).returning()
  if (!row) return
  const operation = 'webhooks.pause'
  await publish(tx, enterpriseId, { kind: 'administration.changed', operation, permission: 'webhooks.manage' })
  await appendAudit(tx, services, {
    enterpriseId,
    actor: 'system',
    requestId: job,
    operation,
    target: id,
    before: comparable(before),
    after: comparable(row),
    detail: { because },
  })
}
