import { eq } from 'drizzle-orm'
import { checkpointDelaySeconds, checkpointJobName } from '../gateway/audit.ts'
import type { Services } from '../gateway/services.ts'
import { auditLogs } from '../gateway/tables.ts'
import type { JobDefinition } from '../jobs/port.ts'
import { makeCheckpoint } from './sign-checkpoint.ts'

/** Signs a log some seconds after it grew, and comes again when it grew meanwhile. `appendAudit` starts it. */
const checkpointJob: JobDefinition = {
  name: checkpointJobName,
  concurrency: 1,
  run(services, { enterpriseId }, run) {
    return run.step('sign', async () => {
      await makeCheckpoint(services, enterpriseId)
      await services.database.tenant(enterpriseId, async (tx) => {
        const [log] = await tx.select({ due: auditLogs.checkpointDue }).from(auditLogs).where(eq(auditLogs.enterpriseId, enterpriseId)).for('update')
        if (log?.due)
          await services.jobs.start(tx, enterpriseId, { name: checkpointJobName, input: { enterpriseId }, delaySeconds: checkpointDelaySeconds })
      })
    })
  },
}

/** Background work of this module, registered once in the composition root. */
export const auditJobs: readonly JobDefinition[] = [checkpointJob]

/** At a start: signs where a checkpoint was due whose job did not survive. */
export async function signWhatIsDue(services: Services): Promise<void> {
  const due = await services.database.identity((tx) =>
    tx.select({ enterpriseId: auditLogs.enterpriseId }).from(auditLogs).where(eq(auditLogs.checkpointDue, true)),
  )
  for (const { enterpriseId } of due) await makeCheckpoint(services, enterpriseId)
}
