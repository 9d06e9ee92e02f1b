import { describe, expect, it } from 'vitest'
import { smallGraph } from './small-graph.fixture'
import { type Branch, linesOf, treeOf, wayTo } from './tree'

const graph = smallGraph([
  { name: 'Harbour', community: 0, domain: 'sea', weight: 3, source: 'Harbour' },
  { name: 'Harbour › Light', community: 0, domain: 'sea', kind: 'table', weight: 9, source: 'Harbour' },
  { name: 'Harbour › Light › Oil', community: 1, weight: 2, source: 'Harbour' },
  { name: 'Bog', community: 1, domain: 'land', weight: 1, source: 'Bog' },
])
const all = new Uint8Array(4).fill(1)

describe('the tree', () => {
  it('goes from communities over domains and kinds to atoms', () => {
    const tree = treeOf(graph, all, 'community')
    expect(tree.map(({ label, count }) => [label, count])).toEqual([
      ['Harbour › Light', 2],
      ['Harbour › Light › Oil', 2],
    ])
    expect(tree[1]?.branches.map(({ label }) => label)).toEqual(['No domain', 'land'])
    expect(tree[0]?.branches[0]?.branches.map(({ label, nodes }) => [label, nodes])).toEqual([
      ['Table', [1]],
      ['Section', [0]],
    ])
  })
  it('goes from sources over headings to atoms', () => {
    const tree = treeOf(graph, all, 'source')
    expect(tree.map(({ label, count, nodes }) => [label, count, nodes])).toEqual([
      ['Bog', 1, [3]],
      ['Harbour', 3, [0]],
    ])
    const light = tree[1]?.branches[0]
    expect([light?.label, light?.count, light?.nodes, light?.branches[0]?.nodes]).toEqual(['Light', 2, [1], [2]])
  })
  it('draws what is open, with level and place as ARIA counts them', () => {
    const tree = treeOf(graph, all, 'source')
    expect(linesOf(tree, new Set()).map(({ key, level, place, siblings }) => [key, level, place, siblings])).toEqual([
      ['s1', 1, 1, 2],
      ['s0', 1, 2, 2],
    ])
    const lines = linesOf(tree, new Set(wayTo(tree, 2)))
    expect(lines.map(({ key, level, place, siblings, parent }) => [key, level, place, siblings, parent])).toEqual([
      ['s1', 1, 1, 2, null],
      ['s0', 1, 2, 2, null],
      ['s0.h0', 2, 1, 2, 's0'],
      ['s0.h0.h1', 3, 1, 2, 's0.h0'],
      ['n2', 4, 1, 1, 's0.h0.h1'],
      ['n1', 3, 2, 2, 's0.h0'],
      ['n0', 2, 2, 2, 's0'],
    ])
  })
  it('has keys that name elements of a page, each its own, whatever the headings and whatever is filtered out', () => {
    const odd = smallGraph([
      { name: 'Guide › a/b' },
      { name: 'Guide › a › b' },
      { name: 'Guide › with “many” words' },
      { name: 'Guide › with “many” words › a/b' },
    ])
    const keysOf = (branches: readonly Branch[]): [string, string][] =>
      branches.flatMap(({ key, label, branches: inside }) => [[key, label] as [string, string], ...keysOf(inside)])
    const keys = keysOf(treeOf(odd, new Uint8Array(4).fill(1), 'source'))
    expect(keys).toHaveLength(6)
    expect(new Set(keys.map(([key]) => key)).size).toBe(6)
    for (const [key] of keys) expect(key).toMatch(/^[\w.]+$/)
    expect(keys).toEqual(expect.arrayContaining(keysOf(treeOf(odd, Uint8Array.of(0, 0, 0, 1), 'source'))))
  })
  it('holds exactly what is shown', () => {
    for (const order of ['community', 'source'] as const) {
      const tree = treeOf(graph, Uint8Array.of(0, 1, 0, 1), order)
      expect(tree.reduce((sum, { count }) => sum + count, 0)).toBe(2)
      expect(wayTo(tree, 0)).toEqual([])
      expect(wayTo(tree, 1)).not.toEqual([])
      expect(treeOf(smallGraph([]), new Uint8Array(0), order)).toEqual([])
    }
  })
})
