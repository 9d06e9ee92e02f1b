import { eq, ne, sql } from 'drizzle-orm'
import { namedLogger } from '../gateway/log.ts'
import type { Services } from '../gateway/services.ts'
import { restart } from '../storage/outbox/port.ts'
import { analyserVersion } from './lexical/analysis.ts'
import { knowledgeAtoms, knowledgeStates, lexicalSegments, occurrences, pathways, sources } from './tables.ts'

/**
 * Makes knowledge anew when this build analyses texts in another way than the one that wrote the index: counts of two analysers side by
 * side would be wrong. Originals are kept as objects, so every source is simply read again; answers already given keep their quotes.
 */
export async function rebuildWhenOutdated(services: Services, enterpriseId: string): Promise<void> {
  await services.database.tenant(enterpriseId, async (tx) => {
    await tx.insert(knowledgeStates).values({ enterpriseId, analyserVersion }).onConflictDoNothing()
    const [state] = await tx.select().from(knowledgeStates).where(eq(knowledgeStates.enterpriseId, enterpriseId)).for('update')
    if (state?.analyserVersion === analyserVersion) return
    namedLogger(services.log, 'neural').info(
      { from: state?.analyserVersion, to: analyserVersion },
      'reading every source again for the new text analysis',
    )
    for (const table of [pathways, lexicalSegments, occurrences, knowledgeAtoms]) await tx.delete(table).where(eq(table.enterpriseId, enterpriseId))
    // The starter's documents lie on disk; its job, whose id holds the version, reads them again.
    await tx.delete(sources).where(eq(sources.origin, 'starter'))
    const again = await tx
      .update(sources)
      .set({ state: 'queued', progressDone: 0, progressTotal: 0, reason: null })
      .where(ne(sources.origin, 'starter'))
      .returning()
    // Whoever still reads one for the index that was must not go on beside.
    await services.jobs.abandon(tx, enterpriseId, 'ingestion')
    for (const source of again)
      await services.jobs.start(tx, enterpriseId, {
        name: 'ingestion',
        input: { enterpriseId, sourceId: source.id, title: source.title, fileName: null },
        id: `ingestion-${source.id}-analyser-${analyserVersion}`,
      })
    await tx
      .update(knowledgeStates)
      .set({ analyserVersion, modelVersion: 0, starterDone: null, starterTotal: null, revision: sql`${knowledgeStates.revision} + 1` })
      .where(eq(knowledgeStates.enterpriseId, enterpriseId))
    await restart(tx, enterpriseId)
  })
}
