import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { graphInput, graph as graphSchema } from '../contract.ts'
import { namedAtoms } from './named-atoms.ts'

export const getGraph = longOperation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/neural/graph',
    summary: 'The neighbourhood of an atom, or the best connected part of the whole graph',
    tags: ['neural'],
  })
  .input(graphInput)
  .output(graphSchema)
  .handler(async ({ input, context: { services, caller, read } }) => {
    const scope = { enterpriseId: caller.enterpriseId, kind: input.kind, domain: input.domain }
    const part = input.atom_id
      ? await services.graph.neighbourhood(scope, input.atom_id, input.depth, input.budget)
      : await services.graph.heaviest(scope, input.budget)
    if (!part) throw problem('not_found', 'There is no such atom.')
    const named = await read((tx) => namedAtoms(tx, caller.enterpriseId, part.atoms))
    // What was deleted since is left out.
    const edges = part.steps.filter(({ from, to }) => named.has(from) && named.has(to))
    const degree = new Map<string, number>()
    for (const { from, to } of edges) for (const end of [from, to]) degree.set(end, (degree.get(end) ?? 0) + 1)
    return {
      nodes: part.atoms.flatMap((id) => {
        const atom = named.get(id)
        return atom ? [{ ...atom, degree: degree.get(id) ?? 0 }] : []
      }),
      edges,
      truncated: part.truncated,
    }
  })
