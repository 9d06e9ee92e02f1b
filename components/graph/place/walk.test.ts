import { describe, expect, it } from 'vitest'
import { buildAdjacency } from './adjacency'
import { smallGraph } from './small-graph.fixture'
import { describeStep, nextStep, sayOf, spokenAnew, stepsFrom } from './walk'

const graph = smallGraph(
  [{ name: 'Light', source: 'Harbour' }, { name: '', kind: 'list_item' }, { name: 'Oil' }],
  [
    [0, 1, 0.25],
    [2, 0, 0.5, 'mentions'],
  ],
)
const adjacency = buildAdjacency(graph)
const all = new Uint8Array(3).fill(1)

describe('the walk', () => {
  it('goes through neighbours by weight, only those that are shown', () => {
    expect(stepsFrom(graph, adjacency, all, 0)).toEqual([
      { node: 2, edge: 1 },
      { node: 1, edge: 0 },
    ])
    expect(stepsFrom(graph, adjacency, Uint8Array.of(1, 1, 0), 0)).toEqual([{ node: 1, edge: 0 }])
  })
  it('begins at the weightiest', () => {
    expect(stepsFrom(graph, adjacency, all, -1).map(({ node }) => node)).toEqual([0, 2, 1])
    expect(stepsFrom(smallGraph([]), buildAdjacency(smallGraph([])), new Uint8Array(0), -1)).toEqual([])
  })
  it('goes round at both ends', () => {
    expect([nextStep(3, -1, 1), nextStep(3, -1, -1), nextStep(3, 2, 1), nextStep(3, 0, -1), nextStep(0, -1, 1)]).toEqual([0, 2, 0, 2, -1])
  })
  it('says the same twice as two different texts', () => {
    const first = spokenAnew('', 'No neighbour is shown.')
    const second = spokenAnew(first, 'No neighbour is shown.')
    const third = spokenAnew(second, 'No neighbour is shown.')
    expect([second === first, third === second]).toEqual([false, false])
    expect([first, second.trim(), third]).toEqual(Array(3).fill('No neighbour is shown.'))
  })
  it('says name, kind, weight, neighbours and source', () => {
    expect(sayOf(graph, adjacency, 0)).toBe('Light, Section, weight 0.75, 2 neighbours, from Harbour')
    expect(sayOf(graph, adjacency, 1)).toBe('Untitled, List item, weight 0.25, 1 neighbour, from Handbook')
    expect(describeStep(graph, adjacency, stepsFrom(graph, adjacency, all, 0), 0)).toBe(
      '1 of 2: Mentions pathway of weight 0.5 to Oil, Section, weight 0.5, 1 neighbour, from Handbook',
    )
    expect(describeStep(graph, adjacency, [], -1)).toBe('')
  })
})
