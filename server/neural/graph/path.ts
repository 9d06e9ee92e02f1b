import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { graphPath, pathInput } from '../contract.ts'
import { namedAtoms } from './named-atoms.ts'

export const getGraphPath = longOperation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/neural/graph/path',
    summary: 'The shortest way from one atom to another over pathways of either direction, the strongest among the shortest',
    tags: ['neural'],
  })
  .input(pathInput)
  .output(graphPath)
  .handler(async ({ input, context: { services, caller, read } }) => {
    const steps = await services.graph.path(caller.enterpriseId, input.from, input.to, input.most)
    const ids = [input.from]
    for (const { from, to } of steps ?? []) ids.push(from === ids.at(-1) ? to : from)
    if (ids.length === 1) ids.push(input.to)
    const named = await read((tx) => namedAtoms(tx, caller.enterpriseId, ids))
    if (!named.has(input.from) || !named.has(input.to)) throw problem('not_found', 'There is no such atom.')
    // An atom on the way that was deleted since: the way is no longer there.
    const found = steps !== null && ids.every((id) => named.has(id))
    const atoms = steps?.length === 0 ? [input.from] : ids
    return { found, atoms: found ? atoms.map((id) => ({ id, title: named.get(id)?.title ?? '' })) : [], steps: found ? steps : [] }
  })
