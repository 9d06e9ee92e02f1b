import { randomUUID } from 'node:crypto'
import { count, desc, gt, inArray, type SQL } from 'drizzle-orm'
import type { Services } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { sources, trainingRuns } from '../tables.ts'

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

/** Sources that make a new run worthwhile: a fifth of all, and at least so many. */
const leastNewSources = 50

/** Starts a run when much has been added since the last one and nothing more is waiting, so that the latent model keeps up with the workspace. */
export async function trainWhenGrown(tx: Transaction, services: Services, enterpriseId: string): Promise<void> {
  const number = async (where?: SQL) => (await tx.select({ n: count() }).from(sources).where(where))[0]?.n ?? 0
  if ((await number(inArray(sources.state, ['queued', 'processing']))) > 0) return
  const [last] = await tx.select({ createdAt: trainingRuns.createdAt }).from(trainingRuns).orderBy(desc(trainingRuns.createdAt)).limit(1)
  const all = await number()
  const fresh = last ? await number(gt(sources.readyAt, last.createdAt)) : all
  if (fresh >= Math.max(leastNewSources, all / 5)) await requestTraining(tx, services, enterpriseId, 'system')
}
