import type { PathwayColumns } from './read-graph.ts'

/** What of a graph is shown and laid out. Nodes are atoms by their place in order of weight. */
export interface HeaviestPart {
  /** Places of the nodes among the atoms given, the heaviest first; the older of two that weigh the same. */
  atoms: Uint32Array
  /** Sum of the weights of all pathways of each node, also of those that are left out. */
  weights: Float32Array
  /** Places of the edges among the pathways given, in their order. */
  pathways: Uint32Array
  /** Nodes at the ends of edge i at 2i and 2i + 1. */
  ends: Uint32Array
}

/**
 * The heaviest atoms and the heaviest pathways between them.
 * @param numbers of all atoms, ascending
 */
export function heaviestPart(
  numbers: Int32Array,
  { sources, targets, weights }: Pick<PathwayColumns, 'sources' | 'targets' | 'weights'>,
  most: { nodes: number; edges: number },
): HeaviestPart {
  const placeOf = new Int32Array((numbers.at(-1) ?? 0) + 1).fill(-1)
  for (let place = 0; place < numbers.length; place++) placeOf[numbers[place]!] = place
  const sums = new Float64Array(numbers.length)
  for (let i = 0; i < sources.length; i++) {
    const [from, to] = [placeOf[sources[i]!] ?? -1, placeOf[targets[i]!] ?? -1]
    if (from >= 0) sums[from]! += weights[i]!
    if (to >= 0 && to !== from) sums[to]! += weights[i]!
  }
  const atoms = Uint32Array.from(sums.keys())
    .sort((a, b) => sums[b]! - sums[a]! || a - b)
    .subarray(0, most.nodes)
  const nodeOf = new Int32Array(numbers.length).fill(-1)
  for (let node = 0; node < atoms.length; node++) nodeOf[atoms[node]!] = node
  const within: number[] = []
  const nodeAt = (number: number) => nodeOf[placeOf[number] ?? -1] ?? -1
  for (let i = 0; i < sources.length; i++) if (nodeAt(sources[i]!) >= 0 && nodeAt(targets[i]!) >= 0) within.push(i)
  const pathways = heaviest(Uint32Array.from(within), weights, most.edges)
  const ends = new Uint32Array(2 * pathways.length)
  for (let edge = 0; edge < pathways.length; edge++) {
    ends[2 * edge] = nodeAt(sources[pathways[edge]!]!)
    ends[2 * edge + 1] = nodeAt(targets[pathways[edge]!]!)
  }
  return { atoms, weights: Float32Array.from(atoms, (place) => sums[place]!), pathways, ends }
}

/** So many of the heaviest, in the order given; the first ones of those that weigh as much as the last that fits. */
function heaviest(all: Uint32Array, weights: Float32Array, most: number): Uint32Array {
  if (all.length <= most) return all
  if (most === 0) return all.subarray(0, 0)
  const sorted = Float32Array.from(all, (i) => weights[i]!).sort()
  const least = sorted[sorted.length - most]!
  let equal = most - (sorted.length - sorted.lastIndexOf(least) - 1)
  return all.filter((i) => weights[i]! > least || (weights[i] === least && equal-- > 0))
}
