import { randomUUID } from 'node:crypto'
import { inArray } from 'drizzle-orm'
import type { Services } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { trainingRuns } from '../tables.ts'

export type TrainingRunRow = typeof trainingRuns.$inferSelect

/** Starts a training run in the caller's transaction. While one waits or runs, that one is returned: two would do the same work. */
export async function requestTraining(tx: Transaction, services: Services, enterpriseId: string, startedBy: string): Promise<TrainingRunRow> {
  const [open] = await tx
    .select()
    .from(trainingRuns)
    .where(inArray(trainingRuns.state, ['queued', 'running']))
    .limit(1)
  if (open) return open
  const [run] = await tx.insert(trainingRuns).values({ id: randomUUID(), enterpriseId, state: 'queued', startedBy }).returning()
  if (!run) throw new Error('The training run was not stored.')
  await services.jobs.start(tx, enterpriseId, { name: 'training', input: { enterpriseId, runId: run.id }, id: `training-${run.id}` })
  return run
}
