import type { Database } from '../database/port.ts'
import { type OutboxPosition, outboxPosition } from '../outbox/port.ts'
import { type Cypher, integer, type Neo4jConnection } from './neo4j-connection.ts'
import { type Graph, GraphBehind, type GraphCounts, type GraphPart, type GraphScope, type Kind, type Reach, type Step, stepsPerAtom } from './port.ts'
import { byReach } from './postgres.ts'

// Community has one database for all enterprises, so every pattern names the enterprise of every atom in it.

interface Chosen {
  ids: string[]
  truncated: boolean
}

/**
 * Refuses unless Neo4j holds everything that the database did when the call began, for each of some enterprises.
 * @throws GraphBehind
 */
async function mustBeCurrent(cypher: Cypher, positions: ReadonlyMap<string, OutboxPosition>): Promise<void> {
  const found = await cypher<{ id: string; generation: string; sequence: number | null }>(
    'MATCH (e:Enterprise) WHERE e.id IN $ids RETURN e.id AS id, e.generation AS generation, e.sequence AS sequence',
    { ids: [...positions.keys()] },
  )
  for (const [id, { generation, sequence }] of positions) {
    const held = found.find((row) => row.id === id)
    if (held?.generation !== generation || held.sequence === null || held.sequence < sequence) throw new GraphBehind('Neo4j is behind.')
  }
}

async function reachable(cypher: Cypher, scope: GraphScope, start: string, depth: number, budget: number): Promise<Chosen> {
  const seen = new Set([start])
  let frontier = [start]
  for (let level = 0; level < depth && frontier.length > 0; level++) {
    const room = budget - seen.size
    const found = await cypher<{ id: string }>(
      `UNWIND $frontier AS id
       MATCH (:KnowledgeAtom {id: id, enterprise_id: $enterprise})-[r:RELATES_TO]-(b:KnowledgeAtom {enterprise_id: $enterprise})
       WHERE NOT b.id IN $seen AND ($kind IS NULL OR r.kind = $kind) AND ($domain IS NULL OR $domain IN b.domains)
       WITH b, max(r.weight) AS weight ORDER BY weight DESC, b.hash LIMIT $limit
       RETURN b.id AS id`,
      { ...valuesOf(scope), frontier, seen: [...seen], limit: integer(room + 1) },
    )
    frontier = found.slice(0, room).map(({ id }) => id)
    for (const id of frontier) seen.add(id)
    if (found.length > room) return { ids: [...seen], truncated: true }
  }
  return { ids: [...seen], truncated: false }
}

const valuesOf = ({ enterpriseId, kind, domain }: GraphScope) => ({ enterprise: enterpriseId, kind: kind ?? null, domain: domain ?? null })

async function bestConnected(cypher: Cypher, scope: GraphScope, budget: number): Promise<Chosen> {
  // Without a kind Neo4j knows how many there are without looking at them.
  const kind = scope.kind ? '{kind: $kind}' : ''
  const found = await cypher<{ id: string }>(
    `MATCH (a:KnowledgeAtom {enterprise_id: $enterprise}) WHERE $domain IS NULL OR $domain IN a.domains
     WITH a, COUNT { (a)-[:RELATES_TO ${kind}]->() } + COUNT { (a)<-[:RELATES_TO ${kind}]-() } AS degree
     ORDER BY degree DESC, a.hash LIMIT $limit RETURN a.id AS id`,
    { ...valuesOf(scope), limit: integer(budget + 1) },
  )
  return { ids: found.slice(0, budget).map(({ id }) => id), truncated: found.length > budget }
}

async function partOf(cypher: Cypher, scope: GraphScope, { ids, truncated }: Chosen, budget: number): Promise<GraphPart> {
  const atoms = await cypher<{ id: string }>(
    'UNWIND $ids AS id MATCH (a:KnowledgeAtom {id: id, enterprise_id: $enterprise}) RETURN a.id AS id ORDER BY a.hash',
    { ids, enterprise: scope.enterpriseId },
  )
  const limit = stepsPerAtom * budget
  const steps = await cypher<{ from: string; to: string; kind: Kind; weight: number }>(
    `UNWIND $ids AS id
     MATCH (a:KnowledgeAtom {id: id, enterprise_id: $enterprise})-[r:RELATES_TO]->(b:KnowledgeAtom {enterprise_id: $enterprise})
     WHERE b.id IN $ids AND ($kind IS NULL OR r.kind = $kind)
     RETURN a.id AS from, b.id AS to, r.kind AS kind, r.weight AS weight
     ORDER BY r.weight DESC, a.number, b.number, r.kind LIMIT $limit`,
    { ...valuesOf(scope), ids, limit: integer(limit + 1) },
  )
  return { atoms: atoms.map(({ id }) => id), steps: steps.slice(0, limit), truncated: truncated || steps.length > limit }
}

async function isThere(cypher: Cypher, enterpriseId: string, ids: readonly string[]): Promise<boolean> {
  const found = await cypher('UNWIND $ids AS id MATCH (:KnowledgeAtom {id: id, enterprise_id: $enterprise}) RETURN id', {
    ids,
    enterprise: enterpriseId,
  })
  return found.length === ids.length
}

