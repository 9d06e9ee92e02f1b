/** A point or a direction; a three.js Vector3 is one. */
export interface Point {
  x: number
  y: number
  z: number
}

/** How large nodes are drawn, so that what is under the pointer is what is picked. Units of positions. */
export interface Discs {
  radii: Float32Array
  /** How far beside a ray that does not widen a node still counts: half the width of the beam at its origin. */
  beam: number
}

/**
 * The node that a ray means, or -1: the nearest of those whose disc it goes through, else the one that lies nearest to it by angle within
 * the cone. Reads every node once, without allocating: below 0.2 ms at 50,000 nodes.
 *
 * @param shown 1 for nodes that can be picked; null = all
 * @param direction of length 1
 * @param coneRadians half the opening angle of the cone; 0 for parallel rays, which are as wide as `discs.beam`
 */
export function pickRay(
  positions: Float32Array,
  shown: Uint8Array | null,
  origin: Point,
  direction: Point,
  coneRadians: number,
  discs?: Discs,
): number {
  const { x: ox, y: oy, z: oz } = origin
  const { x: dx, y: dy, z: dz } = direction
  const radii = discs?.radii
  const beam = discs?.beam ?? 0
  const slope = Math.tan(coneRadians)
  let beside = -1
  let least = 1
  let through = -1
  let nearest = Number.POSITIVE_INFINITY
  for (let node = 0, at = 0; at < positions.length; node++, at += 3) {
    const x = positions[at]! - ox
    const y = positions[at + 1]! - oy
    const z = positions[at + 2]! - oz
    const along = x * dx + y * dy + z * dz
    if (along <= 0) continue
    const across = x * x + y * y + z * z - along * along
    const reach = beam + along * slope
    const wide = reach * reach
    const radius = radii ? radii[node]! : 0
    const inside = across < radius * radius
    // Relative to the cone, so that near and far nodes compete by angle.
    if ((!inside && across >= least * wide) || (shown && shown[node] === 0)) continue
    if (inside && along < nearest) {
      nearest = along
      through = node
    }
    if (across < least * wide) {
      least = across / wide
      beside = node
    }
  }
  return through >= 0 ? through : beside
}
