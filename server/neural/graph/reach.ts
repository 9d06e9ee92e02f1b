import { longOperation } from '../../gateway/operation.ts'
import { reachInput, reach as reachSchema } from '../contract.ts'

export const getGraphReach = longOperation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/neural/graph/reach',
    summary: 'Which enterprises of a tier reach how many atoms through their agents; of others than its own nobody learns anything',
    tags: ['neural'],
  })
  .input(reachInput)
  .output(reachSchema)
  .handler(async ({ input, context: { services, caller } }) => {
    const found = await services.graph.reach([caller.enterpriseId], input.tier)
    return { items: found.map(({ enterpriseId, atoms, agents }) => ({ enterprise_id: enterpriseId, name: caller.enterpriseName, atoms, agents })) }
  })
