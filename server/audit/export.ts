import { and, asc, eq, gt, lte } from 'drizzle-orm'
import { z } from 'zod'
import { type ExportHeader, type ExportKeys, type ExportRow, exportFormat } from '../crypto/transparency/audit-export.ts'
import { inclusionPath } from '../crypto/transparency/merkle.ts'
import { auditRecord } from '../gateway/audit-view.ts'
import { type ExportKind, exportView, startExport } from '../gateway/exports.ts'
import { longOperation, noInput, operation } from '../gateway/operation.ts'
import type { Services } from '../gateway/services.ts'
import { auditEntries } from '../gateway/tables.ts'
import { checkpointKeysOf, keysOfNote } from './checkpoint-keys.ts'
import { hashesOfRanges } from './log.ts'
import { makeCheckpoint } from './sign-checkpoint.ts'
import { personalOf } from './view.ts'

const batchRows = 500

async function gather(
  services: Services,
  enterpriseId: string,
  progress: (done: number, total: number) => Promise<void> = async () => {},
): Promise<File> {
  const { size, note } = await makeCheckpoint(services, enterpriseId)
  const header: ExportHeader = { format: exportFormat, checkpoint: note, exported_at: new Date().toISOString() }
  const keys: ExportKeys = { keys: keysOfNote(note, await checkpointKeysOf(services)) }
  const parts = [`${JSON.stringify(header)}\n${JSON.stringify(keys)}\n`]
  // A transaction a batch: rows are never changed, and nobody else waits for the whole of it.
  for (let done = 0; done < size; done += batchRows) {
    parts.push(
      await services.database.read(enterpriseId, async (tx) => {
        const entries = await tx
          .select()
          .from(auditEntries)
          .where(
            and(
              eq(auditEntries.enterpriseId, enterpriseId),
              gt(auditEntries.sequence, done),
              lte(auditEntries.sequence, Math.min(done + batchRows, size)),
            ),
          )
          .orderBy(asc(auditEntries.sequence))
        const proofs = await hashesOfRanges(
          tx,
          enterpriseId,
          entries.map(({ sequence }) => inclusionPath(sequence - 1, size)),
        )
        const personal = await personalOf(tx, services, enterpriseId, entries)
        const lines = entries.map((entry, index): ExportRow => {
          return { entry: auditRecord(entry), proof: proofs[index] ?? [], personal: personal[index] ?? [] }
        })
        return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      }),
    )
    await progress(Math.min(done + batchRows, size), size)
  }
  return new File(parts, `audit-${size}.jsonl`, { type: 'application/x-ndjson' })
}

export const exportAudit = longOperation
  .meta({ permission: 'audit.read', limit: 'default', audit: 'row', state: 'event' })
  .route({
    method: 'GET',
    path: '/v1/audit/export',
    summary: 'The whole audit log as JSON lines that can be verified without AIA: checkpoint, keys, then the rows with their proofs',
    tags: ['audit'],
  })
  .input(noInput)
  .output(z.file())
  .handler(async ({ context: { write, caller, services } }) => {
    // It hands out personal data, so it is a row of the log itself.
    await write(async () => undefined)
    return gather(services, caller.enterpriseId)
  })

/** The same as a file that a job makes. */
export const auditExport: ExportKind = { kind: 'audit', gather: (services, { enterpriseId }, progress) => gather(services, enterpriseId, progress) }

export const startAuditExport = operation
  .meta({ permission: 'audit.read', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/audit/export',
    successStatus: 202,
    summary: 'Have the whole audit log made into a file to download, as GET gives it at once',
    tags: ['audit'],
  })
  .input(noInput)
  .output(exportView)
  .handler(async ({ context: { tx, caller, services, audit } }) => {
    const made = await startExport(tx, services, caller, { kind: 'audit', format: 'jsonl' })
    audit({ target: made.id, after: { kind: made.kind }, detail: { kind: made.kind } })
    return made
  })
