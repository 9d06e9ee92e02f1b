import { and, desc, eq, gt, sql } from 'drizzle-orm'
import { decide } from '../gateway/decide.ts'
import { exportPermissions } from '../gateway/exports.ts'
import { problem } from '../gateway/problem.ts'
import type { Caller } from '../gateway/services.ts'
import { exportFiles } from '../gateway/tables.ts'
import type { Transaction } from '../storage/database/port.ts'

export type ExportRow = typeof exportFiles.$inferSelect

/** One's own data is for the person itself: whoever acts under its name might learn what other enterprises hold. */
const mayHave = (caller: Caller, { kind, createdBy }: ExportRow) =>
  decide(caller, exportPermissions[kind]).allowed && (kind !== 'own' || (createdBy === caller.personId && !caller.impersonator))

const mostListed = 100

/** Exports that a caller may have, newest first, in its tenant transaction. Those that have expired are not there any more. */
export async function visibleExports(tx: Transaction, caller: Caller, id?: string): Promise<ExportRow[]> {
  const found = await tx
    .select()
    .from(exportFiles)
    .where(and(eq(exportFiles.enterpriseId, caller.enterpriseId), gt(exportFiles.expiresAt, sql`now()`), id ? eq(exportFiles.id, id) : undefined))
    .orderBy(desc(exportFiles.createdAt))
    .limit(mostListed)
  return found.filter((row) => mayHave(caller, row))
}

/** @throws problem not_found when there is none, or none for this caller */
export async function visibleExport(tx: Transaction, caller: Caller, id: string): Promise<ExportRow> {
  const [row] = await visibleExports(tx, caller, id)
  if (!row) throw problem('not_found', 'There is no such export.')
  return row
}
