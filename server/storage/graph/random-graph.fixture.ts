import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { asJson, type Database, rows } from '../database/port.ts'
import { publish } from '../outbox/port.ts'
import type { Kind } from './port.ts'

const kinds: Kind[] = ['contains', 'references', 'mentions', 'related', 'similar']

export interface Edge {
  source: number
  target: number
  kind: Kind
  weight: number
}

/** Numbers between 0 and 1 by a seed. */
export function randomBy(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Few different weights and many pathways between the same atoms, so that ties are common. */
export function randomEdges(random: () => number, atoms: number, count: number): Edge[] {
  const edges = new Map<string, Edge>()
  for (let i = 0; i < count; i++) {
    const source = 1 + Math.floor(random() * atoms)
    const target = 1 + Math.floor(random() * atoms)
    const kind = kinds[Math.floor(random() * kinds.length)] as Kind
    if (source !== target) edges.set(`${source} ${target} ${kind}`, { source, target, kind, weight: Math.ceil(random() * 4) / 4 })
  }
  return [...edges.values()]
}

const domainsOf = (number: number): string[] => [number % 2 ? 'odd' : 'even', ...(number % 3 ? [] : ['third'])]

/** Atoms of the numbers up to `count`, those that come, with pathways in place of the former ones; told to whoever listens. A number is never used twice. @returns ids by number */
export async function writeGraph(database: Database, enterpriseId: string, count: number, edges: readonly Edge[]): Promise<string[]> {
  return database.tenant(enterpriseId, async (tx) => {
    const atoms = Array.from({ length: count }, (_, i) => i + 1).map((number) => ({
      number,
      hash: createHash('sha256').update(`${enterpriseId} ${number}`).digest('hex'),
      domains: domainsOf(number),
    }))
    await tx.execute(sql`insert into knowledge_atoms (enterprise_id, number, content_hash, title, kind, text, semantic_summary, technical_context, relationships, knowledge_domains, source_count)
      select ${enterpriseId}::uuid, a.number, a.hash, 'Atom ' || a.number, 'passage', 'x', 'x', '{"source_id": "00000000-0000-4000-8000-000000000000"}', '{}', a.domains, 1
      from json_to_recordset(${asJson(atoms)}::text::json) as a(number int, hash text, domains varchar(100)[])
      where a.number > coalesce((select max(number) from knowledge_atoms where enterprise_id = ${enterpriseId}), 0)`)
    await tx.execute(sql`delete from pathways where enterprise_id = ${enterpriseId}`)
    await tx.execute(sql`insert into pathways (enterprise_id, source, target, kind, weight, evidence)
      select ${enterpriseId}::uuid, p.source, p.target, p.kind, p.weight, '{}'
      from json_to_recordset(${asJson(edges)}::text::json) as p(source int, target int, kind text, weight real)
      where exists (select from knowledge_atoms where enterprise_id = ${enterpriseId} and number = p.source)
        and exists (select from knowledge_atoms where enterprise_id = ${enterpriseId} and number = p.target)`)
    await publish(tx, enterpriseId, { kind: 'knowledge.changed', atoms: atoms.map(({ number }) => number) })
    const ids = await rows<{ number: number; id: string }>(tx, sql`select number, id from knowledge_atoms where enterprise_id = ${enterpriseId}`)
    const byNumber: string[] = []
    for (const { number, id } of ids) byNumber[number] = id
    return byNumber
  })
}
