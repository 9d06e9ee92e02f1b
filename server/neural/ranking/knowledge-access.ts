import { sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../../storage/database/port.ts'
import type { PathwayKind } from '../tables.ts'

export interface Edge {
  source: number
  target: number
  kind: PathwayKind
  weight: number
}

export interface AtomText {
  number: number
  title: string
  text: string
  contentHash: string
}

/** More edges of one kind than this into an atom say nothing about any of them: they are left out as a whole, so no order decides. */
const mostIncoming = 128

/** Which atoms bear which of the title keys. */
export async function atomsByTitle(tx: Transaction, enterpriseId: string, keys: readonly string[]): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>()
  if (keys.length === 0) return found
  const list = await rows<{ title_key: string; atom: number }>(
    tx,
    sql`select distinct title_key, atom from occurrences
      where enterprise_id = ${enterpriseId} and title_key = any(array(select json_array_elements_text(${asJson(keys)}::text::json)))`,
  )
  for (const { title_key, atom } of list) found.set(title_key, [...(found.get(title_key) ?? []), atom])
  return found
}

export async function contentHashes(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map()
  const list = await rows<{ number: number; content_hash: string }>(
    tx,
    sql`select number, content_hash from knowledge_atoms
      where enterprise_id = ${enterpriseId} and number = any(array(select json_array_elements_text(${asJson(numbers)}::text::json)::int))`,
  )
  return new Map(list.map((row) => [row.number, row.content_hash]))
}

export async function atomTexts(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<Map<number, AtomText>> {
  if (numbers.length === 0) return new Map()
  const list = await rows<{ number: number; title: string; text: string; content_hash: string }>(
    tx,
    sql`select number, title, text, content_hash from knowledge_atoms
      where enterprise_id = ${enterpriseId} and number = any(array(select json_array_elements_text(${asJson(numbers)}::text::json)::int))`,
  )
  return new Map(list.map((row) => [row.number, { number: row.number, title: row.title, text: row.text, contentHash: row.content_hash }]))
}

/** Edges that leave the atoms, and edges other than mentions that enter them (who mentions an atom is a question to the index). */
export async function edgesOf(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<Edge[]> {
  if (numbers.length === 0) return []
  const list = await rows<Edge>(
    tx,
    sql`select source, target, kind, weight from pathways
        where enterprise_id = ${enterpriseId} and source = any(array(select json_array_elements_text(${asJson(numbers)}::text::json)::int))
      union all
      select e.source, e.target, e.kind, e.weight from json_array_elements_text(${asJson(numbers)}::text::json) as s(number)
        cross join lateral (
          select source, target, kind, weight from pathways
          where enterprise_id = ${enterpriseId} and target = s.number::int and kind <> 'mentions' limit ${mostIncoming + 1}
        ) as e`,
  )
  const incoming = new Map<number, number>()
  const asked = new Set(numbers)
  for (const edge of list) if (asked.has(edge.target)) incoming.set(edge.target, (incoming.get(edge.target) ?? 0) + 1)
  return list.filter((edge) => asked.has(edge.source) || (incoming.get(edge.target) ?? 0) <= mostIncoming)
}
