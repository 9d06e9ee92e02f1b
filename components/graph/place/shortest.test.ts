import { describe, expect, it } from 'vitest'
import { buildAdjacency } from './adjacency'
import { shortestPath } from './shortest'
import { smallGraph } from './small-graph.fixture'

const pathIn = (count: number, edges: readonly (readonly [number, number, number])[], from: number, to: number) => {
  const graph = smallGraph(
    Array.from({ length: count }, () => ({})),
    edges,
  )
  return shortestPath(buildAdjacency(graph), graph.edgeWeights, from, to)
}

describe('the shortest path through the graph of the browser', () => {
  it('is as long as it has to be, whichever way the pathways run', () => {
    const chain = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? ([at, at + 1, 0.5] as const) : ([at + 1, at, 0.5] as const)))
    expect(pathIn(13, chain, 0, 12)?.map(({ node }) => node)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(pathIn(13, chain, 12, 0)).toHaveLength(13)
    expect(pathIn(13, [...chain, [0, 11, 0.001]], 0, 12)?.map(({ node }) => node)).toEqual([0, 11, 12])
  })

  it('is the strongest of those that are as short, and says by which pathways it goes', () => {
    const diamond = [
      [0, 1, 0.9],
      [1, 4, 0.1],
      [0, 2, 0.4],
      [2, 4, 0.7],
      [0, 3, 0.3],
      [3, 4, 0.7],
    ] as const
    expect(pathIn(5, diamond, 0, 4)).toEqual([
      { node: 0, edge: -1 },
      { node: 2, edge: 2 },
      { node: 4, edge: 3 },
    ])
  })

  it('is the node alone to itself, and nothing where no way leads', () => {
    expect(pathIn(3, [[0, 1, 1]], 1, 1)).toEqual([{ node: 1, edge: -1 }])
    expect(pathIn(3, [[0, 1, 1]], 0, 2)).toBeNull()
  })
})
