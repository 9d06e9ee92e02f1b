import { namedLogger } from '../../gateway/log.ts'
import type { Services } from '../../gateway/services.ts'
import type { JobDefinition, JobInput, JobRun } from '../../jobs/port.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { indexVectors } from './approximate.ts'
import { EmbeddingError } from './client.ts'
import { embedAtoms } from './embed.ts'
import { vectorsOf } from './engine.ts'
import { approximateFrom } from './search.ts'

/** So many new rows change what the planner should know. */
const manyVectors = 500

/** Has the atoms of a source (without one: all) embedded once `tx` commits. Does nothing when nothing gives vectors. */
export async function requestVectors(tx: Transaction, services: Services, enterpriseId: string, sourceId: string | null = null): Promise<void> {
  if (services.env.embeddings) await services.jobs.start(tx, enterpriseId, { name: 'vectors', input: { enterpriseId, sourceId } })
}

/** Embeds atoms that lack a vector. When that fails, the rest waits for the next run; questions do without meanwhile. */
export const vectorsJob: JobDefinition = {
  name: 'vectors',
  concurrency: 1,
  run: (services, input, run) => run.step('embed', () => embed(services, input, run)),
  async cancelled() {
    // Atoms that got no vector get one with the next run.
  },
}

async function embed(services: Services, input: JobInput, run: JobRun): Promise<void> {
  const vectors = vectorsOf(services)
  if (!vectors) return
  const { enterpriseId } = input
  const log = namedLogger(services.log, 'vectors')
  const sourceId = typeof input.sourceId === 'string' && !vectors.behind.has(enterpriseId) ? input.sourceId : null
  try {
    const { stored, refused } = await embedAtoms(services.database, vectors.embedder, enterpriseId, sourceId, async (tx, done, total) => {
      await run.hold(tx)
      await run.progress(tx, done, total)
    })
    vectors.behind.delete(enterpriseId)
    if (refused > 0) log.warn({ texts: refused }, 'some texts get no vector; they are found by their words only')
    if (stored >= manyVectors) await services.database.refreshStatistics()
    await indexVectors(services.database, enterpriseId, vectors.embedder.model, approximateFrom)
    if (stored > 0 || sourceId === null)
      await services.database.tenant(enterpriseId, (tx) => vectors.index.refresh(tx, enterpriseId, vectors.embedder.model))
  } catch (error) {
    if (!(error instanceof EmbeddingError)) throw error
    vectors.behind.add(enterpriseId)
    log.warn({ reason: error.message, kind: error.kind }, 'embedding failed; the rest follows with the next source or start')
  }
}
