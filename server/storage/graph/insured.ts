import type { Database } from '../database/port.ts'
import { outboxPosition, restart } from '../outbox/port.ts'
import type { Neo4jConnection } from './neo4j-connection.ts'
import { readMark } from './neo4j-write.ts'
import { type Drift, type Graph, GraphBehind, type GraphCounts, type KeptGraph } from './port.ts'

interface Stores {
  database: Pick<Database, 'tenant'>
  connection: Neo4jConnection
  neo4j: Graph
  postgres: Graph
}

/** The database alone. */
export const onlyPostgres = (graph: Graph): KeptGraph => ({ ...graph, drift: async () => null, rebuild: async () => false })

function compared(postgres: GraphCounts, neo4j: GraphCounts): Drift['counts'] {
  const names = [...new Set([...Object.keys(postgres), ...Object.keys(neo4j)])]
  return names.map((what) => ({ what, postgres: postgres[what] ?? 0, neo4j: neo4j[what] ?? 0 }))
}

/** Neo4j answers while it holds everything; else, and whenever it fails, the database does. `failed` hears of what is not an outage. */
export function insuredGraph({ database, connection, neo4j, postgres }: Stores, failed: (error: unknown) => void): KeptGraph {
  async function answer<T>(ask: (graph: Graph) => Promise<T>): Promise<T> {
    try {
      return await ask(neo4j)
    } catch (error) {
      if (!(error instanceof GraphBehind) && connection.isUp()) failed(error)
      return ask(postgres)
    }
  }
  return {
    adapter: neo4j.adapter,
    neighbourhood: (...given) => answer((graph) => graph.neighbourhood(...given)),
    heaviest: (...given) => answer((graph) => graph.heaviest(...given)),
    path: (...given) => answer((graph) => graph.path(...given)),
    reach: (...given) => answer((graph) => graph.reach(...given)),
    counts: (...given) => answer((graph) => graph.counts(...given)),
    async drift(enterpriseId) {
      const position = () => database.tenant(enterpriseId, (tx) => outboxPosition(tx, enterpriseId))
      const before = await position()
      const [there, here] = [await postgres.counts(enterpriseId), await neo4j.counts(enterpriseId)]
      const mark = await connection.read((cypher) => readMark(cypher, enterpriseId))
      const after = await position()
      const isCurrent = mark.generation === after?.generation && mark.sequence === after?.sequence
      return {
        isSettled: after !== null && isCurrent && before?.sequence === after.sequence,
        waiting: after ? after.sequence - (mark.generation === after.generation ? (mark.sequence ?? 0) : 0) : 0,
        counts: compared(there, here),
      }
    },
    async rebuild(tx, enterpriseId) {
      await restart(tx, enterpriseId)
      return true
    },
  }
}
