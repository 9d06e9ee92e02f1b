import { count, eq } from 'drizzle-orm'
import { noInput, operation } from '../gateway/operation.ts'
import { status as statusSchema } from './contract.ts'
import { countedKnowledge } from './knowledge/counted.ts'
import { knowledgeStates, sources } from './tables.ts'

export const status = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/neural/status', summary: 'What the knowledge stands at, counted in the database', tags: ['neural'] })
  .input(noInput)
  .output(statusSchema)
  .handler(async ({ context: { tx, caller, services } }) => {
    const [state] = await tx.select().from(knowledgeStates).where(eq(knowledgeStates.enterpriseId, caller.enterpriseId))
    const byState = await tx
      .select({ state: sources.state, n: count() })
      .from(sources)
      .where(eq(sources.enterpriseId, caller.enterpriseId))
      .groupBy(sources.state)
    const n = (name: string) => byState.find((row) => row.state === name)?.n ?? 0
    const revision = state?.revision ?? 0
    const starter =
      state?.starterTotal != null && (state.starterDone ?? 0) < state.starterTotal
        ? { done: state.starterDone ?? 0, total: state.starterTotal }
        : null
    return {
      ...(await countedKnowledge(tx, services, caller.enterpriseId, revision)),
      ready: starter === null && n('queued') + n('processing') === 0,
      sources: {
        total: byState.reduce((sum, row) => sum + row.n, 0),
        queued: n('queued'),
        processing: n('processing'),
        ready: n('ready'),
        failed: n('failed'),
      },
      model_version: state?.modelVersion ?? 0,
      revision,
      starter,
    }
  })
