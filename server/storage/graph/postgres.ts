import { type SQL, sql } from 'drizzle-orm'
import { type Database, rows, type Transaction } from '../database/port.ts'
import { type Graph, type GraphCounts, type GraphPart, type GraphScope, type Kind, type Reach, type Step, stepsPerAtom } from './port.ts'
import { shortestPath } from './shortest-path.ts'

const numbersList = (numbers: Iterable<number>): SQL => sql`(select n.number from unnest(${`{${[...numbers].join(',')}}`}::text::int[]) as n(number))`
const kindIs = ({ kind }: GraphScope): SQL => (kind ? sql`and kind = ${kind}` : sql``)
const domainIs = ({ domain }: GraphScope): SQL => (domain ? sql`and ${domain} = any(a.knowledge_domains)` : sql``)

interface Chosen {
  numbers: number[]
  truncated: boolean
}

export async function numberOf(tx: Transaction, enterpriseId: string, atom: string): Promise<number | undefined> {
  const [row] = await rows<{ number: number }>(tx, sql`select number from knowledge_atoms where enterprise_id = ${enterpriseId} and id = ${atom}`)
  return row?.number
}

async function reachable(tx: Transaction, scope: GraphScope, start: number, depth: number, budget: number): Promise<Chosen> {
  const seen = new Set([start])
  let frontier = [start]
  for (let level = 0; level < depth && frontier.length > 0; level++) {
    const room = budget - seen.size
    const found = await rows<{ number: number }>(
      tx,
      sql`select e.other as number from (
            select target as other, weight from pathways where enterprise_id = ${scope.enterpriseId} and source in ${numbersList(frontier)} ${kindIs(scope)}
            union all
            select source as other, weight from pathways where enterprise_id = ${scope.enterpriseId} and target in ${numbersList(frontier)} ${kindIs(scope)}
          ) e join knowledge_atoms a on a.enterprise_id = ${scope.enterpriseId} and a.number = e.other
          where e.other not in ${numbersList(seen)} ${domainIs(scope)}
          group by e.other, a.content_hash order by max(e.weight) desc, a.content_hash limit ${room + 1}`,
    )
    frontier = found.slice(0, room).map((row) => row.number)
    for (const number of frontier) seen.add(number)
    if (found.length > room) return { numbers: [...seen], truncated: true }
  }
  return { numbers: [...seen], truncated: false }
}

async function bestConnected(tx: Transaction, scope: GraphScope, budget: number): Promise<Chosen> {
  const found = await rows<{ number: number }>(
    tx,
    sql`select a.number from knowledge_atoms a left join (
          select number, count(*) as n from (
            select source as number from pathways where enterprise_id = ${scope.enterpriseId} ${kindIs(scope)}
            union all select target from pathways where enterprise_id = ${scope.enterpriseId} ${kindIs(scope)}
          ) e group by number
        ) d on d.number = a.number
        where a.enterprise_id = ${scope.enterpriseId} ${domainIs(scope)}
        order by coalesce(d.n, 0) desc, a.content_hash limit ${budget + 1}`,
  )
  return { numbers: found.slice(0, budget).map((row) => row.number), truncated: found.length > budget }
}

/** The chosen atoms and the heaviest pathways among them. */
async function partOf(tx: Transaction, scope: GraphScope, { numbers, truncated }: Chosen, budget: number): Promise<GraphPart> {
  const list = numbersList(numbers)
  const atoms = await rows<{ id: string; number: number }>(
    tx,
    sql`select id, number from knowledge_atoms where enterprise_id = ${scope.enterpriseId} and number in ${list} order by content_hash`,
  )
  const limit = stepsPerAtom * budget
  const found = await rows<{ source: number; target: number; kind: Kind; weight: number }>(
    tx,
    sql`select source, target, kind, weight from pathways where enterprise_id = ${scope.enterpriseId} and source in ${list} and target in ${list} ${kindIs(scope)}
        order by weight desc, source, target, kind limit ${limit + 1}`,
  )
  const ids = new Map(atoms.map(({ id, number }) => [number, id]))
  const steps = found.slice(0, limit).flatMap(({ source, target, kind, weight }): Step[] => {
    const [from, to] = [ids.get(source), ids.get(target)]
    return from && to ? [{ from, to, kind, weight }] : []
  })
  return { atoms: atoms.map(({ id }) => id), steps, truncated: truncated || found.length > limit }
}

