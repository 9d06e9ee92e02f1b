import { communitiesOf } from './communities.ts'
import { ForceLayout } from './force-layout.ts'
import { relaxing } from './relax.ts'
import { placeBeside } from './start.ts'

/** A graph and what of it was laid out before. */
export interface ToLayOut {
  count: number
  edges: Uint32Array
  weights: Float32Array
  /** 1 for nodes whose place stands. */
  known: Uint8Array
  /** x, y, z of node i at 3i, where it is known. */
  positions: Float32Array
}

export interface LaidOut {
  positions: Float32Array
  communities: Uint32Array
}

/** Places and communities of a graph: from nothing, or relaxed from what stood. At most 300 ticks. The positions given are moved in place. */
export function layOut({ count, edges, weights, known, positions }: ToLayOut): LaidOut {
  placeBeside(edges, known, positions)
  new ForceLayout({ count, edges }, positions, relaxing({ count, edges }, known)).settle()
  return { positions, communities: communitiesOf({ count, edges }, weights) }
}
