import { randomUUID } from 'node:crypto'
import { and, eq, lte, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import { rows, type Transaction } from '../storage/database/port.ts'
import type { Permission } from './permissions.ts'
import type { Caller, Services } from './services.ts'
import { type ExportKindName, exportFiles, exportKinds, exportStates } from './tables.ts'

/** The job that makes an export (exports/job.ts). */
export const exportJobName = 'export'
const keptDays = 7
const dayMs = 86_400_000

/** Who may start, see and fetch an export. One's own data is for oneself alone. */
export const exportPermissions: Record<ExportKindName, Permission> = {
  own: 'account.manage',
  person: 'privacy.manage',
  audit: 'audit.read',
  knowledge: 'knowledge.read',
}

const titles: Record<ExportKindName, string> = {
  own: 'Own personal data',
  person: 'Personal data of a person',
  audit: 'Audit log',
  knowledge: 'Knowledge',
}

export interface ExportAbout {
  enterpriseId: string
  /** Id of the person that it tells of; null when it tells of no single one. */
  subject: string | null
  format: string
}

/** What a module gives to be taken away. The composition root gathers all of them. */
export interface ExportKind {
  kind: ExportKindName
  /** Gathers the whole of it in short transactions of its own. `progress` ends it when nobody wants it any more. May be repeated. */
  gather(services: Services, about: ExportAbout, progress: (done: number, total: number) => Promise<void>): Promise<File>
}

/** An export as everybody who may have it sees it. */
export const exportView = z.object({
  id: z.uuid(),
  kind: z.enum(exportKinds),
  /** Id of the person that it tells of. */
  subject_id: z.string().nullable(),
  format: z.string(),
  state: z.enum(exportStates),
  progress: z.object({ done: z.int(), total: z.int() }),
  file_name: z.string().nullable(),
  byte_length: z.int().nullable(),
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  /** It cannot be fetched from then on. */
  expires_at: z.iso.datetime(),
  /** The job that makes it. */
  job_id: z.string(),
})

const jobIdOf = (id: string) => `export-${id}`

export const viewOfExport = (row: typeof exportFiles.$inferSelect): z.infer<typeof exportView> => ({
  id: row.id,
  kind: row.kind,
  subject_id: row.subject,
  format: row.format,
  state: row.state,
  progress: { done: row.progressDone, total: row.progressTotal },
  file_name: row.fileName,
  byte_length: row.byteLength,
  created_at: row.createdAt.toISOString(),
  ended_at: row.endedAt?.toISOString() ?? null,
  expires_at: row.expiresAt.toISOString(),
  job_id: jobIdOf(row.id),
})

/** When an export that is made now goes. */
export const exportExpiry = () => new Date(Date.now() + keptDays * dayMs)

/** Starts an export in the caller's tenant transaction, by a job that runs if and only if that commits. */
export async function startExport(
  tx: Transaction,
  { jobs }: Pick<Services, 'jobs'>,
  { enterpriseId, personId }: Pick<Caller, 'enterpriseId' | 'personId'>,
  { kind, subject = null, format }: { kind: ExportKindName; subject?: string | null; format: string },
): Promise<z.infer<typeof exportView>> {
  const id = randomUUID()
  const [row] = await tx
    .insert(exportFiles)
    .values({ id, enterpriseId, kind, subject, format, state: 'queued', createdBy: personId, expiresAt: exportExpiry() })
    .returning()
  if (!row) throw new Error('The export was not stored.')
  await jobs.start(tx, enterpriseId, { name: exportJobName, input: { enterpriseId, exportId: id, kind, title: titles[kind] }, id: jobIdOf(id) })
  return viewOfExport(row)
}

/**
 * Ends, in the identity transaction that erases a person from an enterprise, what was exported and tells of it: its own data wherever that was asked
 * for, what others asked for here, and copies of the audit log, whose personal values go with the person's key.
 */
export async function expireExportsAbout(tx: Transaction, { personId, enterpriseId }: { personId: string; enterpriseId: string }): Promise<void> {
  const aboutPerson = eq(exportFiles.subject, personId)
  const here = and(eq(exportFiles.enterpriseId, enterpriseId), or(aboutPerson, eq(exportFiles.kind, 'audit')))
  await tx
    .update(exportFiles)
    .set({ expiresAt: sql`now()` })
    .where(or(and(aboutPerson, eq(exportFiles.kind, 'own')), here))
}

/** Removes an object of an export, unless the same bytes are also something else: somebody may have added the file that they had fetched. */
export async function removeExportObject(
  { database, objects }: Pick<Services, 'database' | 'objects'>,
  enterpriseId: string,
  key: string,
): Promise<void> {
  const named = await database.tenant(enterpriseId, (tx) =>
    rows(tx, sql`select 1 from sources where object_key = ${key} union all select 1 from export_files where object_key = ${key}`),
  )
  if (named.length === 0) await objects.delete(key)
}

/** Removes what has expired: the rows first, so that nobody is handed out what is about to go. */
export async function removeExpiredExports(services: Pick<Services, 'database' | 'objects'>): Promise<void> {
  const gone = await services.database.identity((tx) =>
    tx
      .delete(exportFiles)
      .where(lte(exportFiles.expiresAt, sql`now()`))
      .returning({ enterpriseId: exportFiles.enterpriseId, key: exportFiles.objectKey }),
  )
  for (const { enterpriseId, key } of gone) if (key) await removeExportObject(services, enterpriseId, key)
}