async function reachOf(tx: Transaction, enterpriseId: string, tier: string): Promise<Reach | null> {
  const [is] = await rows(tx, sql`select 1 from enterprises where id = ${enterpriseId} and tier::text = ${tier}`)
  if (!is) return null
  const agents = await rows<{ name: string; atoms: number }>(
    tx,
    sql`select u.agent as name, count(p.atom)::int as atoms from agent_uses u
      left join agent_atoms p on p.enterprise_id = ${enterpriseId} and p.agent = u.agent
      where u.enterprise_id = ${enterpriseId} group by u.agent order by u.agent collate "C"`,
  )
  const [all] = await rows<{ n: number }>(
    tx,
    sql`select count(distinct p.atom)::int as n from agent_atoms p join agent_uses u on u.enterprise_id = ${enterpriseId} and u.agent = p.agent
      where p.enterprise_id = ${enterpriseId}`,
  )
  return { enterpriseId, atoms: all?.n ?? 0, agents }
}

export const byReach = (a: Reach, b: Reach): number => b.atoms - a.atoms || (a.enterpriseId < b.enterpriseId ? -1 : 1)

/** The graph as it stands in the tables: the truth, and what answers where there is no Neo4j. */
export function postgresGraph(database: Pick<Database, 'read'>): Graph {
  return {
    adapter: 'postgres',
    neighbourhood: (scope, atom, depth, budget) =>
      database.read(scope.enterpriseId, async (tx) => {
        const start = await numberOf(tx, scope.enterpriseId, atom)
        return start === undefined ? null : partOf(tx, scope, await reachable(tx, scope, start, depth, budget), budget)
      }),
    heaviest: (scope, budget) => database.read(scope.enterpriseId, async (tx) => partOf(tx, scope, await bestConnected(tx, scope, budget), budget)),
    path: (enterpriseId, from, to, most) => database.read(enterpriseId, (tx) => shortestPath(tx, enterpriseId, from, to, most)),
    async reach(enterpriseIds, tier) {
      const found: Reach[] = []
      for (const id of enterpriseIds) {
        const reach = await database.read(id, (tx) => reachOf(tx, id, tier))
        if (reach) found.push(reach)
      }
      return found.sort(byReach)
    },
    counts: (enterpriseId) => database.read(enterpriseId, (tx) => graphCounts(tx, enterpriseId)),
  }
}

/** Counts, and sums that differ when something is there but not the same; see `GraphCounts`. */
async function graphCounts(tx: Transaction, enterpriseId: string): Promise<GraphCounts> {
  const counts: GraphCounts = {}
  const [atoms] = await rows<{ n: number; numbers: string }>(
    tx,
    sql`select count(*)::int as n, coalesce(sum(number), 0)::text as numbers from knowledge_atoms where enterprise_id = ${enterpriseId}`,
  )
  counts.atoms = atoms?.n ?? 0
  counts['atoms, sum of their numbers'] = Number(atoms?.numbers ?? 0)
  const pathways = await rows<{ kind: Kind; n: number; weight: string; ends: string }>(
    tx,
    sql`select kind, count(*)::int as n, sum(round((weight * 1000)::numeric))::text as weight, sum(3 * source::bigint + target)::text as ends
      from pathways where enterprise_id = ${enterpriseId} group by kind`,
  )
  counts.pathways = pathways.reduce((sum, { n }) => sum + n, 0)
  for (const { kind, n, weight, ends } of pathways) {
    counts[`pathways: ${kind}`] = n
    counts[`pathways: ${kind}, sum of weights in thousandths`] = Number(weight)
    counts[`pathways: ${kind}, sum of their ends`] = Number(ends)
  }
  const [agents] = await rows<{ uses: number; processes: number }>(
    tx,
    sql`select (select count(*)::int from agent_uses where enterprise_id = ${enterpriseId}) as uses,
      (select count(*)::int from agent_atoms where enterprise_id = ${enterpriseId}) as processes`,
  )
  counts['agents used'] = agents?.uses ?? 0
  counts['atoms processed by agents'] = agents?.processes ?? 0
  return counts
}
