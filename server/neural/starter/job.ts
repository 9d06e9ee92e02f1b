import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { namedLogger } from '../../gateway/log.ts'
import type { Services } from '../../gateway/services.ts'
import type { JobDefinition, JobRun } from '../../jobs/port.ts'
import { lexicalIndexOf } from '../engine.ts'
import { requestLayout } from '../graph/layout-job.ts'
import { ingest } from '../knowledge/ingest.ts'
import { maintain } from '../knowledge/maintain.ts'
import { requestTraining } from '../learning/request.ts'
import { type ParsedDocument, ParseError } from '../parsing/document.ts'
import { parseDocument } from '../parsing/parse.ts'
import { knowledgeStates, sources } from '../tables.ts'
import { requestVectors } from '../vectors/job.ts'
import { countStarterDocuments, type StarterDocument, starterDocuments } from './documents.ts'

/** Segments a transaction, so that people who already ask hardly wait. */
const segmentsPerBatch = 120
/** How often the planner hears that tables have grown. */
const batchesPerStatistics = 12

interface Ready {
  document: StarterDocument
  parsed: ParsedDocument
}

/**
 * The first workspace: AIA reads its own software supply chain and its own docs. Documents that are there already are skipped,
 * so a run that was killed goes on where it stopped.
 */
export const starterJob: JobDefinition = {
  name: 'starter',
  announced: true,
  concurrency: 1,
  run: (services, { enterpriseId }, run) => run.step('read', () => readWorkspace(services, enterpriseId, run)),
  async cancelled() {
    // What was read of it is whole documents; they stay.
  },
}

async function readWorkspace(services: Services, enterpriseId: string, run: JobRun): Promise<void> {
  const log = namedLogger(services.log, 'starter')
  const { projectDir } = services.env
  const total = await countStarterDocuments(projectDir)
  const known = await begin(services, enterpriseId, run, total)
  let done = known.size
  let batch: Ready[] = []
  let segments = 0
  let batches = 0
  async function flush() {
    await write(services, enterpriseId, run, batch, { done, total })
    batch = []
    segments = 0
    if (++batches % batchesPerStatistics === 0) await services.database.refreshStatistics()
    await nextTurn()
  }
  for await (const document of starterDocuments(projectDir)) {
    if (known.has(document.address)) continue
    done++
    try {
      const parsed = await parseDocument({ ...document })
      batch.push({ document, parsed })
      segments += parsed.segments.length
    } catch (error) {
      // One unreadable README must not keep the rest out.
      if (!(error instanceof ParseError)) throw error
      log.debug({ address: document.address, reason: error.code }, 'skipped')
    }
    if (segments >= segmentsPerBatch) await flush()
  }
  await flush()
  await services.database.tenant(enterpriseId, async (tx) => {
    await run.hold(tx)
    await tx.update(knowledgeStates).set({ starterDone: total, starterTotal: total }).where(eq(knowledgeStates.enterpriseId, enterpriseId))
    await maintain(tx, lexicalIndexOf(services), enterpriseId)
    await requestTraining(tx, services, enterpriseId, 'system')
    await requestVectors(tx, services, enterpriseId)
    await requestLayout(tx, services, enterpriseId)
  })
}

async function begin(services: Services, enterpriseId: string, run: JobRun, total: number): Promise<Set<string>> {
  return services.database.tenant(enterpriseId, async (tx) => {
    await run.hold(tx)
    const found = await tx.select({ location: sources.location }).from(sources).where(eq(sources.origin, 'starter'))
    const known = new Set(found.flatMap(({ location }) => location ?? []))
    await tx
      .insert(knowledgeStates)
      .values({ enterpriseId, starterDone: known.size, starterTotal: total })
      .onConflictDoUpdate({ target: knowledgeStates.enterpriseId, set: { starterDone: known.size, starterTotal: total } })
    return known
  })
}

async function write(
  services: Services,
  enterpriseId: string,
  run: JobRun,
  batch: Ready[],
  { done, total }: { done: number; total: number },
): Promise<void> {
  await services.database.tenant(enterpriseId, async (tx) => {
    await run.hold(tx)
    await run.progress(tx, Math.min(done, total), total)
    if (batch.length > 0) {
      const now = new Date()
      const given = batch.map(({ document, parsed }) => ({
        id: randomUUID(),
        enterpriseId,
        title: parsed.title,
        origin: 'starter',
        contentType: parsed.contentType,
        location: document.address,
        byteLength: document.bytes.length,
        state: 'ready' as const,
        progressDone: parsed.segments.length,
        progressTotal: parsed.segments.length,
        text: parsed.text,
        createdBy: 'system',
        readyAt: now,
      }))
      await tx.insert(sources).values(given)
      await ingest(
        tx,
        lexicalIndexOf(services),
        enterpriseId,
        batch.map(({ parsed }, index) => ({ sourceId: (given[index] as { id: string }).id, document: parsed })),
      )
    }
    await tx
      .update(knowledgeStates)
      .set({ starterDone: sql`least(${done}::int, ${knowledgeStates.starterTotal})` })
      .where(eq(knowledgeStates.enterpriseId, enterpriseId))
  })
}
