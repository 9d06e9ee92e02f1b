import type { GraphData } from '@/components/graph/graph-data'

type Placed = Pick<GraphData, 'ids' | 'positions'>

/** Where the nodes of `now` stood in `before`; those that are new begin where they stand. Null when none of them has moved. */
export function placesBefore(before: Placed, now: Placed): Float32Array | null {
  const places = new Map(before.ids.map((id, node) => [id, node]))
  const starts = now.positions.slice()
  let moved = false
  now.ids.forEach((id, node) => {
    const place = places.get(id)
    if (place === undefined) return
    for (let axis = 0; axis < 3; axis++) {
      const was = before.positions[3 * place + axis]!
      moved ||= was !== starts[3 * node + axis]
      starts[3 * node + axis] = was
    }
  })
  return moved ? starts : null
}

/** Writes into `positions` where nodes are that have gone a share (0 to 1) of their way, slowly at both ends. */
export function glideTo(positions: Float32Array, starts: Float32Array, ends: Float32Array, share: number): void {
  const eased = share * share * (3 - 2 * share)
  for (let at = 0; at < positions.length; at++) positions[at] = share >= 1 ? ends[at]! : starts[at]! + (ends[at]! - starts[at]!) * eased
}
