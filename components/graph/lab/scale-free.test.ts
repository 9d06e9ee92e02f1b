import { describe, expect, it } from 'vitest'
import { mostEdges, scaleFreeGraph } from './scale-free'

describe('the seeded scale-free graph', () => {
  it.each([
    [0, 0],
    [1, 5],
    [2, 1],
    [10, 45],
    [10, 400],
    [300, 100],
    [1_000, 4_000],
    [50_000, 250_000],
  ])('has exactly %d nodes and, up to the most, %d edges, each between two different nodes and once', (nodes, wanted) => {
    const graph = scaleFreeGraph({ nodes, edges: wanted, seed: 1 })
    const count = Math.min(wanted, mostEdges(nodes))
    expect([graph.count, graph.edges.length, graph.edgeWeights.length, graph.ids.length, graph.names.length]).toEqual([
      nodes,
      2 * count,
      count,
      nodes,
      nodes,
    ])
    const pairs = new Set<number>()
    for (let i = 0; i < count; i++) {
      const [a, b] = [graph.edges[2 * i]!, graph.edges[2 * i + 1]!]
      if (a === b || a >= nodes || b >= nodes) expect.fail(`edge ${i} joins ${a} and ${b}`)
      pairs.add(Math.min(a, b) * nodes + Math.max(a, b))
    }
    expect(pairs.size).toBe(count)
    expect(new Set(graph.ids).size).toBe(nodes)
    expect(graph.edgeWeights.every((weight) => weight > 0 && weight <= 1)).toBe(true)
    expect(graph.kinds.every((kind) => kind < graph.kindNames.length)).toBe(true)
    expect(graph.domains.every((domain) => domain < graph.domainNames.length)).toBe(true)
    expect(graph.sources.every((source) => source < graph.sourceNames.length)).toBe(true)
    expect(graph.positions.every(Number.isFinite)).toBe(true)
  })

  it('is the same for the same seed and another for another', () => {
    const make = (seed: number) => scaleFreeGraph({ nodes: 2_000, edges: 9_000, seed })
    expect(make(7)).toEqual(make(7))
    expect(make(7).edges).not.toEqual(make(8).edges)
  })

  it('has few nodes with very many edges, and more edges within communities than chance gives', () => {
    const graph = scaleFreeGraph({ nodes: 10_000, edges: 60_000, seed: 1 })
    const degrees = new Uint32Array(graph.count)
    let inside = 0
    for (let i = 0; i < graph.edgeKinds.length; i++) {
      const [a, b] = [graph.edges[2 * i]!, graph.edges[2 * i + 1]!]
      degrees[a]!++
      degrees[b]!++
      if (graph.communities[a] === graph.communities[b]) inside++
    }
    const sorted = degrees.sort().reverse()
    // The mean is 12; a random graph would have no node above 40.
    expect(sorted[0]).toBeGreaterThan(150)
    expect(sorted[5_000]).toBeLessThan(12)
    expect(inside / 60_000).toBeGreaterThan(0.6)
    const sizes = new Uint32Array(new Set(graph.communities).size)
    for (const community of graph.communities) sizes[community]!++
    expect([...sizes]).toEqual([...sizes].sort((a, b) => b - a))
  })

  it('has names that are hard to show', () => {
    const names = scaleFreeGraph({ nodes: 1_000, edges: 0, seed: 1 }).names
    for (const hard of [/"/, /'/, /</, /\p{Extended_Pictographic}/u, /\p{Script=Arabic}/u, /\p{Script=Hebrew}/u])
      expect(names.some((name) => hard.test(name))).toBe(true)
    expect(Math.max(...names.map((name) => name.length))).toBe(300)
  })
})
