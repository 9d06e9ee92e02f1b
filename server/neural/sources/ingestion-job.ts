import { setImmediate as nextTurn } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { problem } from '../../gateway/problem.ts'
import type { Services } from '../../gateway/services.ts'
import type { JobDefinition, JobInput, JobRun } from '../../jobs/port.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { publish } from '../../storage/outbox/port.ts'
import { analysisThreadOf, lexicalIndexOf } from '../engine.ts'
import { requestLayout } from '../graph/layout-job.ts'
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
  title: string | null
  fileName: string | null
}

const text = (value: unknown) => (typeof value === 'string' ? value : null)
const taskOf = (input: JobInput): Task => ({
  enterpriseId: input.enterpriseId,
  sourceId: String(input.sourceId),
  title: text(input.title),
  fileName: text(input.fileName),
})

/** A transaction that nobody else of this job, and nobody who cancels it, comes between. */
function held<T>(services: Services, { enterpriseId }: Task, run: JobRun, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return services.database.tenant(enterpriseId, async (tx) => {
    await run.hold(tx)
    return work(tx)
  })
}

/** Tells where the source stands, as the last thing in a transaction that has changed it. */
const tell = (tx: Transaction, { enterpriseId, sourceId }: Task, state: 'queued' | 'processing' | 'ready' | 'failed', done = 0, total = 0) =>
  publish(tx, enterpriseId, { kind: 'source.state', id: sourceId, state, done, total })

async function begin(services: Services, task: Task, run: JobRun) {
  const { enterpriseId, sourceId } = task
  return held(services, task, run, async (tx) => {
    const [row] = await tx.select().from(sources).where(eq(sources.id, sourceId)).for('update')
    if (!row) throw new SourceGone()
    if (row.state === 'ready') return null
    // A run that was killed half way may have left a part: away with it, so that reading again starts from nothing.
    await remove(tx, lexicalIndexOf(services), enterpriseId, [sourceId])
    await tx.update(sources).set({ state: 'processing', progressDone: 0, progressTotal: 0, reason: null, text: null }).where(eq(sources.id, sourceId))
    return row
  })
}

