/** Length of an edge at rest: the unit of every position. */
export const edgeLength = 30

const firstRadius = 10
// Golden angles of a sphere's spiral; the same as d3-force-3d, so that both begin at the same places.
const roll = Math.PI * (3 - Math.sqrt(5))
const yaw = (Math.PI * 20) / (9 + Math.sqrt(221))

/**
 * Where nodes begin that nothing is known of: evenly in a ball, or with `flat` on a disc of z = 0, the first ones innermost. No two share a place.
 * @returns x, y, z of node i at 3i
 */
export function spread(count: number, flat = false): Float32Array {
  const positions = new Float32Array(3 * count)
  for (let i = 0; i < count; i++) {
    const radius = firstRadius * (flat ? Math.sqrt(i + 0.5) : Math.cbrt(i + 0.5))
    const [x, y, z] = direction(i, flat)
    positions[3 * i] = radius * x
    positions[3 * i + 1] = radius * y
    positions[3 * i + 2] = radius * z
  }
  return positions
}

/** Where a node begins beside its neighbours, in edges at rest. */
const besideEdges = 0.5

/**
 * Places nodes that have come to a graph that is laid out: in the middle of their neighbours that have a place, else beyond all others.
 * @param known 1 for nodes whose place stands
 * @param positions x, y, z of node i at 3i; those of nodes that are not known are written
 */
export function placeBeside(edges: Uint32Array, known: Uint8Array, positions: Float32Array, flat = false): void {
  const placed = known.slice()
  const sums = new Float64Array(4 * known.length)
  const give = (to: number, from: number) => {
    if (placed[to] || !placed[from]) return false
    for (let axis = 0; axis < 3; axis++) sums[4 * to + axis]! += positions[3 * from + axis]!
    sums[4 * to + 3]!++
    return true
  }
  // Neighbours of neighbours follow in the next round.
  for (let found = true; found; ) {
    found = false
    for (let i = 0; i < edges.length; i += 2) {
      if (give(edges[i]!, edges[i + 1]!)) found = true
      if (give(edges[i + 1]!, edges[i]!)) found = true
    }
    for (let node = 0; found && node < placed.length; node++) {
      const neighbours = sums[4 * node + 3]!
      if (placed[node] || neighbours === 0) continue
      const [dx, dy, dz] = direction(node, flat)
      positions[3 * node] = sums[4 * node]! / neighbours + dx * besideEdges * edgeLength
      positions[3 * node + 1] = sums[4 * node + 1]! / neighbours + dy * besideEdges * edgeLength
      positions[3 * node + 2] = flat ? 0 : sums[4 * node + 2]! / neighbours + dz * besideEdges * edgeLength
      placed[node] = 1
    }
  }
  placeBeyond(placed, positions, flat)
}

/** What nothing joins to a place: around all that have one, or as `spread` when there is none. */
function placeBeyond(placed: Uint8Array, positions: Float32Array, flat: boolean): void {
  let reach = 0
  for (let node = 0; node < placed.length; node++)
    if (placed[node]) reach = Math.max(reach, Math.hypot(positions[3 * node]!, positions[3 * node + 1]!, positions[3 * node + 2]!))
  const around = spread(placed.length - placed.reduce((sum, each) => sum + each, 0), flat)
  for (let node = 0, next = 0; node < placed.length; node++) {
    if (placed[node]) continue
    const distance = Math.hypot(around[next]!, around[next + 1]!, around[next + 2]!)
    const factor = reach === 0 ? 1 : (reach + edgeLength + distance) / distance
    for (let axis = 0; axis < 3; axis++) positions[3 * node + axis] = around[next++]! * factor
  }
}

/** The i-th direction of a spiral that covers the sphere, or the circle, evenly. */
const direction = (i: number, flat: boolean): [number, number, number] =>
  flat
    ? [Math.cos(i * roll), Math.sin(i * roll), 0]
    : [Math.sin(i * roll) * Math.cos(i * yaw), Math.cos(i * roll), Math.sin(i * roll) * Math.sin(i * yaw)]