/** Shortest ways between two atoms are few where there are any, since they end where the two searches meet for the first time. */
async function shortestPath(cypher: Cypher, enterpriseId: string, from: string, to: string, most: number): Promise<Step[] | null> {
  if (!(await isThere(cypher, enterpriseId, [from, to]))) return null
  if (from === to) return []
  const [path] = await cypher<{ steps: Step[] }>(
    `MATCH (a:KnowledgeAtom {id: $from, enterprise_id: $enterprise}), (b:KnowledgeAtom {id: $to, enterprise_id: $enterprise})
     MATCH p = allShortestPaths((a)-[:RELATES_TO*..${Math.trunc(most)}]-(b))
     WHERE all(atom IN nodes(p) WHERE atom.enterprise_id = $enterprise)
     WITH nodes(p) AS atoms, relationships(p) AS steps
     ORDER BY reduce(sum = 0, r IN steps | sum + toInteger(round(r.weight * 1000))) DESC, [n IN atoms | n.hash], [r IN steps | r.kind],
       [i IN range(0, size(steps) - 1) | CASE WHEN startNode(steps[i]) = atoms[i] THEN 0 ELSE 1 END]
     LIMIT 1
     RETURN [r IN steps | {from: startNode(r).id, to: endNode(r).id, kind: r.kind, weight: r.weight}] AS steps`,
    { enterprise: enterpriseId, from, to },
  )
  return path?.steps ?? null
}

async function reachOf(cypher: Cypher, ids: readonly string[], tier: string): Promise<Reach[]> {
  const found = await cypher<Reach>(
    `MATCH (e:Enterprise) WHERE e.id IN $ids AND e.tier = $tier
     RETURN e.id AS enterpriseId,
       COUNT { MATCH (e)-[:USES]->(:Agent)-[:PROCESSES]->(a:KnowledgeAtom) WHERE a.enterprise_id = e.id RETURN DISTINCT a } AS atoms,
       [(e)-[:USES]->(g:Agent) | {name: g.name, atoms: COUNT { MATCH (g)-[:PROCESSES]->(a:KnowledgeAtom) WHERE a.enterprise_id = e.id }}] AS agents`,
    { ids, tier },
  )
  for (const { agents } of found) agents.sort((a, b) => (a.name < b.name ? -1 : 1))
  return found.sort(byReach)
}

async function graphCounts(cypher: Cypher, enterpriseId: string): Promise<GraphCounts> {
  const counts: GraphCounts = {}
  const enterprise = { enterprise: enterpriseId }
  const [atoms] = await cypher<{ n: number; numbers: number }>(
    'MATCH (a:KnowledgeAtom {enterprise_id: $enterprise}) RETURN count(a) AS n, coalesce(sum(a.number), 0) AS numbers',
    enterprise,
  )
  counts.atoms = atoms?.n ?? 0
  counts['atoms, sum of their numbers'] = atoms?.numbers ?? 0
  const pathways = await cypher<{ kind: Kind; n: number; weight: number; ends: number }>(
    `MATCH (a:KnowledgeAtom {enterprise_id: $enterprise})-[r:RELATES_TO]->(b:KnowledgeAtom)
     RETURN r.kind AS kind, count(r) AS n, sum(toInteger(round(r.weight * 1000))) AS weight, sum(3 * a.number + b.number) AS ends`,
    enterprise,
  )
  counts.pathways = pathways.reduce((sum, { n }) => sum + n, 0)
  for (const { kind, n, weight, ends } of pathways) {
    counts[`pathways: ${kind}`] = n
    counts[`pathways: ${kind}, sum of weights in thousandths`] = weight
    counts[`pathways: ${kind}, sum of their ends`] = ends
  }
  const [agents] = await cypher<{ uses: number; processes: number }>(
    `RETURN COUNT { (:Enterprise {id: $enterprise})-[:USES]->(:Agent) } AS uses,
       COUNT { (:KnowledgeAtom {enterprise_id: $enterprise})<-[:PROCESSES]-(:Agent) } AS processes`,
    enterprise,
  )
  counts['agents used'] = agents?.uses ?? 0
  counts['atoms processed by agents'] = agents?.processes ?? 0
  return counts
}

/** The graph in Neo4j. Rejects with GraphBehind while it does not hold all that the database does. */
export function neo4jGraph(connection: Neo4jConnection, database: Pick<Database, 'tenant'>): Graph {
  async function current<T>(ids: readonly string[], ask: (cypher: Cypher) => Promise<T>): Promise<T> {
    if (!connection.isUp()) throw new GraphBehind('Neo4j is away.')
    const positions = new Map<string, OutboxPosition>()
    for (const id of ids) {
      const position = await database.tenant(id, (tx) => outboxPosition(tx, id))
      if (!position) throw new GraphBehind('Neo4j is not told of this enterprise yet.')
      positions.set(id, position)
    }
    return connection.read(async (cypher) => {
      await mustBeCurrent(cypher, positions)
      return ask(cypher)
    })
  }
  return {
    adapter: 'neo4j',
    neighbourhood: (scope, atom, depth, budget) =>
      current([scope.enterpriseId], async (cypher) => {
        if (!(await isThere(cypher, scope.enterpriseId, [atom]))) return null
        return partOf(cypher, scope, await reachable(cypher, scope, atom, depth, budget), budget)
      }),
    heaviest: (scope, budget) =>
      current([scope.enterpriseId], async (cypher) => partOf(cypher, scope, await bestConnected(cypher, scope, budget), budget)),
    path: (enterpriseId, from, to, most) => current([enterpriseId], (cypher) => shortestPath(cypher, enterpriseId, from, to, most)),
    reach: (enterpriseIds, tier) => current(enterpriseIds, (cypher) => reachOf(cypher, enterpriseIds, tier)),
    // Also of what is not current: it is how one finds out.
    counts: (enterpriseId) => connection.read((cypher) => graphCounts(cypher, enterpriseId)),
  }
}
