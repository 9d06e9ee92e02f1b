import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { operation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { modelList } from '../contract.ts'
import { knowledgeStates, models } from '../tables.ts'

export const publishModel = operation
  .meta({ permission: 'learning.train', limit: 'default', audit: 'row', state: 'changed' })
  .route({
    method: 'POST',
    path: '/v1/neural/models/{version}/publish',
    summary: 'Answer with this model version from now on (0 = the untrained prior)',
    tags: ['neural'],
  })
  .input(z.strictObject({ version: z.int().min(0).max(2_147_483_647) }))
  .output(modelList.pick({ published: true }))
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [model] = await tx.select().from(models).where(eq(models.version, input.version))
    if (!model && input.version !== 0) throw problem('not_found', 'There is no such model version.')
    if (model?.state === 'rejected') throw problem('conflict', 'This version made the judged questions worse, so it cannot be published.')
    const [before] = await tx
      .select({ version: knowledgeStates.modelVersion })
      .from(knowledgeStates)
      .where(eq(knowledgeStates.enterpriseId, caller.enterpriseId))
    await tx
      .insert(knowledgeStates)
      .values({ enterpriseId: caller.enterpriseId, modelVersion: input.version })
      .onConflictDoUpdate({ target: knowledgeStates.enterpriseId, set: { modelVersion: input.version, updatedAt: new Date() } })
    audit({ target: String(input.version), before: { published: before?.version ?? 0 }, after: { published: input.version } })
    return { published: input.version }
  })
