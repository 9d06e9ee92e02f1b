import { expect, it } from 'vitest'
import { seededRandom } from '../../ranking/random.ts'
import { communitiesOf } from './communities.ts'

/** Newman's modularity: the share of edges within communities, less what chance would give. */
function modularity(edges: Uint32Array, communities: Uint32Array): number {
  const [inside, degrees] = [new Map<number, number>(), new Map<number, number>()]
  const add = (to: Map<number, number>, key: number, value: number) => to.set(key, (to.get(key) ?? 0) + value)
  for (let i = 0; i < edges.length; i += 2) {
    const [a, b] = [communities[edges[i]!]!, communities[edges[i + 1]!]!]
    if (a === b) add(inside, a, 1)
    add(degrees, a, 1)
    add(degrees, b, 1)
  }
  const all = edges.length / 2
  return [...degrees].reduce((sum, [community, degree]) => sum + (inside.get(community) ?? 0) / all - (degree / (2 * all)) ** 2, 0)
}

/** Ten groups of different sizes; nine of ten edges stay within. */
function planted(seed: number) {
  const random = seededRandom(seed)
  const sizes = [90, 80, 70, 60, 50, 40, 30, 20, 20, 20]
  const groups = Uint32Array.from(sizes.flatMap((size, group) => Array.from({ length: size }, () => group)))
  const edges = Array.from({ length: 8 * groups.length }, (_, i) => {
    const node = i % groups.length
    const first = groups.indexOf(groups[node]!)
    const near = first + Math.floor(random() * sizes[groups[node]!]!)
    return [node, random() < 0.9 ? near : Math.floor(random() * groups.length)]
  })
  return { count: groups.length, edges: Uint32Array.from(edges.flat()), groups }
}

it('finds planted communities, largest first, and the same each time', () => {
  for (const seed of [1, 2, 3]) {
    const { groups, ...graph } = planted(seed)
    const found = communitiesOf(graph)
    expect(modularity(graph.edges, found), `seed ${seed}`).toBeGreaterThanOrEqual(0.99 * modularity(graph.edges, groups))
    for (const group of [0, 1, 2]) {
      const members = found.filter((_, node) => groups[node] === group)
      expect(members.filter((community) => community === group).length / members.length, `seed ${seed}, group ${group}`).toBeGreaterThan(0.9)
    }
    const sizes = new Uint32Array(Math.max(...found) + 1)
    for (const community of found) sizes[community]!++
    expect([...sizes]).toEqual([...sizes].sort((a, b) => b - a))
    expect(communitiesOf(graph)).toEqual(found)
  }
})

it('heeds weights: a heavy edge joins, light ones do not', () => {
  const square = { count: 4, edges: Uint32Array.of(0, 1, 1, 2, 2, 3, 3, 0) }
  expect([...communitiesOf(square, Float32Array.of(9, 1, 9, 1))]).toEqual([0, 0, 1, 1])
  expect([...communitiesOf(square, Float32Array.of(1, 9, 1, 9))]).toEqual([0, 1, 1, 0])
})

it('bears graphs without nodes or edges, self-loops and parallel edges', () => {
  expect([...communitiesOf({ count: 0, edges: new Uint32Array() })]).toEqual([])
  expect([...communitiesOf({ count: 3, edges: new Uint32Array() })]).toEqual([0, 1, 2])
  expect([...communitiesOf({ count: 3, edges: Uint32Array.of(1, 1, 1, 1) })]).toEqual([0, 1, 2])
  expect([...communitiesOf({ count: 3, edges: Uint32Array.of(1, 2, 2, 1, 1, 2) })]).toEqual([1, 0, 0])
})
