import { desc } from 'drizzle-orm'
import { noInput, operation } from '../../gateway/operation.ts'
import { readState } from '../asking/knowledge-state.ts'
import { modelList } from '../contract.ts'
import { modelView } from '../learning/view.ts'
import { priorModel } from '../ranking/model.ts'
import { models } from '../tables.ts'

export const listModels = operation
  .meta({ permission: 'learning.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/neural/models', summary: 'Model versions, newest first; version 0 is the untrained prior', tags: ['neural'] })
  .input(noInput)
  .output(modelList)
  .handler(async ({ context: { tx, caller } }) => {
    const { modelVersion } = await readState(tx, caller.enterpriseId)
    const trained = await tx.select().from(models).orderBy(desc(models.version)).limit(200)
    const prior = {
      enterpriseId: caller.enterpriseId,
      version: 0,
      state: 'retired',
      weights: priorModel.weights,
      latentObjectKey: null,
      latentWeight: 0,
      createdAt: trained.at(-1)?.createdAt ?? new Date(),
    }
    return { items: [...trained, prior].map((row) => modelView(row, modelVersion)), published: modelVersion }
  })
