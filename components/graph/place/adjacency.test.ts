import { describe, expect, it } from 'vitest'
import { buildAdjacency, degreeOf, neighboursOf, within } from './adjacency'
import { smallGraph } from './small-graph.fixture'

const graph = smallGraph(
  [{}, {}, {}, {}, {}],
  [
    [0, 1, 0.25],
    [2, 0, 0.75],
    [0, 0, 1],
    [1, 0, 0.5],
    [2, 3, 0.1],
    [0, 3, 0.75],
  ],
)
const adjacency = buildAdjacency(graph)

describe('adjacency', () => {
  it('has each neighbour once, the heaviest first, by the heaviest of parallel pathways, and nobody is its own', () => {
    expect(neighboursOf(adjacency, 0)).toEqual([
      { node: 2, edge: 1 },
      { node: 3, edge: 5 },
      { node: 1, edge: 3 },
    ])
    expect(neighboursOf(adjacency, 1)).toEqual([{ node: 0, edge: 3 }])
    expect(neighboursOf(adjacency, 4)).toEqual([])
    expect([0, 1, 2, 3, 4].map((node) => degreeOf(adjacency, node))).toEqual([3, 1, 2, 2, 0])
  })

  it('reaches as far as it is told', () => {
    const chain = buildAdjacency(
      smallGraph(
        [{}, {}, {}, {}],
        [
          [0, 1],
          [1, 2],
          [2, 3],
        ],
      ),
    )
    expect([...within(chain, [0], 0)]).toEqual([1, 0, 0, 0])
    expect([...within(chain, [0], 2)]).toEqual([1, 1, 1, 0])
    expect([...within(chain, [3, 0], 1)]).toEqual([1, 1, 1, 1])
  })

  it('is the same as counting by hand, at random', () => {
    const seed = Date.now() % 1_000_000
    let state = seed
    const random = () => {
      state = (state * 48_271 + 11) % 2_147_483_647
      return state / 2_147_483_647
    }
    const edges = Array.from({ length: 400 }, () => [Math.floor(random() * 50), Math.floor(random() * 50), 0.01 + random() * 0.99] as const)
    const built = smallGraph(
      Array.from({ length: 50 }, () => ({})),
      edges,
    )
    const rows = buildAdjacency(built)
    for (let node = 0; node < 50; node++) {
      const best = new Map<number, number>()
      for (const [from, to, weight] of edges) {
        if (from === to || (from !== node && to !== node)) continue
        const other = from === node ? to : from
        best.set(other, Math.max(best.get(other) ?? 0, Math.fround(weight)))
      }
      const found = neighboursOf(rows, node)
      const weights = found.map(({ edge }) => built.edgeWeights[edge] ?? 0)
      expect(new Map(found.map(({ node: other }, at) => [other, weights[at]])), `seed ${seed}`).toEqual(best)
      expect(weights, `seed ${seed}`).toEqual([...weights].sort((a, b) => b - a))
    }
  })

  it('of nothing is empty', () => {
    expect(buildAdjacency(smallGraph([])).offsets).toHaveLength(1)
    expect(neighboursOf(buildAdjacency(smallGraph([{}])), 0)).toEqual([])
  })
})
