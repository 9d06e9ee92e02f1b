import { Matrix4, Quaternion, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '@/server/neural/ranking/random'
import { dragDistance, Grasp, oneHand, type Pose, twoHands } from './grasp'

const at = (x: number, y = 0, z = 0, quaternion = new Quaternion()): Pose => ({ position: new Vector3(x, y, z), quaternion })
const point = (matrix: Matrix4, x: number, y = 0, z = 0) => new Vector3(x, y, z).applyMatrix4(matrix)
const close = (a: Vector3, b: Vector3, why?: string) => expect(a.distanceTo(b), why).toBeLessThan(1e-6)

describe('one hand', () => {
  it('carries and turns what it holds round itself', () => {
    const quarter = new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), Math.PI / 2)
    const change = oneHand(at(1), at(1, 2, 0, quarter))
    close(point(change, 1), new Vector3(1, 2, 0))
    close(point(change, 2), new Vector3(1, 2, -1))
  })
})

describe('two hands', () => {
  it('keep under them what they hold, in any motion', () => {
    const seed = Date.now() % 1_000_000
    const random = seededRandom(seed)
    const anywhere = () => at(random() * 2 - 1, random() * 2 - 1, random() * 2 - 1)
    for (let round = 0; round < 500; round++) {
      const [a, b, c, d] = [anywhere(), anywhere(), anywhere(), anywhere()]
      const change = twoHands([a, b], [c, d])
      const why = `seed ${seed}, round ${round}`
      close(a.position.clone().applyMatrix4(change), c.position, why)
      close(b.position.clone().applyMatrix4(change), d.position, why)
      const factor = c.position.distanceTo(d.position) / a.position.distanceTo(b.position)
      expect(change.getMaxScaleOnAxis(), why).toBeCloseTo(factor, 6)
    }
  })

  it('turn half round without falling over', () => {
    const change = twoHands([at(-1), at(1)], [at(1), at(-1)])
    close(point(change, 1), new Vector3(-1, 0, 0))
    expect(change.determinant()).toBeCloseTo(1, 6)
  })

  it('scale no further than they may, and still move', () => {
    const change = twoHands([at(-1), at(1)], [at(-9, 1), at(11, 1)], 0.5, 2)
    expect(change.getMaxScaleOnAxis()).toBeCloseTo(2, 9)
    close(point(change, 0), new Vector3(1, 1, 0))
  })

  it('only move while they are in one place', () => {
    const change = twoHands([at(0), at(0)], [at(0, 1), at(1, 1)])
    expect(change.elements.every(Number.isFinite)).toBe(true)
    expect(change.getMaxScaleOnAxis()).toBe(1)
  })
})

describe('grasping', () => {
  const poses = new Map<string, Pose>()
  const poseOf = (key: string) => poses.get(key) ?? null
  const still = { grips: false, turns: true }

  it('lets a press that trembles choose, and one that moves drag without a jump', () => {
    const grasp = new Grasp<string>()
    grasp.press('a', at(0), still)
    poses.set('a', at(dragDistance * 0.9))
    expect(grasp.move(poseOf, 0, 9)).toBeNull()
    expect(grasp.isDragging('a')).toBe(false)
    poses.set('a', at(dragDistance * 1.1))
    close(point(grasp.move(poseOf, 0, 9) ?? new Matrix4().makeScale(0, 0, 0), 5), new Vector3(5, 0, 0))
    expect(grasp.isDragging('a')).toBe(true)
    poses.set('a', at(dragDistance * 1.1 + 0.5))
    close(point(grasp.move(poseOf, 0, 9) ?? new Matrix4(), 5), new Vector3(5.5, 0, 0))
  })

  it('holds at once by a grip, and no longer after it', () => {
    const grasp = new Grasp<string>()
    grasp.press('a', at(0), { grips: true, turns: true })
    poses.set('a', at(0.01))
    close(point(grasp.move(poseOf, 0, 9) ?? new Matrix4(), 0), new Vector3(0.01, 0, 0))
    grasp.release('a')
    expect(grasp.move(poseOf, 0, 9)).toBeNull()
  })

  it('takes both hands as soon as one moves, and scales by all they did', () => {
    const grasp = new Grasp<string>()
    grasp.press('a', at(-0.1), still)
    grasp.press('b', at(0.1), still)
    const whole = new Matrix4()
    // The first three centimetres only decide that it is a drag.
    for (const half of [0.2, 0.3, 0.4]) {
      poses.set('a', at(-half)).set('b', at(half))
      const change = grasp.move(poseOf, 0, 99)
      if (change) whole.premultiply(change)
    }
    expect(whole.getMaxScaleOnAxis()).toBeCloseTo(2, 6)
  })

  it('leaves the orientation of a ray out, and a hand out of sight where it is', () => {
    const grasp = new Grasp<string>()
    grasp.press('a', at(0), { grips: true, turns: false })
    poses.set('a', at(0, 1, 0, new Quaternion().setFromAxisAngle(new Vector3(1, 0, 0), 1)))
    close(point(grasp.move(poseOf, 0, 9) ?? new Matrix4(), 3, 0, 3), new Vector3(3, 1, 3))
    poses.delete('a')
    expect(grasp.move(poseOf, 0, 9)).toBeNull()
    expect(grasp.isDragging('a')).toBe(true)
  })
})
