import { setImmediate as nextTurn } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import type { Services } from '../../gateway/services.ts'
import type { JobDefinition } from '../../jobs/port.ts'
import { DatabaseUnavailable } from '../../storage/database/port.ts'
import { ObjectsUnavailable } from '../../storage/objects/port.ts'
import { analysisThreadOf, lexicalIndexOf } from '../engine.ts'
import { type IngestPart, ingest, textsOf } from '../knowledge/ingest.ts'
import { maintain } from '../knowledge/maintain.ts'
import { remove } from '../knowledge/remove.ts'
import { trainWhenGrown } from '../learning/request.ts'
import { type ParsedDocument, ParseError } from '../parsing/document.ts'
import { parseDocument } from '../parsing/parse.ts'
import { sources } from '../tables.ts'
import { requestVectors } from '../vectors/job.ts'

/** Segments a transaction: short enough that other callers hardly wait, long enough to be quick. */
const chunkSize = 200
/** How often the planner hears that tables have grown. */
const chunksPerStatistics = 10

/** The source is gone: somebody deleted it while it was being read. Nothing to do, nothing to undo. */
class SourceGone extends Error {}

interface Task {
  enterpriseId: string
  sourceId: string
}

async function begin(services: Services, { enterpriseId, sourceId }: Task) {
  return services.database.tenant(enterpriseId, async (tx) => {
    const [row] = await tx.select().from(sources).where(eq(sources.id, sourceId)).for('update')
    if (!row) throw new SourceGone()
    if (row.state === 'ready') return null
    // A run that was killed half way may have left a part: away with it, so that reading again starts from nothing.
    await remove(tx, lexicalIndexOf(services), enterpriseId, [sourceId])
    await tx.update(sources).set({ state: 'processing', progressDone: 0, progressTotal: 0, reason: null, text: null }).where(eq(sources.id, sourceId))
    return row
  })
}

async function ingestInChunks(services: Services, { enterpriseId, sourceId }: Task, document: ParsedDocument): Promise<void> {
  const total = document.segments.length
  const index = lexicalIndexOf(services)
  await services.database.tenant(enterpriseId, async (tx) => {
    await tx
      .update(sources)
      .set({ text: document.text, title: document.title, contentType: document.contentType, progressTotal: total })
      .where(eq(sources.id, sourceId))
  })
  const thread = analysisThreadOf(services)
  const chunk = (from: number): IngestPart => ({ sourceId, document, from, to: Math.min(total, from + chunkSize) })
  let analysed = thread.analyse(textsOf(chunk(0)))
  for (let from = 0; from < total; from += chunkSize) {
    const part = chunk(from)
    const known = await analysed
    // While this chunk is written, the thread reads the next.
    analysed = thread.analyse(textsOf(chunk(from + chunkSize)))
    await services.database.tenant(enterpriseId, async (tx) => {
      const [row] = await tx.select({ id: sources.id }).from(sources).where(eq(sources.id, sourceId)).for('update')
      if (!row) throw new SourceGone()
      await ingest(tx, index, enterpriseId, [part], known)
      await tx.update(sources).set({ progressDone: part.to }).where(eq(sources.id, sourceId))
    })
    if ((from / chunkSize) % chunksPerStatistics === chunksPerStatistics - 1) await services.database.refreshStatistics()
    await nextTurn()
  }
  await services.database.tenant(enterpriseId, async (tx) => {
    await tx.update(sources).set({ state: 'ready', readyAt: new Date() }).where(eq(sources.id, sourceId))
    await maintain(tx, index, enterpriseId)
    await trainWhenGrown(tx, services, enterpriseId)
    await requestVectors(tx, services, enterpriseId, sourceId)
  })
}

async function fail(services: Services, { enterpriseId, sourceId }: Task, reason: { code: string; detail: string }): Promise<void> {
  await services.database.tenant(enterpriseId, async (tx) => {
    await remove(tx, lexicalIndexOf(services), enterpriseId, [sourceId])
    await tx.update(sources).set({ state: 'failed', reason, text: null, progressDone: 0, progressTotal: 0 }).where(eq(sources.id, sourceId))
  })
}

function measureReading(
  { measurements }: Services,
  enterpriseId: string,
  origin: string,
  read: { bytes: number; segments: number; ms: number },
): void {
  const what = (metric: string) => ({ measurement: 'neural_intelligence', enterpriseId, metric, tags: { origin } }) as const
  measurements.count(what('sources_read'))
  measurements.count(what('segments_read'), read.segments)
  measurements.count(what('bytes_read'), read.bytes)
  measurements.observe(what('reading_ms'), read.ms)
}

/** Files of one upload link to each other by path, pages by URL. */
function addressOf(row: { origin: string; location: string | null }): string | null {
  if (!row.location) return null
  return row.origin === 'url' ? row.location : `file:${row.location}`
}

/** Reads one source: original -> text and segments -> atoms and pathways, in short transactions. What fails leaves no knowledge behind. */
export const ingestionJob: JobDefinition = {
  name: 'ingestion',
  concurrency: 1,
  awaited: true,
  async run(services, input) {
    const task = { enterpriseId: input.enterpriseId, sourceId: String(input.sourceId) }
    try {
      const row = await begin(services, task)
      if (!row?.objectKey) return
      const title = typeof input.title === 'string' ? input.title : null
      const fileName = typeof input.fileName === 'string' ? input.fileName : null
      const startedAt = performance.now()
      const bytes = await services.objects.get(row.objectKey)
      const document = await parseDocument({ bytes, title, fileName, contentType: row.contentType, address: addressOf(row) })
      await ingestInChunks(services, task, document)
      measureReading(services, task.enterpriseId, row.origin, {
        bytes: bytes.length,
        segments: document.segments.length,
        ms: performance.now() - startedAt,
      })
    } catch (error) {
      if (error instanceof SourceGone) return
      if (error instanceof ParseError) return fail(services, task, { code: error.code, detail: error.detail })
      // It is run again when they are back; the source has not failed.
      if (error instanceof DatabaseUnavailable || error instanceof ObjectsUnavailable) throw error
      await fail(services, task, { code: 'internal', detail: 'Reading stopped because of a fault on our side. Try again.' })
      throw error
    }
  },
}
