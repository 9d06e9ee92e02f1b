import type { InferSelectModel } from 'drizzle-orm'
import type { AuditRecord } from '../crypto/transparency/audit-record.ts'
import type { auditEntries } from './tables.ts'

export type AuditEntry = InferSelectModel<typeof auditEntries>

/** The record that a row's leaf is made of. */
export const auditRecord = (row: AuditEntry): AuditRecord => ({
  sequence: row.sequence,
  id: row.id,
  enterprise_id: row.enterpriseId,
  at: row.at.toISOString(),
  actor: row.actor,
  impersonator: row.impersonator,
  operation: row.operation,
  target: row.target,
  request_id: row.requestId,
  outcome: row.outcome,
  before: row.before,
  after: row.after,
  detail: row.detail ?? null,
  personal: row.personal.map(({ person, digest }) => ({ person, digest })),
})
