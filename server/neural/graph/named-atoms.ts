import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../../storage/database/port.ts'
import { identified } from '../knowledge/stored.ts'

interface NamedAtom {
  id: string
  title: string
  kind: string
  domains: string[]
}

/** What people read of some atoms. The graph knows ids only; those that are no longer there are absent. */
export async function namedAtoms(tx: Transaction, enterpriseId: string, ids: readonly string[]): Promise<Map<string, NamedAtom>> {
  const found = await rows<NamedAtom>(
    tx,
    sql`select a.id, a.title, a.kind, a.knowledge_domains as domains from ${identified(ids)} cross join lateral (
        select id, title, kind, knowledge_domains from knowledge_atoms where enterprise_id = ${enterpriseId} and id = s.id offset 0
      ) a`,
  )
  return new Map(found.map((atom) => [atom.id, atom]))
}
