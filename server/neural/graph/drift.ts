import { longOperation, noInput } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { graphDrift } from '../contract.ts'

export const getGraphDrift = longOperation
  .meta({ permission: 'learning.read', limit: 'default', audit: 'none', list: 'counts' })
  .route({
    method: 'GET',
    path: '/v1/neural/graph/drift',
    summary: 'Whether the database and Neo4j hold the same graph, counted on both sides',
    tags: ['neural'],
  })
  .input(noInput)
  .output(graphDrift)
  .handler(async ({ context: { services, caller } }) => {
    const { adapter } = services.graph
    const drift = await services.graph.drift(caller.enterpriseId).catch(() => {
      throw problem('unavailable', 'Neo4j is away, so there is nothing to compare with. The database answers.')
    })
    if (!drift) return { adapter, agrees: null, waiting: 0, counts: [] }
    return {
      adapter,
      agrees: drift.isSettled && drift.counts.every((row) => row.postgres === row.neo4j),
      waiting: drift.waiting,
      counts: drift.counts,
    }
  })
