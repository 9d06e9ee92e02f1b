import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../ranking/random.ts'
import { ForceLayout, type LayoutOptions } from './force-layout.ts'
import { relaxing } from './relax.ts'
import { Repulsion } from './repulsion.ts'
import { edgeLength, placeBeside, spread } from './start.ts'

const seed = 20_266
const graphOf = (count: number, edges: readonly (readonly [number, number])[]) => ({ count, edges: Uint32Array.from(edges.flat()) })

/** Groups of nodes with edges within, and few between. */
function groups(count: number, perNode: number, random: () => number) {
  const size = 25
  return graphOf(
    count,
    Array.from({ length: count * perNode }, (_, i): [number, number] => {
      const node = i % count
      const first = node - (node % size)
      const near = first + Math.floor(random() * Math.min(size, count - first))
      return [node, random() < 0.95 ? near : Math.floor(random() * count)]
    }),
  )
}

function settled(graph: ReturnType<typeof graphOf>, positions: Float32Array, options?: LayoutOptions): Float32Array {
  new ForceLayout(graph, positions, options).settle()
  return positions
}

const distance = (a: Float32Array, b: Float32Array, node: number, other = node) =>
  Math.hypot(a[3 * node]! - b[3 * other]!, a[3 * node + 1]! - b[3 * other + 1]!, a[3 * node + 2]! - b[3 * other + 2]!)
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!

describe('repulsion', () => {
  it('is that of every pair, nearly, and exactly with theta 0', () => {
    const random = seededRandom(seed)
    const count = 2_000
    // Dense in the middle and with a few far out, as layouts are.
    const points = Float32Array.from({ length: 3 * count }, () => (random() - 0.5) * 400 * random() ** 3)
    const exact = new Float64Array(3 * count)
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const force = -1 / (distance(points, points, i, j) ** 2 + 1)
        for (let axis = 0; axis < 3; axis++) exact[3 * i + axis]! += (points[3 * j + axis]! - points[3 * i + axis]!) * force
      }
    }
    const error = (theta: number) => {
      const found = new Float32Array(3 * count)
      new Repulsion(count).apply(points, found, -1, theta)
      let [missed, all] = [0, 0]
      for (let at = 0; at < 3 * count; at++) {
        missed += (found[at]! - exact[at]!) ** 2
        all += exact[at]! ** 2
      }
      return Math.sqrt(missed / all)
    }
    expect([error(0), error(0.9)], `seed ${seed}`).toEqual([expect.closeTo(0, 4), expect.closeTo(0, 1)])
    expect(error(0.9)).toBeLessThan(0.03)
  })

  it('counts very many points at one place as one mass', () => {
    const points = new Float32Array(3 * 20_000).fill(5)
    points.set([1_000, 0, 0])
    const velocities = new Float32Array(points.length)
    new Repulsion(20_000).apply(points, velocities, -1, 0.9)
    expect(velocities[0]).toBeCloseTo(19_999 / 995, 1)
    expect(velocities.every(Number.isFinite)).toBe(true)
  })
})

describe('layout', () => {
  const one: [number, number][] = [[0, 0]]
  const hostile: [string, ReturnType<typeof graphOf>, Float32Array][] = [
    ['no node', graphOf(0, []), new Float32Array(0)],
    ['one node', graphOf(1, []), spread(1)],
    ['one node with an edge to itself', graphOf(1, one), spread(1)],
    ['two nodes at one place', graphOf(2, [[0, 1]]), new Float32Array(6)],
    ['zero edges', graphOf(500, []), spread(500)],
    [
      'parallel edges both ways',
      graphOf(
        2,
        Array.from({ length: 100 }, (_, i) => [i % 2, 1 - (i % 2)] as [number, number]),
      ),
      spread(2),
    ],
    [
      'self-loops on every node',
      graphOf(
        50,
        Array.from({ length: 50 }, (_, i) => [i, i] as [number, number]),
      ),
      spread(50),
    ],
    ['isolated nodes beside a pair', graphOf(300, [[0, 1]]), spread(300)],
    ['all nodes at one point', groups(1_000, 2, seededRandom(seed)), new Float32Array(3_000).fill(7)],
    ['all but one at one point', groups(1_000, 2, seededRandom(seed)), new Float32Array(3_000).fill(7).fill(1e6, 0, 3)],
    [
      'a star',
      graphOf(
        2_000,
        Array.from({ length: 1_999 }, (_, i) => [0, i + 1] as [number, number]),
      ),
      spread(2_000),
    ],
    ['places that are no numbers', groups(100, 2, seededRandom(seed)), new Float32Array(300).fill(Number.NaN)],
  ]
  it.each(hostile)('has a finite place for everything, and no two at one: %s', (_name, graph, start) => {
    for (const flat of [false, true]) {
      const positions = settled(graph, start.slice(), { flat })
      expect(positions.every(Number.isFinite)).toBe(true)
      expect(Math.max(0, ...positions.map(Math.abs))).toBeLessThan(20_000)
      const places = new Set(Array.from({ length: graph.count }, (_, node) => positions.subarray(3 * node, 3 * node + 3).join()))
      expect(places.size).toBe(graph.count)
      if (flat) expect(positions.every((value, at) => at % 3 < 2 || value === 0)).toBe(true)
    }
  })

  it('gives two nodes with an edge about its length at rest', () => {
    const positions = settled(graphOf(2, [[0, 1]]), spread(2))
    expect(distance(positions, positions, 0, 1)).toBeGreaterThan(0.9 * edgeLength)
    expect(distance(positions, positions, 0, 1)).toBeLessThan(1.3 * edgeLength)
  })

  it('draws together what has edges: the nodes of a group are nearer to each other than to others', () => {
    const graph = groups(600, 4, seededRandom(seed))
    for (const flat of [false, true]) {
      const positions = settled(graph, spread(600, flat), { flat })
      const random = seededRandom(seed)
      const [near, far]: [number[], number[]] = [[], []]
      for (let i = 0; i < 20_000; i++) {
        const [a, b] = [Math.floor(random() * 600), Math.floor(random() * 600)]
        if (a !== b) (Math.floor(a / 25) === Math.floor(b / 25) ? near : far).push(distance(positions, positions, a, b))
      }
      expect(median(near), `seed ${seed}`).toBeLessThan(0.4 * median(far))
    }
  })

  it('is the same to the bit for the same graph and seed', () => {
    const graph = groups(800, 3, seededRandom(seed))
    const [a, b] = [settled(graph, spread(800)), settled(graph, spread(800))]
    expect(Buffer.from(a.buffer).equals(Buffer.from(b.buffer))).toBe(true)
    expect(settled(graph, spread(800), { seed: 2 })).not.toEqual(a)
  })

  it('leaves pinned nodes where they are, to the bit', () => {
    const graph = groups(200, 3, seededRandom(seed))
    const start = spread(200)
    const mobility = new Float32Array(200).fill(1).fill(0, 10, 30)
    const positions = settled(graph, start.slice(), { mobility })
    expect(positions.subarray(30, 90)).toEqual(start.subarray(30, 90))
    expect(distance(positions, start, 5)).toBeGreaterThan(1)
  })
})

