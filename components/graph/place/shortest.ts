import type { Adjacency } from './adjacency'
import type { Step } from './walk'

/**
 * The way from one node to another with the fewest pathways, of any length; among those the one with the greatest sum of weights, in thousandths, as the
 * server has it. Breadth first, linear in nodes and edges.
 * @returns every node on the way with the edge that leads to it (-1 to the first), or null when no way leads there
 */
export function shortestPath({ offsets, nodes, edges }: Adjacency, weights: Float32Array, from: number, to: number): Step[] | null {
  const count = offsets.length - 1
  const far = new Int32Array(count).fill(-1)
  const sums = new Float64Array(count)
  const before = new Int32Array(count).fill(-1)
  const by = new Int32Array(count).fill(-1)
  far[from] = 0
  let ring = [from]
  for (let step = 1; ring.length > 0 && far[to]! < 0; step++) {
    const next: number[] = []
    for (const node of ring) {
      for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
        const other = nodes[at]!
        if (far[other]! >= 0 && far[other]! < step) continue
        const sum = sums[node]! + Math.round(1_000 * weights[edges[at]!]!)
        if (far[other]! < 0) next.push(other)
        else if (sum <= sums[other]!) continue
        far[other] = step
        sums[other] = sum
        before[other] = node
        by[other] = edges[at]!
      }
    }
    ring = next
  }
  if (far[to]! < 0) return null
  const way: Step[] = []
  for (let node = to; node >= 0; node = before[node]!) way.unshift({ node, edge: by[node]! })
  return way
}
