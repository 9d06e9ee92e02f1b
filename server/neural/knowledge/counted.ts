import { eq } from 'drizzle-orm'
import { enterprises } from '../../enterprise/index.ts'
import type { Services } from '../../gateway/services.ts'
import type { ScheduleDefinition } from '../../jobs/port.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { knowledgeStates } from '../tables.ts'
import { type KnowledgeCounts, knowledgeCounts } from './counts.ts'

/**
 * What an enterprise knows at a revision, and a measurement of it. Counting a million pathways takes a second: once a revision is enough,
 * because counts change with it only.
 */
export async function countedKnowledge(tx: Transaction, services: Services, enterpriseId: string, revision: number): Promise<KnowledgeCounts> {
  const counted = services.once('neural.counted', () => new Map<string, { revision: number; counts: KnowledgeCounts }>())
  let known = counted.get(enterpriseId)
  if (known?.revision !== revision) {
    known = { revision, counts: await knowledgeCounts(tx, enterpriseId) }
    counted.set(enterpriseId, known)
  }
  const { atoms, pathways } = known.counts
  services.measurements.gauge({ measurement: 'neural_intelligence', enterpriseId, metric: 'atoms' }, atoms)
  services.measurements.gauge({ measurement: 'neural_intelligence', enterpriseId, metric: 'pathways' }, pathways)
  return known.counts
}

/** Measures how much every enterprise knows that has begun to know something, also while nobody looks. */
export const knowledgeSchedules: readonly ScheduleDefinition[] = [
  {
    name: 'knowledge-size',
    cron: '*/5 * * * *',
    async run(services) {
      const { database } = services
      const all = await database.identity((tx) => tx.select({ id: enterprises.id }).from(enterprises))
      for (const { id } of all)
        await database.read(id, async (tx) => {
          const [state] = await tx.select({ revision: knowledgeStates.revision }).from(knowledgeStates).where(eq(knowledgeStates.enterpriseId, id))
          if (state && state.revision > 0) await countedKnowledge(tx, services, id, state.revision)
        })
    },
  },
]
