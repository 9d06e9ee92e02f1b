import { lt, sql } from 'drizzle-orm'
import type { Services } from '../gateway/services.ts'
import { onEngineTables } from './engine-tables.ts'
import type { ScheduleDefinition } from './port.ts'
import { jobSteps } from './tables.ts'

const keptDays = 30
const dayMs = 86_400_000

/** Runs that ended long ago. Some at a time: nobody waits behind one long transaction. */
async function forgetOldRuns({ database }: Services): Promise<void> {
  const before = Date.now() - keptDays * dayMs
  for (;;) {
    const forgotten = await database.identity((tx) =>
      onEngineTables(tx, async () => {
        const old = sql`select workflow_uuid from dbos.workflow_status where completed_at < ${before} and status not in ('ENQUEUED', 'DELAYED', 'PENDING') limit 1000`
        const gone = (await tx.execute(sql`delete from dbos.workflow_status where workflow_uuid in (${old}) returning workflow_uuid`)) as unknown as {
          rows: { workflow_uuid: string }[]
        }
        const ids = JSON.stringify(gone.rows.map((row) => row.workflow_uuid))
        for (const table of ['operation_outputs', 'workflow_input', 'workflow_output'])
          await tx.execute(
            sql`delete from dbos.${sql.identifier(table)} where workflow_uuid in (select value from json_array_elements_text(${ids}::json))`,
          )
        return gone.rows.length
      }),
    )
    if (forgotten === 0) break
  }
  // A run is begun anew within days or never.
  await database.identity((tx) => tx.delete(jobSteps).where(lt(jobSteps.startedAt, new Date(before - keptDays * dayMs))))
}

/** What the jobs themselves need by the clock. */
export const jobSchedules: readonly ScheduleDefinition[] = [{ name: 'job-tidying', cron: '50 3 * * *', daily: true, run: forgetOldRuns }]
