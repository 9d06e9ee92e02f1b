import type { z } from 'zod'
import { problem } from '../../gateway/problem.ts'
import type { Transaction } from '../../storage/database/port.ts'
import type { source } from '../contract.ts'
import { sourceCounts } from '../knowledge/counts.ts'
import { sources } from '../tables.ts'

/** Every column but the text, which may be megabytes. */
export const sourceColumns = {
  id: sources.id,
  title: sources.title,
  origin: sources.origin,
  contentType: sources.contentType,
  location: sources.location,
  byteLength: sources.byteLength,
  state: sources.state,
  progressDone: sources.progressDone,
  progressTotal: sources.progressTotal,
  reason: sources.reason,
  createdAt: sources.createdAt,
  readyAt: sources.readyAt,
}
type SourceRow = Pick<typeof sources.$inferSelect, keyof typeof sourceColumns>

/** Rows as the contract shows them, with their counts. */
export async function sourceViews(tx: Transaction, enterpriseId: string, list: SourceRow[]): Promise<z.infer<typeof source>[]> {
  const counts = await sourceCounts(
    tx,
    enterpriseId,
    list.map((row) => row.id),
  )
  return list.map((row) => ({
    id: row.id,
    title: row.title,
    origin: row.origin,
    content_type: row.contentType,
    location: row.location,
    byte_length: row.byteLength,
    state: row.state,
    progress: { done: row.progressDone, total: row.progressTotal },
    atoms: counts.get(row.id)?.atoms ?? 0,
    pathways: counts.get(row.id)?.pathways ?? 0,
    reason: row.reason,
    created_at: row.createdAt.toISOString(),
    ready_at: row.readyAt?.toISOString() ?? null,
  }))
}

export const noSuchSource = () => problem('not_found', 'There is no such source.')
