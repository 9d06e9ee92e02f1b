import { sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../../storage/database/port.ts'
import type { PathwayKind } from '../tables.ts'

export interface Edge {
  source: number
  target: number
  kind: PathwayKind
  weight: number
}

export interface Seed {
  number: number
  title: string
  edges: Edge[]
}

/** More edges of one kind than this into an atom say nothing about any of them: they are left out as a whole, so no order decides. */
const mostIncoming = 64
/** A title that more atoms bear is told apart by nothing. */
const mostBearersRead = 64

// Look-ups go key by key through lateral subqueries with a limit: a planner without statistics, as in a database that was just
// filled, else scans the whole enterprise for an array of keys.

/** Which atoms bear which of the title keys, at most 64 a key. */
export async function atomsByTitle(tx: Transaction, enterpriseId: string, keys: readonly string[]): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>()
  if (keys.length === 0) return found
  const list = await rows<{ title_key: string; atom: number }>(
    tx,
    sql`select k.key as title_key, o.atom from json_array_elements_text(${asJson(keys)}::text::json) as k(key)
      cross join lateral (select atom from occurrences where enterprise_id = ${enterpriseId} and title_key = k.key limit ${mostBearersRead}) as o`,
  )
  for (const { title_key, atom } of list) {
    const atoms = found.get(title_key)
    if (!atoms) found.set(title_key, [atom])
    else if (!atoms.includes(atom)) atoms.push(atom)
  }
  return found
}

export async function contentHashes(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map()
  const list = await rows<{ number: number; content_hash: string }>(
    tx,
    sql`select a.number, a.content_hash from json_array_elements_text(${asJson(numbers)}::text::json) as n(number)
      cross join lateral (select number, content_hash from knowledge_atoms where enterprise_id = ${enterpriseId} and number = n.number::int limit 1) as a`,
  )
  return new Map(list.map((row) => [row.number, row.content_hash]))
}

export async function readTexts(
  tx: Transaction,
  enterpriseId: string,
  numbers: readonly number[],
): Promise<{ number: number; title: string; text: string }[]> {
  if (numbers.length === 0) return []
  return rows(
    tx,
    sql`select a.number, a.title, a.text from json_array_elements_text(${asJson(numbers)}::text::json) as n(number)
      cross join lateral (select number, title, text from knowledge_atoms where enterprise_id = ${enterpriseId} and number = n.number::int limit 1) as a`,
  )
}

/**
 * Atoms to hop from: their titles, the edges that leave them, and the edges other than mentions that enter them (who mentions an
 * atom is a question to the lexical index).
 */
export async function readSeeds(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<Seed[]> {
  if (numbers.length === 0) return []
  const list = await rows<{ number: number; title: string; leaving: EdgeRow[] | null; entering: EdgeRow[] | null }>(
    tx,
    sql`select a.number, a.title,
        (select json_agg(json_build_array(p.target, p.kind, p.weight)) from pathways p where p.enterprise_id = ${enterpriseId} and p.source = a.number) as leaving,
        (select json_agg(json_build_array(e.source, e.kind, e.weight)) from (
          select source, kind, weight from pathways where enterprise_id = ${enterpriseId} and target = a.number and kind <> 'mentions' limit ${mostIncoming + 1}
        ) as e) as entering
      from json_array_elements_text(${asJson(numbers)}::text::json) as n(number)
      cross join lateral (select number, title from knowledge_atoms where enterprise_id = ${enterpriseId} and number = n.number::int limit 1) as a`,
  )
  return list.map(({ number, title, leaving, entering }) => {
    const out = (leaving ?? []).map(([target, kind, weight]) => ({ source: number, target, kind, weight }))
    const into = (entering ?? []).map(([source, kind, weight]) => ({ source, target: number, kind, weight }))
    return { number, title, edges: [...out, ...(into.length > mostIncoming ? [] : into)] }
  })
}

type EdgeRow = [other: number, kind: PathwayKind, weight: number]
