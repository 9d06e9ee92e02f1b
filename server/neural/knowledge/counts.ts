import { sql } from 'drizzle-orm'
import { rows, type Transaction } from '../../storage/database/port.ts'
import { type PathwayKind, pathwayKinds } from '../tables.ts'
import { identified } from './stored.ts'

export interface KnowledgeCounts {
  atoms: number
  pathways: number
  pathways_by_kind: Record<PathwayKind, number>
  /** Most frequent first. */
  domains: { name: string; atoms: number }[]
}

/** What an enterprise knows, counted in the database. */
export async function knowledgeCounts(tx: Transaction, enterpriseId: string): Promise<KnowledgeCounts> {
  const [atoms] = await rows<{ n: number }>(tx, sql`select count(*)::int as n from knowledge_atoms where enterprise_id = ${enterpriseId}`)
  const kinds = await rows<{ kind: PathwayKind; n: number }>(
    tx,
    sql`select kind, count(*)::int as n from pathways where enterprise_id = ${enterpriseId} group by kind`,
  )
  const domains = await rows<{ name: string; atoms: number }>(
    tx,
    sql`select d.name, count(*)::int as atoms from knowledge_atoms a cross join lateral unnest(a.knowledge_domains) as d(name)
      where a.enterprise_id = ${enterpriseId} group by d.name order by atoms desc, d.name`,
  )
  const byKind = Object.fromEntries(pathwayKinds.map((kind) => [kind, kinds.find((row) => row.kind === kind)?.n ?? 0])) as Record<PathwayKind, number>
  return { atoms: atoms?.n ?? 0, pathways: kinds.reduce((sum, { n }) => sum + n, 0), pathways_by_kind: byKind, domains }
}

/** For sources: how many different atoms stand in each, and how many pathways leave those atoms. Sources without atoms have 0 and 0. */
export async function sourceCounts(
  tx: Transaction,
  enterpriseId: string,
  sourceIds: readonly string[],
): Promise<Map<string, { atoms: number; pathways: number }>> {
  const counts = new Map(sourceIds.map((id) => [id, { atoms: 0, pathways: 0 }]))
  if (counts.size === 0) return counts
  const found = await rows<{ id: string; atoms: number; pathways: number }>(
    tx,
    sql`with members as materialized (
        select distinct o.source_id, o.atom from ${identified(counts.keys())} cross join lateral (
          select source_id, atom from occurrences where enterprise_id = ${enterpriseId} and source_id = s.id and ordinal >= 0 offset 0
        ) o
      )
      select m.source_id as id, count(*)::int as atoms,
        coalesce(sum((select count(*) from pathways p where p.enterprise_id = ${enterpriseId} and p.source = m.atom)), 0)::int as pathways
      from members m group by m.source_id`,
  )
  for (const { id, atoms, pathways } of found) counts.set(id, { atoms, pathways })
  return counts
}
