import { Matrix4, Quaternion, Vector3 } from 'three'

/** Where a hand is: metres and orientation in the scene's world. */
export interface Pose {
  position: Vector3
  quaternion: Quaternion
}

/** How far a hand moves (metres) before a press means "drag" and no longer "choose": more than a hand trembles, less than it means. */
export const dragDistance = 0.03

const one = new Vector3(1, 1, 1)
const matrixOf = ({ position, quaternion }: Pose) => new Matrix4().compose(position, quaternion, one)

/** What one hand does to what it holds: it moves and turns with the hand (a rigid motion). */
export function oneHand(before: Pose, now: Pose): Matrix4 {
  return matrixOf(now).multiply(matrixOf(before).invert())
}

/**
 * What two hands do: the points they hold stay under them. The similarity that moves `a` and `b` to where they are now: scale by the ratio of the
 * distances, the smallest rotation between the two directions, translation. `least` and `most` bound the factor of the scale.
 */
export function twoHands(before: readonly [Pose, Pose], now: readonly [Pose, Pose], least = 0, most = Number.POSITIVE_INFINITY): Matrix4 {
  const spanBefore = before[1].position.clone().sub(before[0].position)
  const spanNow = now[1].position.clone().sub(now[0].position)
  const middleBefore = before[0].position.clone().lerp(before[1].position, 0.5)
  const middleNow = now[0].position.clone().lerp(now[1].position, 0.5)
  const [lengthBefore, lengthNow] = [spanBefore.length(), spanNow.length()]
  // Hands in one place have no direction: they only move.
  const apart = lengthBefore > 1e-6 && lengthNow > 1e-6
  const factor = apart ? Math.min(most, Math.max(least, lengthNow / lengthBefore)) : 1
  const turn = new Quaternion()
  if (apart) turn.setFromUnitVectors(spanBefore.divideScalar(lengthBefore), spanNow.divideScalar(lengthNow))
  return new Matrix4()
    .makeTranslation(middleNow)
    .multiply(new Matrix4().compose(new Vector3(), turn, new Vector3(factor, factor, factor)))
    .multiply(new Matrix4().makeTranslation(middleBefore.negate()))
}

type Hold = { start: Vector3; last: Pose; dragging: boolean; turns: boolean }

/**
 * Who holds the graph, and how it moves with them. `K` names an input. A grip holds at once; a press (trigger, pinch, tap) holds once it has
 * moved, and until then may still choose something.
 */
export class Grasp<K> {
  readonly #holds = new Map<K, Hold>()

  /** `grips`: begins to drag at once. `turns`: the orientation of the hand counts; that of a ray through a screen does not. */
  press(key: K, pose: Pose, { grips, turns }: { grips: boolean; turns: boolean }): void {
    this.#holds.set(key, { start: pose.position.clone(), last: clonePose(pose), dragging: grips, turns })
  }

  release(key: K): void {
    this.#holds.delete(key)
  }

  clear(): void {
    this.#holds.clear()
  }

  keys(): K[] {
    return [...this.#holds.keys()]
  }

  /** Whether this press has become a drag, so that letting go must not choose anything. */
  isDragging(key: K): boolean {
    return this.#holds.get(key)?.dragging ?? false
  }

  /**
   * What the hands did since the last call, to be multiplied from the left to what they hold; null when nothing moved. Inputs without a pose
   * (out of sight) keep their place. `least` and `most` bound the factor of the scale.
   */
  move(poseOf: (key: K) => Pose | null, least: number, most: number): Matrix4 | null {
    const seen: { hold: Hold; now: Pose }[] = []
    for (const [key, hold] of this.#holds) {
      const now = poseOf(key)
      if (now) seen.push({ hold, now: clonePose(now) })
    }
    const moved = seen.some(({ hold, now }) => hold.dragging || hold.start.distanceTo(now.position) > dragDistance)
    // With both hands on it, moving one is meant for both.
    for (const { hold, now } of seen) {
      const begins = !hold.dragging && moved && (seen.length > 1 || hold.start.distanceTo(now.position) > dragDistance)
      if (!begins) continue
      hold.dragging = true
      // From here on, or the graph would jump by the distance that decided it.
      hold.last = now
    }
    const dragging = seen.filter(({ hold }) => hold.dragging)
    const [first, second] = dragging
    if (!first) return null
    const change = second
      ? twoHands([first.hold.last, second.hold.last], [first.now, second.now], least, most)
      : oneHand(first.hold.last, first.hold.turns ? first.now : { position: first.now.position, quaternion: first.hold.last.quaternion })
    for (const { hold, now } of dragging) hold.last = now
    return change
  }
}

const clonePose = ({ position, quaternion }: Pose): Pose => ({ position: position.clone(), quaternion: quaternion.clone() })
