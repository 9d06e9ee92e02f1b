import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../../storage/database/port.ts'
import type { Passage } from '../answering/passage.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import { type PublishedModel, rank, type Ranked } from '../ranking/rank.ts'

interface AtomRow {
  number: number
  id: string
  title: string
  text: string
  source_id: string
  start: number
  source_title: string
}

/** What one retrieval saw: for passages, the path and learning. */
export interface Retrieval {
  passages: Passage[]
  ranked: Ranked[]
}

/** Ranks atoms for a question and reads their words, in one transaction. */
export async function retrieve(
  tx: Transaction,
  index: LexicalIndex,
  enterpriseId: string,
  request: { question: string; mode: 'standard' | 'advanced' | 'enterprise'; limit: number; nodes: number; model: PublishedModel },
): Promise<Retrieval> {
  const ranked = await rank(tx, index, enterpriseId, { question: request.question, mode: request.mode, limit: request.limit, budget: { nodes: request.nodes }, model: request.model })
  const atoms = await readAtoms(tx, enterpriseId, ranked.map((hit) => hit.number))
  const passages = ranked.flatMap(({ number, score, via }): Passage[] => {
    const atom = atoms.get(number)
    if (!atom) return []
    return [{ atomId: atom.id, number, title: atom.title, text: atom.text, score, sourceId: atom.source_id, sourceTitle: atom.source_title, start: atom.start, via }]
  })
  return { passages, ranked }
}

/** The canonical occurrence of each atom: its text is exactly that span of the source's stored text. */
export async function readAtoms(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<Map<number, AtomRow>> {
  const found = await rows<AtomRow>(
    tx,
    sql`select a.number, a.id, a.title, a.text, a.technical_context->>'source_id' as source_id, (a.technical_context->>'start')::int as start, s.title as source_title
        from knowledge_atoms a join sources s on s.id = (a.technical_context->>'source_id')::uuid
        where a.enterprise_id = ${enterpriseId} and a.number in (select value::int from json_array_elements_text(${JSON.stringify([...new Set(numbers)])}::json))`,
  )
  return new Map(found.map((row) => [row.number, row]))
}
