import { sql } from 'drizzle-orm'
import { type Database, keepPlans, rows, type Transaction } from '../../storage/database/port.ts'
import type { Passage } from '../answering/passage.ts'
import { numbered } from '../knowledge/stored.ts'
import type { IndexView, LexicalIndex } from '../lexical/lexical-index.ts'
import { type PublishedModel, type Ranked, rank } from '../ranking/rank.ts'
import type { VectorIndex } from '../vectors/search.ts'

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
  /** The words of the knowledge that it saw. */
  view: IndexView
}

/** A question's vector and where to search with it. */
export interface QuestionMeaning {
  index: VectorIndex
  model: string
  vector: Float32Array
}

/** Vectors that are looked at beside the atoms that the words find. */
const nearestAtoms = 100

interface RetrievalRequest {
  question: string
  mode: 'standard' | 'advanced' | 'enterprise'
  limit: number
  nodes: number
  model: PublishedModel
  meaning?: QuestionMeaning | null
}

/** Ranks atoms for a question and reads their words, in one transaction. */
export const retrieve = (database: Database, index: LexicalIndex, enterpriseId: string, request: RetrievalRequest): Promise<Retrieval> =>
  database.read(enterpriseId, (tx) => retrieveIn(tx, index, enterpriseId, request), { keepPlans: !request.meaning })

async function retrieveIn(tx: Transaction, index: LexicalIndex, enterpriseId: string, request: RetrievalRequest): Promise<Retrieval> {
  const { meaning } = request
  const near = meaning ? await meaning.index.search(tx, enterpriseId, meaning.model, meaning.vector, nearestAtoms + 1) : []
  // A server plans a search by vectors for the very numbers; all the rest are look-ups.
  if (meaning) await keepPlans(tx)
  const view = await index.view(tx, enterpriseId)
  const ranked = await rank(tx, view, enterpriseId, {
    question: request.question,
    mode: request.mode,
    limit: request.limit,
    budget: { nodes: request.nodes },
    model: request.model,
    near,
  })
  const atoms = await readAtoms(
    tx,
    enterpriseId,
    ranked.map((hit) => hit.number),
  )
  const passages = ranked.flatMap(({ number, score, via }): Passage[] => {
    const atom = atoms.get(number)
    if (!atom) return []
    return [
      {
        atomId: atom.id,
        number,
        title: atom.title,
        text: atom.text,
        score,
        sourceId: atom.source_id,
        sourceTitle: atom.source_title,
        start: atom.start,
        via,
      },
    ]
  })
  return { passages, ranked, view }
}

/** The canonical occurrence of each atom: its text is exactly that span of the source's stored text. */
export async function readAtoms(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<Map<number, AtomRow>> {
  const found = await rows<AtomRow>(
    tx,
    // One look-up by key an atom, whatever the statistics: a plain join was seen to scan the whole enterprise (140 ms instead of 3).
    sql`select a.number, a.id, a.title, a.text, a.source_id, a.start, (select s.title from sources s where s.id = a.source_id::uuid) as source_title
        from ${numbered(new Set(numbers))} cross join lateral (
          select k.number, k.id, k.title, k.text, k.technical_context->>'source_id' as source_id, (k.technical_context->>'start')::int as start
          from knowledge_atoms k where k.enterprise_id = ${enterpriseId} and k.number = n.number limit 1
        ) a`,
  )
  return new Map(found.map((row) => [row.number, row]))
}
