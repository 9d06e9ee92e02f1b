import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../database/port.ts'
import type { Kind } from './port.ts'

/** Some atoms of an enterprise as they stand in the database, with the pathways that leave them and the agents that worked with them. */
export interface PresentState {
  tier: string
  /** Every agent that the enterprise uses. */
  uses: string[]
  atoms: { id: string; number: number; hash: string; domains: string[] }[]
  /** Numbers that were asked for and have no atom. */
  gone: number[]
  steps: { from: string; to: string; toNumber: number; kind: Kind; weight: number }[]
  processed: { atom: string; agent: string }[]
}

const numbered = (numbers: readonly number[]) => sql`unnest(${`{${numbers.join(',')}}`}::text::int[]) as n(number)`

export async function presentState(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<PresentState> {
  const [enterprise] = await rows<{ tier: string; uses: string[] }>(
    tx,
    sql`select tier::text, (select coalesce(json_agg(agent), '[]') from agent_uses where enterprise_id = ${enterpriseId}) as uses
      from enterprises where id = ${enterpriseId}`,
  )
  const atoms = await rows<PresentState['atoms'][number]>(
    tx,
    sql`select a.id, a.number, a.content_hash as hash, a.knowledge_domains as domains from ${numbered(numbers)}
      cross join lateral (select * from knowledge_atoms where enterprise_id = ${enterpriseId} and number = n.number offset 0) a`,
  )
  const there = new Map(atoms.map(({ id, number }) => [number, id]))
  const steps = await rows<{ source: number; target: number; to: string; kind: Kind; weight: number }>(
    tx,
    sql`select p.source, p.target, p.kind, p.weight, a.id as to from ${numbered(numbers)}
      cross join lateral (select source, target, kind, weight from pathways where enterprise_id = ${enterpriseId} and source = n.number offset 0) p
      cross join lateral (select id from knowledge_atoms where enterprise_id = ${enterpriseId} and number = p.target offset 0) a`,
  )
  const processed = await rows<{ atom: number; agent: string }>(
    tx,
    sql`select p.atom, p.agent from ${numbered(numbers)}
      cross join lateral (select atom, agent from agent_atoms where enterprise_id = ${enterpriseId} and atom = n.number offset 0) p`,
  )
  return {
    tier: enterprise?.tier ?? '',
    uses: enterprise?.uses ?? [],
    atoms,
    gone: numbers.filter((number) => !there.has(number)),
    steps: steps.flatMap(({ source, target, to, kind, weight }) => {
      const from = there.get(source)
      return from ? [{ from, to, toNumber: target, kind, weight }] : []
    }),
    processed: processed.flatMap(({ atom, agent }) => {
      const id = there.get(atom)
      return id ? [{ atom: id, agent }] : []
    }),
  }
}

/** The next atoms in the order of their numbers. */
export async function numbersAfter(tx: Transaction, enterpriseId: string, after: number, most: number): Promise<number[]> {
  const found = await rows<{ number: number }>(
    tx,
    sql`select number from knowledge_atoms where enterprise_id = ${enterpriseId} and number > ${after} order by number limit ${most}`,
  )
  return found.map(({ number }) => number)
}
