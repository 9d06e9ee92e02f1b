import type { GraphData } from '@/components/graph/graph-data'

/**
 * Neighbours of every node in compressed rows: those of node i stand from offsets[i] to offsets[i + 1], the heaviest pathway first,
 * each neighbour once and no node its own. `edges` says by which edge: the heaviest of several.
 */
export interface Adjacency {
  offsets: Uint32Array
  nodes: Uint32Array
  edges: Uint32Array
}

/** Edges from the heaviest to the lightest, those of equal weight as they stand. A radix sort: the bits of positive floats order as the floats do. */
function heaviestFirst(weights: Float32Array): Uint32Array {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length)
  let order = Uint32Array.from(bits, (_, edge) => edge)
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(0x10001)
    const digit = (edge: number) => (~(bits[edge] ?? 0) >>> shift) & 0xffff
    for (const edge of order) starts[digit(edge) + 1] = (starts[digit(edge) + 1] ?? 0) + 1
    for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0)
    const next = new Uint32Array(order.length)
    for (const edge of order) {
      const place = starts[digit(edge)] ?? 0
      next[place] = edge
      starts[digit(edge)] = place + 1
    }
    order = next
  }
  return order
}

/** Linear in nodes and edges. */
export function buildAdjacency({ count, edges, edgeWeights }: Pick<GraphData, 'count' | 'edges' | 'edgeWeights'>): Adjacency {
  const starts = new Uint32Array(count + 1)
  for (const end of edges) starts[end + 1] = (starts[end + 1] ?? 0) + 1
  for (let node = 0; node < count; node++) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0)
  const rows = new Uint32Array(edges.length)
  const filled = starts.slice()
  for (const edge of heaviestFirst(edgeWeights)) {
    for (const end of [edges[2 * edge] ?? 0, edges[2 * edge + 1] ?? 0]) {
      rows[filled[end] ?? 0] = edge
      filled[end] = (filled[end] ?? 0) + 1
    }
  }
  const offsets = new Uint32Array(count + 1)
  const nodes = new Uint32Array(edges.length)
  const kept = new Uint32Array(edges.length)
  const seenBy = new Int32Array(count).fill(-1)
  let length = 0
  for (let node = 0; node < count; node++) {
    seenBy[node] = node
    for (let at = starts[node] ?? 0; at < (starts[node + 1] ?? 0); at++) {
      const edge = rows[at] ?? 0
      const [a, b] = [edges[2 * edge] ?? 0, edges[2 * edge + 1] ?? 0]
      const other = a === node ? b : a
      if (seenBy[other] === node) continue
      seenBy[other] = node
      nodes[length] = other
      kept[length] = edge
      length += 1
    }
    offsets[node + 1] = length
  }
  return { offsets, nodes: nodes.slice(0, length), edges: kept.slice(0, length) }
}

/** How many neighbours a node has. */
export const degreeOf = ({ offsets }: Adjacency, node: number): number => (offsets[node + 1] ?? 0) - (offsets[node] ?? 0)

/** Neighbours of a node, heaviest first, with the edge to each. */
export function neighboursOf({ offsets, nodes, edges }: Adjacency, node: number): { node: number; edge: number }[] {
  const found = []
  for (let at = offsets[node] ?? 0; at < (offsets[node + 1] ?? 0); at++) found.push({ node: nodes[at] ?? 0, edge: edges[at] ?? 0 })
  return found
}

/** 1 for every node that is at most `depth` pathways away from one of `starts`, those included. */
export function within({ offsets, nodes }: Adjacency, starts: readonly number[], depth: number): Uint8Array {
  const reached = new Uint8Array(offsets.length - 1)
  for (const start of starts) reached[start] = 1
  let ring = starts
  for (let step = 0; step < depth && ring.length > 0; step++) {
    const next: number[] = []
    for (const node of ring) {
      for (let at = offsets[node] ?? 0; at < (offsets[node + 1] ?? 0); at++) {
        const other = nodes[at] ?? 0
        if (reached[other]) continue
        reached[other] = 1
        next.push(other)
      }
    }
    ring = next
  }
  return reached
}
