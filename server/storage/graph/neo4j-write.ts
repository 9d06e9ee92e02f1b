import { type Cypher, integer } from './neo4j-connection.ts'
import type { PresentState } from './present-state.ts'

/**
 * How far Neo4j has come with an enterprise. It stands on the node of the enterprise and moves in the transaction that moves the graph, so it
 * tells the truth whatever was killed.
 */
export interface Mark {
  generation: string | null
  /** Every event up to here is in the graph; null while it is being rebuilt. */
  sequence: number | null
  /** Who rebuilds. */
  builder: string | null
}

/** Somebody else has written meanwhile: what was read to be written may be old. Nothing of it is kept. */
export class Overtaken extends Error {}

const atomsAtOnce = 2_000

export async function readMark(cypher: Cypher, enterpriseId: string): Promise<Mark> {
  const [mark] = await cypher<Mark>(
    'MATCH (e:Enterprise {id: $enterprise}) RETURN e.generation AS generation, e.sequence AS sequence, e.builder AS builder',
    { enterprise: enterpriseId },
  )
  return mark ?? { generation: null, sequence: null, builder: null }
}

/**
 * Locks the enterprise's node until the transaction ends, and refuses when it does not stand where the caller has seen it.
 * @throws Overtaken
 */
async function lockAt(cypher: Cypher, enterpriseId: string, expected: Mark): Promise<void> {
  // Writing takes the lock; only what is read after it is sure.
  await cypher('MATCH (e:Enterprise {id: $enterprise}) SET e.locked = true', { enterprise: enterpriseId })
  const mark = await readMark(cypher, enterpriseId)
  if (mark.generation !== expected.generation || mark.sequence !== expected.sequence || mark.builder !== expected.builder)
    throw new Overtaken('Another sender has written to Neo4j.')
}

/** Brings some atoms to what they are in the database; `sequence` when it is all of the events up to there. Writing it again changes nothing. */
export async function writeState(cypher: Cypher, enterpriseId: string, expected: Mark, state: PresentState, sequence: number | null): Promise<void> {
  await lockAt(cypher, enterpriseId, expected)
  const enterprise = enterpriseId
  const ids = state.atoms.map(({ id }) => id)
  await cypher('UNWIND $gone AS number MATCH (a:KnowledgeAtom {enterprise_id: $enterprise, number: number}) DETACH DELETE a', {
    enterprise,
    gone: state.gone.map(integer),
  })
  await cypher(
    `UNWIND $atoms AS row MERGE (a:KnowledgeAtom {id: row.id})
     SET a.enterprise_id = $enterprise, a.number = row.number, a.hash = row.hash, a.domains = row.domains`,
    { enterprise, atoms: state.atoms.map((atom) => ({ ...atom, number: integer(atom.number) })) },
  )
  await cypher('UNWIND $ids AS id MATCH (:KnowledgeAtom {id: id})-[r:RELATES_TO]->() DELETE r', { ids })
  await cypher('UNWIND $ids AS id MATCH (:KnowledgeAtom {id: id})<-[r:PROCESSES]-() DELETE r', { ids })
  // An atom that comes later in the same order gets the rest of what it has then.
  await cypher(
    `UNWIND $steps AS row MATCH (a:KnowledgeAtom {id: row.from})
     MERGE (b:KnowledgeAtom {id: row.to}) ON CREATE SET b.enterprise_id = $enterprise, b.number = row.toNumber
     CREATE (a)-[:RELATES_TO {kind: row.kind, weight: row.weight}]->(b)`,
    { enterprise, steps: state.steps.map((step) => ({ ...step, toNumber: integer(step.toNumber) })) },
  )
  await cypher('UNWIND $uses AS name MERGE (:Agent {name: name})', { uses: state.uses })
  await cypher('UNWIND $processed AS row MATCH (g:Agent {name: row.agent}), (a:KnowledgeAtom {id: row.atom}) CREATE (g)-[:PROCESSES]->(a)', {
    processed: state.processed,
  })
  await cypher('MATCH (e:Enterprise {id: $enterprise}) SET e.tier = $tier', { enterprise, tier: state.tier })
  await cypher('MATCH (e:Enterprise {id: $enterprise})-[r:USES]->(g:Agent) WHERE NOT g.name IN $uses DELETE r', { enterprise, uses: state.uses })
  await cypher('MATCH (e:Enterprise {id: $enterprise}) UNWIND $uses AS name MATCH (g:Agent {name: name}) MERGE (e)-[:USES]->(g)', {
    enterprise,
    uses: state.uses,
  })
  if (sequence !== null)
    await cypher('MATCH (e:Enterprise {id: $enterprise}) SET e.sequence = $sequence, e.builder = null', { enterprise, sequence: integer(sequence) })
}

/** Begins a rebuild: what another one was building is no longer expected by anybody. */
export async function beginRebuild(cypher: Cypher, enterpriseId: string, generation: string, builder: string): Promise<Mark> {
  await cypher('MERGE (e:Enterprise {id: $enterprise}) SET e.generation = $generation, e.sequence = null, e.builder = $builder', {
    enterprise: enterpriseId,
    generation,
    builder,
  })
  return { generation, sequence: null, builder }
}

/** Takes away some of an enterprise's atoms. @returns how many; 0 when none is left */
export async function clearSome(cypher: Cypher, enterpriseId: string, expected: Mark): Promise<number> {
  await lockAt(cypher, enterpriseId, expected)
  const [gone] = await cypher<{ n: number }>(
    'MATCH (a:KnowledgeAtom {enterprise_id: $enterprise}) WITH a LIMIT $most DETACH DELETE a RETURN count(*) AS n',
    { enterprise: enterpriseId, most: integer(atomsAtOnce) },
  )
  return gone?.n ?? 0
}
