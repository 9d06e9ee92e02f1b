import { Euler, Matrix4, Quaternion, Vector3 } from 'three'
import type { Pose } from './grasp'

/** How much larger or smaller than at its first sight the graph may become. */
export const leastScale = 0.05
export const mostScale = 20

/** Below this height of the eyes over the floor (metres) somebody sits: standing adults are above it, in chairs and wheelchairs below. */
const seatedEyes = 1.3

/** Metres from the eyes to the middle of the graph, its radius, how far below the eyes its middle is, and the distance of the panel. */
const reach = {
  standing: { away: 1.3, radius: 0.55, below: 0.15, panel: 0.95 },
  // Within the reach of an arm, and nowhere below a table.
  seated: { away: 0.8, radius: 0.32, below: 0.05, panel: 0.75 },
} as const

export const isSeated = (eyeHeight: number) => eyeHeight < seatedEyes

/** Middle and radius of a graph, in its own units. The radius holds 95 of 100 nodes: a few strays must not make all the others small. */
export interface Extent {
  centre: Vector3
  radius: number
}

export function extentOf(positions: Float32Array, count: number, shown: Uint8Array | null): Extent {
  const centre = new Vector3()
  let seen = 0
  for (let node = 0; node < count; node++) {
    if (shown && shown[node] === 0) continue
    centre.x += positions[3 * node] ?? 0
    centre.y += positions[3 * node + 1] ?? 0
    centre.z += positions[3 * node + 2] ?? 0
    seen += 1
  }
  if (seen === 0) return { centre, radius: 1 }
  centre.divideScalar(seen)
  const distances = new Float32Array(seen)
  for (let node = 0, at = 0; node < count; node++) {
    if (shown && shown[node] === 0) continue
    distances[at++] = Math.hypot(
      (positions[3 * node] ?? 0) - centre.x,
      (positions[3 * node + 1] ?? 0) - centre.y,
      (positions[3 * node + 2] ?? 0) - centre.z,
    )
  }
  distances.sort()
  return { centre, radius: Math.max(1, distances[Math.floor((seen - 1) * 0.95)] ?? 1) }
}

/** Metres a unit of the graph takes at its first sight. */
export const fitScale = (extent: Extent, seated: boolean) => (seated ? reach.seated : reach.standing).radius / extent.radius

/** The direction somebody looks, along the floor: a rotation about the vertical. Looking straight up or down keeps the sides of the head. */
export function headingOf(head: Pose): Quaternion {
  const forward = new Vector3(0, 0, -1).applyQuaternion(head.quaternion)
  if (Math.hypot(forward.x, forward.z) < 0.1) {
    const right = new Vector3(1, 0, 0).applyQuaternion(head.quaternion)
    forward.set(right.z, 0, -right.x)
  }
  return new Quaternion().setFromEuler(new Euler(0, Math.atan2(-forward.x, -forward.z), 0))
}

/**
 * Brings the graph to somebody: the point `centre` of it (its own units) stands in front of the eyes, its front towards them. `scale` in metres a unit.
 * The graph comes instead of the person going, so nobody is carried through space (and nobody becomes sick).
 */
export function inFront(head: Pose, centre: Vector3, scale: number, seated: boolean): Matrix4 {
  const { away, below } = seated ? reach.seated : reach.standing
  const heading = headingOf(head)
  const place = new Vector3(0, -below, -away).applyQuaternion(heading).add(head.position)
  return new Matrix4().compose(place, heading, new Vector3(scale, scale, scale)).multiply(new Matrix4().makeTranslation(centre.clone().negate()))
}

/** Beside the graph and turned to the eyes, where text is read without turning the body. `side` 1 is right, -1 left. */
export function panelBeside(head: Pose, seated: boolean, side: 1 | -1 = 1): Pose {
  const turn = new Quaternion().setFromEuler(new Euler(0, (-side * 38 * Math.PI) / 180, 0)).premultiply(headingOf(head))
  const distance = (seated ? reach.seated : reach.standing).panel
  return { position: new Vector3(0, -0.12, -distance).applyQuaternion(turn).add(head.position), quaternion: turn }
}

/** Whether somebody would have to search for the panel: behind the head, or further than text can be read. */
export function isOutOfSight(head: Pose, place: Vector3): boolean {
  const to = place.clone().sub(head.position)
  const angle = new Vector3(0, 0, -1).applyQuaternion(head.quaternion).angleTo(to)
  return angle > (60 * Math.PI) / 180 || to.length() > 1.8
}

/** `matrix` turned by `radians` about the vertical through `pivot`. */
export function turnedAbout(matrix: Matrix4, pivot: Vector3, radians: number): Matrix4 {
  return new Matrix4()
    .makeTranslation(pivot)
    .multiply(new Matrix4().makeRotationY(radians))
    .multiply(new Matrix4().makeTranslation(pivot.clone().negate()))
    .multiply(matrix)
}

/** `matrix` made larger by `factor` about `pivot`. */
export function scaledAbout(matrix: Matrix4, pivot: Vector3, factor: number): Matrix4 {
  return new Matrix4()
    .makeTranslation(pivot)
    .multiply(new Matrix4().makeScale(factor, factor, factor))
    .multiply(new Matrix4().makeTranslation(pivot.clone().negate()))
    .multiply(matrix)
}

/** Turns by steps: one for each time the stick leaves its middle, so that nobody sees the world glide. Returns -1, 0 or 1. */
export class SnapStick {
  #rests = true

  turn(x: number): -1 | 0 | 1 {
    if (Math.abs(x) < 0.4) this.#rests = true
    if (!this.#rests || Math.abs(x) < 0.7) return 0
    this.#rests = false
    return x > 0 ? 1 : -1
  }
}
