import { isNotNull, sql } from 'drizzle-orm'
import type { Services } from '../gateway/services.ts'
import type { JobDefinition, ScheduleDefinition } from '../jobs/port.ts'
import { rows } from '../storage/database/port.ts'
import { layoutJob, requestMissingLayout } from './graph/layout-job.ts'
import { knowledgeSchedules } from './knowledge/counted.ts'
import { trainingJob } from './learning/training-job.ts'
import { analyserVersion } from './lexical/analysis.ts'
import { rebuildWhenOutdated } from './rebuild.ts'
import { ingestionJob } from './sources/ingestion-job.ts'
import { starterJob } from './starter/job.ts'
import { models, sources } from './tables.ts'
import { requestVectors, vectorsJob } from './vectors/job.ts'

/** Background work of this module, registered once in the composition root. */
export const neuralJobs: readonly JobDefinition[] = [ingestionJob, starterJob, trainingJob, vectorsJob, layoutJob]

export const neuralSchedules: readonly ScheduleDefinition[] = knowledgeSchedules

/** What a start of AIA sets going by itself for an enterprise. */
export async function startBackgroundWork(services: Services, enterpriseId: string): Promise<void> {
  await removeOrphanObjects(services, enterpriseId)
  await rebuildWhenOutdated(services, enterpriseId)
  if (services.env.embeddings) await services.database.tenant(enterpriseId, (tx) => requestVectors(tx, services, enterpriseId))
  await services.database.tenant(enterpriseId, (tx) => requestMissingLayout(tx, services, enterpriseId))
  if (!services.env.starter) return
  // One id an analyser: the starter workspace is read once, and a run that was killed is resumed by the engine itself.
  const id = `starter-${enterpriseId}-${analyserVersion}`
  await services.database.tenant(enterpriseId, (tx) => services.jobs.start(tx, enterpriseId, { name: 'starter', input: { enterpriseId }, id }))
}

/**
 * An upload that died between its object and its row left bytes that nothing names. On the embedded database no request runs yet when this does;
 * on a server, another process may be between the two, so there they stay.
 */
async function removeOrphanObjects(services: Services, enterpriseId: string): Promise<void> {
  if (services.database.adapter !== 'pglite') return
  const stored = await services.objects.list(enterpriseId)
  if (stored.length === 0) return
  const named = await services.database.tenant(enterpriseId, async (tx) => [
    ...(await tx.select({ key: sources.objectKey }).from(sources).where(isNotNull(sources.objectKey))),
    ...(await tx.select({ key: models.latentObjectKey }).from(models).where(isNotNull(models.latentObjectKey))),
    ...(await rows<{ key: string }>(tx, sql`select object_key as key from export_files where object_key is not null`)),
  ])
  const keys = new Set(named.map(({ key }) => key))
  for (const key of stored) if (!keys.has(key)) await services.objects.delete(key)
}
