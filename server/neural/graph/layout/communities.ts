import type { LayoutGraph } from './force-layout.ts'

/** Passes over all nodes at one level: later ones move hardly any. */
const mostPasses = 30
/** Smaller gains are rounding. */
const leastGain = 1e-9

/** An undirected graph with weights: the neighbours of node i are those from starts[i] to starts[i + 1]. */
interface Network {
  starts: Uint32Array
  neighbours: Uint32Array
  weights: Float64Array
  /** Weight of a node's edges to itself, counted at both ends. */
  loops: Float64Array
}

/**
 * Communities by the Louvain method (Blondel, Guillaume, Lambiotte and Lefebvre, 2008): nodes move to the community of a neighbour as long as modularity grows,
 * then every community becomes a node. Nodes take their turns in order, so the same graph always gives the same communities.
 * @param weights of the edges, 1 each without them
 * @returns the number of the community of every node, 0 the largest; of two alike the one with the first node comes first
 */
export function communitiesOf({ count, edges }: LayoutGraph, weights?: Float32Array): Uint32Array {
  let network = networkOf(count, edges, weights)
  let found = Uint32Array.from({ length: count }, (_, node) => node)
  for (;;) {
    const joined = move(network)
    const groups = bySize(joined)
    if (groups.count === joined.length) break
    found = found.map((node) => groups.places[node]!)
    network = merged(network, groups.places, groups.count)
  }
  return bySize(found).places
}

function networkOf(count: number, edges: Uint32Array, given?: Float32Array | Float64Array): Network {
  const starts = new Uint32Array(count + 1)
  const loops = new Float64Array(count)
  for (let i = 0; i < edges.length; i += 2) {
    if (edges[i] === edges[i + 1]) continue
    starts[edges[i]! + 1]!++
    starts[edges[i + 1]! + 1]!++
  }
  for (let node = 0; node < count; node++) starts[node + 1]! += starts[node]!
  const neighbours = new Uint32Array(starts[count]!)
  const weights = new Float64Array(neighbours.length)
  const next = starts.slice()
  for (let i = 0; i < edges.length; i += 2) {
    const [a, b, weight] = [edges[i]!, edges[i + 1]!, given?.[i >> 1] ?? 1]
    if (a === b) {
      loops[a]! += 2 * weight
      continue
    }
    neighbours[next[a]!] = b
    weights[next[a]!++] = weight
    neighbours[next[b]!] = a
    weights[next[b]!++] = weight
  }
  return { starts, neighbours, weights, loops }
}

/** Moves nodes between communities until that gains nothing more. @returns the community of each */
function move({ starts, neighbours, weights, loops }: Network): Uint32Array {
  const count = loops.length
  const strengths = loops.slice()
  for (let node = 0; node < count; node++) for (let at = starts[node]!; at < starts[node + 1]!; at++) strengths[node]! += weights[at]!
  const all = strengths.reduce((sum, each) => sum + each, 0)
  const joined = Uint32Array.from({ length: count }, (_, node) => node)
  if (all === 0) return joined
  const sums = strengths.slice()
  const towards = new Float64Array(count)
  const near: number[] = []
  for (let pass = 0, moved = true; moved && pass < mostPasses; pass++) {
    moved = false
    for (let node = 0; node < count; node++) {
      const own = joined[node]!
      const strength = strengths[node]!
      near.length = 0
      for (let at = starts[node]!; at < starts[node + 1]!; at++) {
        const community = joined[neighbours[at]!]!
        if (towards[community] === 0) near.push(community)
        towards[community]! += weights[at]!
      }
      sums[own]! -= strength
      let best = own
      let most = towards[own]! - (sums[own]! * strength) / all
      for (const community of near) {
        const gain = towards[community]! - (sums[community]! * strength) / all
        if (gain > most + leastGain) [best, most] = [community, gain]
      }
      for (const community of near) towards[community] = 0
      sums[best]! += strength
      joined[node] = best
      if (best !== own) moved = true
    }
  }
  return joined
}

/** Numbers groups anew, the largest first. */
function bySize(groups: Uint32Array): { places: Uint32Array<ArrayBuffer>; count: number } {
  const sizes = new Uint32Array(groups.length)
  const order: number[] = []
  for (const group of groups) if (sizes[group]!++ === 0) order.push(group)
  const firsts = new Map(order.map((group, first) => [group, first]))
  order.sort((a, b) => sizes[b]! - sizes[a]! || firsts.get(a)! - firsts.get(b)!)
  const placeOf = new Uint32Array(groups.length)
  for (const [place, group] of order.entries()) placeOf[group] = place
  return { places: Uint32Array.from(groups, (group) => placeOf[group]!), count: order.length }
}

/** The network whose nodes are the groups of another's. */
function merged({ starts, neighbours, weights, loops }: Network, groups: Uint32Array, count: number): Network {
  const between = new Map<number, number>()
  const inner = new Float64Array(count)
  for (let node = 0; node < loops.length; node++) {
    const from = groups[node]!
    inner[from]! += loops[node]!
    for (let at = starts[node]!; at < starts[node + 1]!; at++) {
      const to = groups[neighbours[at]!]!
      if (to === from) inner[from]! += weights[at]!
      else if (from < to) between.set(from * count + to, (between.get(from * count + to) ?? 0) + weights[at]!)
    }
  }
  const edges = Uint32Array.from([...between.keys()].flatMap((key) => [Math.floor(key / count), key % count]))
  const network = networkOf(count, edges, Float64Array.from(between.values()))
  return { ...network, loops: inner }
}
