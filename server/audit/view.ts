import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { base64 } from '../crypto/transparency/bytes.ts'
import { verifyCheckpoint } from '../crypto/transparency/checkpoint.ts'
import { decodeVerifierKey } from '../crypto/transparency/note.ts'
import { type AuditEntry, auditRecord } from '../gateway/audit-view.ts'
import { personalReader } from '../gateway/personal-keys.ts'
import { problem } from '../gateway/problem.ts'
import type { Services } from '../gateway/services.ts'
import { rows, type Transaction } from '../storage/database/port.ts'
import { type CheckpointKeys, keysOfNote } from './checkpoint-keys.ts'
import type * as contract from './contract.ts'

type Row = z.infer<typeof contract.auditRow>
type Personal = Row['personal']

/** The personal values of rows that can still be read. */
export async function personalOf(tx: Transaction, services: Services, enterpriseId: string, entries: readonly AuditEntry[]): Promise<Personal[]> {
  const read = personalReader(tx, services.keyring, enterpriseId)
  const all: Personal[] = []
  for (const entry of entries) {
    const readable: Personal = []
    for (const part of entry.personal) {
      const opened = await read(`audit_entries/${entry.id}/personal`, part)
      if (opened) readable.push({ person: part.person, ...opened })
    }
    all.push(readable)
  }
  return all
}

/** Rows with the names that their actors have today; a person who was erased has none. */
export async function auditRows(services: Services, entries: readonly AuditEntry[], personal: readonly Personal[]): Promise<Row[]> {
  const ids = [...new Set(entries.flatMap(({ actor, impersonator }) => [actor, impersonator ?? '']))].filter((id) => /^[0-9a-f-]{36}$/.test(id))
  const people = await services.database.identity((tx) =>
    rows<{ id: string; name: string; email: string }>(
      tx,
      sql`select p.id, p.name, p.email from people p where p.id in (select value::uuid from json_array_elements_text(${JSON.stringify(ids)}::json))`,
    ),
  )
  const known = new Map(people.map((person) => [person.id, person]))
  const who = (id: string) => ({ id, name: known.get(id)?.name ?? null, email: known.get(id)?.email ?? null })
  return entries.map((entry, index) => ({
    entry: auditRecord(entry),
    actor: who(entry.actor),
    impersonator: entry.impersonator === null ? null : who(entry.impersonator),
    personal: personal[index] ?? [],
  }))
}

export function checkpointView(note: string, keys: CheckpointKeys): z.infer<typeof contract.checkpoint> {
  const own = keysOfNote(note, keys)
  const { size, root, origin, signedAt } = verifyCheckpoint(note, own.map(decodeVerifierKey))
  return { size, root: base64(root), origin, signed_at: signedAt.toISOString(), note, keys: own }
}

export const noSuchRow = () => problem('not_found', 'The audit log has no such row.')
