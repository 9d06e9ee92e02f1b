import { describe, expect, it } from 'vitest'
import { collapse, membersWith } from './communities'
import { smallGraph } from './small-graph.fixture'

const graph = smallGraph(
  [
    { name: 'Light', weight: 5, domain: 'sea', community: 1 },
    { name: 'Harbour', weight: 9, domain: 'sea', community: 1 },
    { name: '', weight: 1, domain: 'land', community: 1 },
    { name: 'Bog', weight: 2, domain: 'land', community: 0, time: 7 },
    { name: 'Peat', weight: 2, domain: 'land', community: 0, time: 3 },
    { name: 'Alone', community: 4 },
  ],
  [
    [0, 1, 1],
    [0, 3, 0.2, 'similar'],
    [4, 1, 0.3, 'mentions'],
    [3, 3, 1],
    [3, 4, 1],
  ],
)

describe('communities as nodes', () => {
  it('are as weighty as they have members and named by the weightiest', () => {
    const { graph: groups, leads, sizes, groupOf } = collapse(graph, new Uint8Array(6).fill(1))
    expect(groups.names).toEqual(['Bog · Peat', 'Harbour · Light · Untitled', 'Alone'])
    expect([...sizes]).toEqual([2, 3, 1])
    expect([...groups.weights]).toEqual([2, 3, 1])
    expect([...leads]).toEqual([3, 1, 5])
    expect(groups.ids).toEqual(['atom-3', 'atom-1', 'atom-5'])
    expect([...groupOf]).toEqual([1, 1, 1, 0, 0, 2])
    expect([...groups.communities]).toEqual([0, 1, 4])
    expect(groups.domainNames[groups.domains[1] ?? 0]).toBe('sea')
    expect(groups.times[0]).toBe(3)
    expect([...groups.positions.slice(0, 3)]).toEqual([10.5, 11.5, 12.5])
  })
  it('are joined by the sum of what joins their members', () => {
    const { graph: groups } = collapse(graph, new Uint8Array(6).fill(1))
    expect([...groups.edges]).toEqual([0, 1])
    expect([...groups.edgeWeights]).toEqual([1])
    expect(groups.edgeKindNames[groups.edgeKinds[0] ?? 0]).toBe('mentions')
  })
  it('hold only what is shown', () => {
    const { graph: groups, sizes } = collapse(graph, Uint8Array.of(1, 0, 0, 1, 0, 0))
    expect(groups.names).toEqual(['Bog', 'Light'])
    expect([...sizes]).toEqual([1, 1])
    expect(groups.edgeWeights).toHaveLength(1)
    expect(collapse(graph, new Uint8Array(6)).graph.count).toBe(0)
  })
  it('open to their members', () => expect([...membersWith(graph, 2)]).toEqual([1, 1, 1, 0, 0, 0]))
})
