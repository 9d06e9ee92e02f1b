import { asc, count, sql } from 'drizzle-orm'
import { rows, type Transaction } from '../../storage/database/port.ts'
import { numbered } from '../knowledge/stored.ts'
import { pseudoQuestions } from '../ranking/pseudo-questions.ts'
import { judgedQuestions, knowledgeAtoms } from '../tables.ts'

/** The most questions of a judged set: more cost time and tell little more. */
const mostQuestions = 200
/** One question for so many atoms in a small workspace. */
const atomsAQuestion = 4
const seed = 20_252

export interface JudgedQuestion {
  question: string
  relevant: number[]
}

/**
 * The frozen judged set: what a model must not get worse on. A question stays as it was made; it is left out once none of its atoms is
 * there any more. Questions are added, never changed, while the workspace has outgrown the set.
 */
export async function judgedSet(tx: Transaction, enterpriseId: string): Promise<JudgedQuestion[]> {
  const [atoms] = await tx.select({ n: count() }).from(knowledgeAtoms)
  const wanted = Math.min(mostQuestions, Math.floor((atoms?.n ?? 0) / atomsAQuestion))
  const kept = await standing(tx, enterpriseId)
  if (kept.length * 2 >= wanted) return kept
  const asked = new Set(kept.map(({ question }) => question))
  const fresh = (await pseudoQuestions(tx, enterpriseId, { seed: seed + kept.length, count: wanted }))
    .filter(({ question }) => !asked.has(question))
    .slice(0, wanted - kept.length)
  if (fresh.length === 0) return kept
  await tx.insert(judgedQuestions).values(fresh.map(({ question, origin, relevant }) => ({ enterpriseId, question, origin, relevant })))
  return standing(tx, enterpriseId)
}

async function standing(tx: Transaction, enterpriseId: string): Promise<JudgedQuestion[]> {
  const stored = await tx.select().from(judgedQuestions).orderBy(asc(judgedQuestions.question))
  const numbers = [...new Set(stored.flatMap(({ relevant }) => relevant))]
  const there = await rows<{ number: number }>(
    tx,
    sql`select a.number from ${numbered(numbers)} cross join lateral (
        select number from knowledge_atoms where enterprise_id = ${enterpriseId} and number = n.number offset 0
      ) a`,
  )
  const alive = new Set(there.map(({ number }) => number))
  return stored
    .map(({ question, relevant }) => ({ question, relevant: relevant.filter((number) => alive.has(number)) }))
    .filter(({ relevant }) => relevant.length > 0)
}