async function ingestInChunks(services: Services, task: Task, run: JobRun, document: ParsedDocument): Promise<void> {
  const { enterpriseId, sourceId } = task
  const total = document.segments.length
  const index = lexicalIndexOf(services)
  await held(services, task, run, async (tx) => {
    await tx
      .update(sources)
      .set({ text: document.text, title: document.title, contentType: document.contentType, progressTotal: total })
      .where(eq(sources.id, sourceId))
    await tell(tx, task, 'processing', 0, total)
  })
  const thread = analysisThreadOf(services)
  const chunk = (from: number): IngestPart => ({ sourceId, document, from, to: Math.min(total, from + chunkSize) })
  let analysed = thread.analyse(textsOf(chunk(0)))
  for (let from = 0; from < total; from += chunkSize) {
    const part = chunk(from)
    const known = await analysed
    // While this chunk is written, the thread reads the next.
    analysed = thread.analyse(textsOf(chunk(from + chunkSize)))
    await held(services, task, run, async (tx) => {
      const [row] = await tx.select({ id: sources.id }).from(sources).where(eq(sources.id, sourceId)).for('update')
      if (!row) throw new SourceGone()
      await ingest(tx, index, enterpriseId, [part], known)
      await tx.update(sources).set({ progressDone: part.to }).where(eq(sources.id, sourceId))
      await run.progress(tx, part.to ?? total, total)
      await tell(tx, task, 'processing', part.to ?? total, total)
    })
    if ((from / chunkSize) % chunksPerStatistics === chunksPerStatistics - 1) await services.database.refreshStatistics()
    await nextTurn()
  }
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

/** Takes away what was read of a source, and says why it is not ready. */
async function giveUp(tx: Transaction, services: Services, task: Task, reason: { code: string; detail: string }): Promise<void> {
  const { enterpriseId, sourceId } = task
  await remove(tx, lexicalIndexOf(services), enterpriseId, [sourceId])
  await tx.update(sources).set({ state: 'failed', reason, text: null, progressDone: 0, progressTotal: 0 }).where(eq(sources.id, sourceId))
  await requestLayout(tx, services, enterpriseId)
  await tell(tx, task, 'failed')
}

/** The same for a source that has not come to its end, when its job has. */
async function giveUpUnended(tx: Transaction, services: Services, input: JobInput, reason: { code: string; detail: string }): Promise<void> {
  const task = taskOf(input)
  const [row] = await tx.select({ state: sources.state }).from(sources).where(eq(sources.id, task.sourceId)).for('update')
  if (row?.state === 'queued' || row?.state === 'processing') await giveUp(tx, services, task, reason)
}

/** False when the source is gone, or cannot be read however often it is tried. Any other fault may pass by itself: the step is tried again. */
async function readIfReadable(services: Services, task: Task, run: JobRun): Promise<boolean> {
  try {
    return await read(services, task, run)
  } catch (error) {
    if (error instanceof SourceGone) return false
    if (!(error instanceof ParseError)) throw error
    const { code, detail } = error
    await held(services, task, run, (tx) => giveUp(tx, services, task, { code, detail }))
    return false
  }
}

async function read(services: Services, task: Task, run: JobRun): Promise<boolean> {
  const row = await begin(services, task, run)
  if (!row?.objectKey) return false
  const startedAt = performance.now()
  const bytes = await services.objects.get(row.objectKey)
  const { title, fileName } = task
  const document = await parseDocument({ bytes, title, fileName, contentType: row.contentType, address: addressOf(row) })
  await ingestInChunks(services, task, run, document)
  measureReading(services, task.enterpriseId, row.origin, {
    bytes: bytes.length,
    segments: document.segments.length,
    ms: performance.now() - startedAt,
  })
  return true
}

/** Makes the source known as ready, and has done what follows from more knowledge. */
function finish(services: Services, task: Task, run: JobRun): Promise<void> {
  const { enterpriseId, sourceId } = task
  return held(services, task, run, async (tx) => {
    const [row] = await tx.select({ state: sources.state, total: sources.progressTotal }).from(sources).where(eq(sources.id, sourceId)).for('update')
    // Gone meanwhile, or done by a run that was killed before it could say so.
    if (row?.state !== 'processing') return
    await tx.update(sources).set({ state: 'ready', readyAt: new Date() }).where(eq(sources.id, sourceId))
    await maintain(tx, lexicalIndexOf(services), enterpriseId)
    await trainWhenGrown(tx, services, enterpriseId)
    await requestVectors(tx, services, enterpriseId, sourceId)
    await requestLayout(tx, services, enterpriseId)
    await tell(tx, task, 'ready', row.total, row.total)
  })
}

/** Reads one source: original -> text and segments -> atoms and pathways, in short transactions. What fails for good leaves no knowledge behind. */
export const ingestionJob: JobDefinition = {
  name: 'ingestion',
  concurrency: 1,
  perEnterprise: 4,
  awaited: true,
  async run(services, input, run) {
    const task = taskOf(input)
    if (await run.step('read', () => readIfReadable(services, task, run))) await run.step('finish', () => finish(services, task, run))
  },
  fromTheStart: true,
  cancelled: (tx, services, input) =>
    giveUpUnended(tx, services, input, { code: 'cancelled', detail: 'Reading was cancelled. It can be read again.' }),
  failed: (tx, services, input) =>
    giveUpUnended(tx, services, input, { code: 'internal', detail: 'Reading stopped because of a fault on our side. Try again.' }),
  async again(tx, _services, input) {
    const task = taskOf(input)
    const { sourceId } = task
    const [row] = await tx.select({ state: sources.state }).from(sources).where(eq(sources.id, sourceId)).for('update')
    if (!row) throw problem('conflict', 'The source was deleted, so there is nothing to read.')
    if (row.state !== 'failed') throw problem('conflict', `Only a failed source can be read again; this one is ${row.state}.`)
    await tx.update(sources).set({ state: 'queued', reason: null }).where(eq(sources.id, sourceId))
    await tell(tx, task, 'queued')
  },
}
