import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '../../storage/database/port.ts'
import { rows } from '../../storage/database/port.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import type { Link, ParsedDocument, Segment } from '../parsing/document.ts'
import { sources } from '../tables.ts'
import { ingest } from './ingest.ts'
import { remove } from './remove.ts'

export const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

export function shuffled<T>(random: () => number, list: readonly T[]): T[] {
  const copy = [...list]
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[copy[i], copy[j]] = [copy[j] as T, copy[i] as T]
  }
  return copy
}

/** A document of one segment a part: [title or null, text, extras]. The first holds the others. */
export function documentOf(
  title: string,
  parts: { name?: string | null; text: string; links?: Link[]; address?: string; kind?: string; parent?: number | null }[],
  tags: string[] = [],
): ParsedDocument {
  let text = ''
  const segments: Segment[] = parts.map((part, i) => {
    const start = text.length
    text += part.text
    const end = text.length
    text += '\n\n'
    return {
      kind: part.kind ?? (i === 0 ? 'document' : 'section'),
      title: part.name ?? title,
      name: part.name ?? null,
      headingPath: i === 0 ? [] : [title],
      start,
      end,
      parent: part.parent === undefined ? (i === 0 ? null : 0) : part.parent,
      address: part.address ?? null,
      links: part.links ?? [],
    }
  })
  return { title, text, contentType: 'text/plain', language: 'eng', tags, segments }
}

/** Gives AIA a document in one transaction a range; ranges are of `size` segments. Returns the source's id. */
export async function give(
  database: Database,
  index: LexicalIndex,
  enterpriseId: string,
  document: ParsedDocument,
  size = document.segments.length,
): Promise<string> {
  const id = randomUUID()
  await database.tenant(enterpriseId, async (tx) => {
    await tx.insert(sources).values({
      id,
      enterpriseId,
      title: document.title,
      origin: 'text',
      contentType: document.contentType,
      byteLength: document.text.length,
      state: 'ready',
      text: document.text,
      createdBy: 'test',
    })
  })
  for (let from = 0; from < document.segments.length; from += size) {
    await database.tenant(enterpriseId, (tx) => ingest(tx, index, enterpriseId, [{ sourceId: id, document, from, to: from + size }]))
  }
  return id
}

export async function take(
  database: Database,
  index: LexicalIndex,
  enterpriseId: string,
  sourceIds: string[],
): Promise<{ atoms: number; pathways: number }> {
  return database.tenant(enterpriseId, async (tx) => {
    const removed = await remove(tx, index, enterpriseId, sourceIds)
    for (const id of sourceIds) await tx.execute(sql`delete from sources where enterprise_id = ${enterpriseId} and id = ${id}`)
    return removed
  })
}

/** Everything known, by content: no ids, numbers, times. Two equal dumps are the same knowledge. */
export async function dump(
  database: Database,
  index: LexicalIndex,
  enterpriseId: string,
): Promise<{ atoms: string[]; pathways: string[]; index: string[] }> {
  return database.tenant(enterpriseId, async (tx) => {
    const atoms = await rows<{ number: number; content_hash: string; technical_context: Record<string, unknown> }>(
      tx,
      sql`select a.number, a.content_hash, a.title, a.kind, a.text, a.semantic_summary, a.technical_context, array_to_json(a.relationships)::text as relationships,
          a.knowledge_domains, a.source_count, s.title as source_title, substring(s.text from 1 for 40) as source_text
        from knowledge_atoms a join sources s on s.id = (a.technical_context->>'source_id')::uuid where a.enterprise_id = ${enterpriseId}`,
    )
    const hashes = new Map(atoms.map((atom) => [atom.number, atom.content_hash]))
    const edges = await rows<{ source: number; target: number; kind: string; weight: number; evidence: unknown }>(
      tx,
      sql`select source, target, kind, weight, evidence from pathways where enterprise_id = ${enterpriseId}`,
    )
    const view = await index.view(tx, enterpriseId)
    const postings: string[] = []
    for (const { segment } of view.segments) {
      const ordinals = new Int32Array(segment.size)
      const frequencies = new Int32Array(segment.size)
      for (let place = 0; place < segment.termCount; place++) {
        const count = segment.postings(place, ordinals, frequencies)
        const term = JSON.stringify(segment.termBytes(place).toString('utf8'))
        for (let i = 0; i < count; i++) {
          const number = segment.numbers[ordinals[i] as number] as number
          postings.push(`${hashes.get(number) ?? `unknown ${number}`} ${term} ${frequencies[i]} ${segment.lengths[ordinals[i] as number]}`)
        }
      }
    }
    return {
      atoms: atoms.map(({ number: _, technical_context: { source_id: __, ...context }, ...atom }) => JSON.stringify({ ...atom, context })).sort(),
      pathways: edges.map(({ source, target, ...edge }) => `${hashes.get(source)} ${hashes.get(target)} ${JSON.stringify(edge)}`).sort(),
      index: postings.sort(),
    }
  })
}
