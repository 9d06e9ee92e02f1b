import { describe, expect, it } from 'vitest'
import { pathwayCounts, withPathways } from './pathways'
import { smallGraph } from './small-graph.fixture'

const graph = smallGraph(
  [{}, {}, {}, {}],
  [
    [0, 1, 0.5, 'contains'],
    [2, 1, 0.25, 'mentions'],
    [2, 3, 0.75, 'similar'],
    [3, 0, 1, 'contains'],
  ],
)
const edgesOf = (kinds: readonly string[], path?: readonly number[]) => {
  const { edges, edgeKinds, edgeKindNames, edgeWeights } = withPathways(graph, kinds, path)
  return [...edgeWeights].map((weight, edge) => [edges[2 * edge], edges[2 * edge + 1], weight, edgeKindNames[edgeKinds[edge] ?? -1]])
}

describe('pathways of some kinds', () => {
  it('are those alone, whole and in their order; of no kind all of them', () => {
    expect(withPathways(graph, [])).toBe(graph)
    expect(edgesOf(['similar', 'contains'])).toEqual([
      [0, 1, 0.5, 'contains'],
      [2, 3, 0.75, 'similar'],
      [3, 0, 1, 'contains'],
    ])
    expect(edgesOf(['no such kind'])).toEqual([])
    expect(withPathways(graph, ['similar']).positions).toBe(graph.positions)
  })
  it('leave a path whole', () => {
    expect(edgesOf(['similar'], [0, 1, 2])).toEqual([
      [0, 1, 0.5, 'contains'],
      [2, 1, 0.25, 'mentions'],
      [2, 3, 0.75, 'similar'],
    ])
  })
  it('are counted between what is shown', () => {
    expect(pathwayCounts(graph, new Uint8Array(4).fill(1))).toEqual([2, 1, 1])
    expect(pathwayCounts(graph, Uint8Array.of(1, 1, 1, 0))).toEqual([1, 1, 0])
  })
})
