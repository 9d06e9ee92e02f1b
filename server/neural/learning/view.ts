import type { z } from 'zod'
import type { measures, model, trainingRun } from '../contract.ts'
import type { models } from '../tables.ts'
import type { TrainingRunRow } from './request.ts'

type Measures = z.infer<typeof measures>

export const trainingRunView = (row: TrainingRunRow): z.infer<typeof trainingRun> => ({
  id: row.id,
  state: row.state as z.infer<typeof trainingRun>['state'],
  progress: { done: row.progressDone, total: row.progressTotal },
  before: row.before as Measures | null,
  after: row.after as Measures | null,
  model_version: row.modelVersion,
  published: row.published,
  reason: row.reason,
  created_at: row.createdAt.toISOString(),
  ended_at: row.endedAt?.toISOString() ?? null,
})

export const modelView = (row: typeof models.$inferSelect, published: number): z.infer<typeof model> => ({
  version: row.version,
  state: row.version === published ? 'published' : row.state === 'rejected' ? 'rejected' : 'retired',
  weights: row.weights as Record<string, number>,
  latent_weight: row.latentWeight,
  has_latent_model: row.latentObjectKey !== null,
  created_at: row.createdAt.toISOString(),
})