describe('a graph that has changed', () => {
  const graph = groups(1_000, 3, seededRandom(seed))
  const before = settled(graph, spread(1_000))
  // Ten new nodes: five beside node 3, a chain from node 500, one that nothing joins.
  const grown = graphOf(1_010, [
    ...Array.from({ length: graph.edges.length / 2 }, (_, i) => [graph.edges[2 * i]!, graph.edges[2 * i + 1]!] as const),
    ...[1_000, 1_001, 1_002, 1_003, 1_004].map((node) => [node, 3] as const),
    ...([[1_005, 500], [1_006, 1_005], [1_007, 1_006], [1_008, 1_007]] as const), // biome-ignore format: a chain
  ])
  const known = new Uint8Array(1_010).fill(1, 0, 1_000)
  const begun = new Float32Array(3_030)
  begun.set(before)
  placeBeside(grown.edges, known, begun)

  it('has its new nodes beside their neighbours, and those that nothing joins beyond all', () => {
    expect(begun.subarray(0, 3_000)).toEqual(before)
    for (const node of [1_000, 1_001, 1_002, 1_003, 1_004]) expect(distance(begun, begun, node, 3)).toBeLessThan(edgeLength)
    for (const node of [1_005, 1_006, 1_007, 1_008]) expect(distance(begun, begun, node, 500)).toBeLessThan(4 * edgeLength)
    const radius = (node: number) => Math.hypot(...begun.subarray(3 * node, 3 * node + 3))
    const others = Array.from({ length: 1_009 }, (_, node) => radius(node))
    expect(radius(1_009)).toBeGreaterThan(Math.max(...others))
    const nothing = new Float32Array(9)
    placeBeside(new Uint32Array(), new Uint8Array(3), nothing)
    expect(nothing).toEqual(spread(3))
  })

  it('relaxes gently: old nodes hardly move', () => {
    const after = settled(grown, begun.slice(), relaxing(grown, known))
    const moved = Array.from({ length: 1_000 }, (_, node) => distance(after, before, node))
    expect(median(moved), `seed ${seed}`).toBeLessThan(0.1 * edgeLength)
    expect(Math.max(...moved)).toBeLessThan(3 * edgeLength)
    // New ones have found their own places.
    expect(distance(after, begun, 1_000)).toBeGreaterThan(0)
    const free = settled(grown, begun.slice(), { alpha: 0.3 })
    expect(median(Array.from({ length: 1_000 }, (_, node) => distance(free, before, node)))).toBeGreaterThan(0.1 * edgeLength)
  })

  it('is laid out anew when nothing was known, and freely when most of it is new', () => {
    expect(relaxing(grown, new Uint8Array(1_010))).toEqual({ alpha: 1, mobility: null })
    const { alpha, mobility } = relaxing(grown, new Uint8Array(1_010).fill(1, 0, 300))
    expect([alpha, Math.min(...(mobility ?? []))]).toEqual([1, 1])
    expect(relaxing(graphOf(0, []), new Uint8Array(0)).alpha).toBeLessThan(1)
  })
})
