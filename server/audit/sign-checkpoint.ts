import { and, eq } from 'drizzle-orm'
import { signCheckpoint } from '../crypto/transparency/checkpoint.ts'
import { rootOfFrontier } from '../crypto/transparency/merkle.ts'
import type { Services } from '../gateway/services.ts'
import { auditCheckpoints, auditLogs } from '../gateway/tables.ts'
import { checkpointKeysOf } from './checkpoint-keys.ts'
import { latestCheckpoint, readLog } from './log.ts'

/**
 * Signs the log of an enterprise as it stands and keeps the checkpoint; one that is there already for this size is taken. The log keeps
 * the origin of its first checkpoint, so that moving AIA to another address makes no other log of it.
 */
export async function makeCheckpoint(services: Services, enterpriseId: string): Promise<{ size: number; note: string }> {
  const keys = await checkpointKeysOf(services)
  const { log, latest } = await services.database.tenant(enterpriseId, async (tx) => ({
    log: await readLog(tx, enterpriseId),
    latest: await latestCheckpoint(tx, enterpriseId),
  }))
  const origin = latest?.note.split('\n', 1)[0] ?? `${new URL(services.env.publicUrl).host}/audit/${enterpriseId}`
  // Signing takes some milliseconds, so it stands between transactions.
  const made =
    latest?.size === log.size
      ? latest
      : { size: log.size, note: signCheckpoint({ origin, size: log.size, root: rootOfFrontier(log.frontier) }, keys.seeds, new Date()) }
  return services.database.tenant(enterpriseId, async (tx) => {
    await tx
      .insert(auditCheckpoints)
      .values({ enterpriseId, ...made })
      .onConflictDoNothing()
    await tx
      .update(auditLogs)
      .set({ checkpointDue: false })
      .where(and(eq(auditLogs.enterpriseId, enterpriseId), eq(auditLogs.size, made.size)))
    return made
  })
}
