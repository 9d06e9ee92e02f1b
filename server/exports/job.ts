import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { type ExportKind, exportExpiry, exportJobName, removeExpiredExports, removeExportObject } from '../gateway/exports.ts'
import { problem } from '../gateway/problem.ts'
import type { Services } from '../gateway/services.ts'
import { exportFiles } from '../gateway/tables.ts'
import type { JobDefinition, JobInput, JobRun, ScheduleDefinition } from '../jobs/port.ts'
import type { Transaction } from '../storage/database/port.ts'

type Row = typeof exportFiles.$inferSelect

/** Nobody wants it any more: it was removed, or the person it tells of was erased. Nothing to do, nothing to undo. */
class ExportGone extends Error {}

const idOf = ({ exportId }: JobInput) => String(exportId)

/** Changes the row in a transaction that nobody who cancels it comes between. @throws ExportGone */
async function held(services: Services, input: JobInput, run: JobRun, change: Partial<typeof exportFiles.$inferInsert>): Promise<Row> {
  return services.database.tenant(input.enterpriseId, async (tx) => {
    await run.hold(tx)
    const [row] = await tx
      .update(exportFiles)
      .set(change)
      .where(and(eq(exportFiles.id, idOf(input)), gt(exportFiles.expiresAt, sql`now()`)))
      .returning()
    if (!row) throw new ExportGone()
    if (change.progressTotal) await run.progress(tx, change.progressDone ?? 0, change.progressTotal)
    return row
  })
}

/** Gathers the whole and stores it as one object: what a step gives to the next one is small. False when nobody wants it any more. */
async function gather(services: Services, kinds: readonly ExportKind[], input: JobInput, run: JobRun): Promise<boolean> {
  const { enterpriseId } = input
  let key: string | null = null
  try {
    const row = await held(services, input, run, { state: 'running', progressDone: 0, progressTotal: 0, endedAt: null })
    const kind = kinds.find((each) => each.kind === row.kind)
    if (!kind) throw new Error(`Nothing gathers exports of the kind ${row.kind}.`)
    const { subject, format } = row
    const file = await kind.gather(services, { enterpriseId, subject, format }, async (progressDone, progressTotal) => {
      await held(services, input, run, { progressDone, progressTotal })
    })
    key = await services.objects.put(enterpriseId, new Uint8Array(await file.arrayBuffer()))
    await held(services, input, run, { objectKey: key, fileName: file.name, contentType: file.type, byteLength: file.size })
    // What an attempt before this one had stored.
    if (row.objectKey && row.objectKey !== key) await removeExportObject(services, enterpriseId, row.objectKey)
    return true
  } catch (error) {
    // Cancelled, taken over, or tried again: whoever makes it then stores an object of its own.
    if (key) await removeExportObject(services, enterpriseId, key).catch(() => {})
    if (error instanceof ExportGone) return false
    throw error
  }
}

async function finish(services: Services, input: JobInput, run: JobRun): Promise<void> {
  await held(services, input, run, { state: 'done', endedAt: new Date() }).catch((error) => {
    if (!(error instanceof ExportGone)) throw error
  })
}

const endAs = (tx: Transaction, input: JobInput, state: 'failed' | 'cancelled') =>
  tx
    .update(exportFiles)
    .set({ state, endedAt: new Date() })
    .where(and(eq(exportFiles.id, idOf(input)), inArray(exportFiles.state, ['queued', 'running'])))

/** Makes one export: everything of its kind -> one object in the store, for some days. */
export const exportJob = (kinds: readonly ExportKind[]): JobDefinition => ({
  name: exportJobName,
  announced: true,
  awaited: true,
  concurrency: 1,
  perEnterprise: 2,
  async run(services, input, run) {
    if (await run.step('gather', () => gather(services, kinds, input, run))) await run.step('finish', () => finish(services, input, run))
  },
  fromTheStart: true,
  async cancelled(tx, _services, input) {
    await endAs(tx, input, 'cancelled')
  },
  async failed(tx, _services, input) {
    await endAs(tx, input, 'failed')
  },
  async again(tx, _services, input) {
    const again = await tx
      .update(exportFiles)
      .set({ state: 'queued', endedAt: null, expiresAt: exportExpiry() })
      .where(and(eq(exportFiles.id, idOf(input)), gt(exportFiles.expiresAt, sql`now()`), inArray(exportFiles.state, ['failed', 'cancelled'])))
      .returning({ id: exportFiles.id })
    if (again.length === 0) throw problem('conflict', 'The export is done, was removed or has expired. Ask for another one.')
  },
})

/** Exports go by the clock, some days after they were asked for. */
export const exportSchedules: readonly ScheduleDefinition[] = [{ name: 'export-retention', cron: '35 * * * *', run: removeExpiredExports }]
