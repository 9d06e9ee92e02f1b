import { noInput, operation } from '../../gateway/operation.ts'
import { graphRebuild } from '../contract.ts'

export const rebuildGraph = operation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'row', state: 'event' })
  .route({
    method: 'POST',
    path: '/v1/neural/graph/rebuild',
    summary: 'Build the graph in Neo4j anew from the database; the database answers meanwhile',
    tags: ['neural'],
  })
  .input(noInput)
  .output(graphRebuild)
  .handler(async ({ context: { tx, services, caller, audit } }) => {
    const started = await services.graph.rebuild(tx, caller.enterpriseId)
    audit({ target: caller.enterpriseId, detail: { started } })
    return { started }
  })
