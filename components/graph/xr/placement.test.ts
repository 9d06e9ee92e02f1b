import { Euler, Matrix4, Quaternion, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '@/server/neural/ranking/random'
import type { Pose } from './grasp'
import { extentOf, fitScale, headingOf, inFront, isOutOfSight, isSeated, panelBeside, SnapStick, scaledAbout, turnedAbout } from './placement'

const looking = (yaw: number, pitch = 0, height = 1.7): Pose => ({
  position: new Vector3(3, height, -2),
  quaternion: new Quaternion().setFromEuler(new Euler(pitch, yaw, 0, 'YXZ')),
})
const ahead = (head: Pose) => new Vector3(0, 0, -1).applyQuaternion(head.quaternion)

describe('bringing the graph', () => {
  it('sets its middle before the eyes, in reach, whichever way somebody looks', () => {
    const seed = Date.now() % 1_000_000
    const random = seededRandom(seed)
    for (let round = 0; round < 300; round++) {
      const head = looking(random() * 7, random() * 3 - 1.5)
      const centre = new Vector3(random() * 1e4, random() * 1e4, random() * 1e4)
      const seated = random() < 0.5
      const middle = centre.clone().applyMatrix4(inFront(head, centre, 0.001, seated))
      const to = middle.sub(head.position)
      const why = `seed ${seed}, round ${round}`
      expect(Math.hypot(to.x, to.z), why).toBeCloseTo(seated ? 0.8 : 1.3, 4)
      expect(Math.abs(to.y), why).toBeLessThan(0.2)
      expect(new Vector3(to.x, 0, to.z).normalize().dot(new Vector3(0, 0, -1).applyQuaternion(headingOf(head))), why).toBeCloseTo(1, 6)
    }
  })

  it('knows a heading even of somebody who looks straight down', () => {
    const heading = headingOf(looking(1, -Math.PI / 2))
    expect(new Vector3(0, 0, -1).applyQuaternion(heading).angleTo(ahead(looking(1)))).toBeLessThan(0.01)
  })

  it('fits what most of the graph takes, whatever strays', () => {
    const positions = new Float32Array(300)
    for (let node = 0; node < 99; node++) positions[3 * node] = Math.sin(node) * 50
    positions[297] = 1e5
    const { radius } = extentOf(positions, 100, null)
    expect(radius).toBeLessThan(2_000)
    const shown = new Uint8Array(100).fill(1)
    shown[99] = 0
    expect(extentOf(positions, 100, shown).radius).toBeCloseTo(50, -1)
    expect(fitScale({ centre: new Vector3(), radius: 50 }, false) * 50).toBeCloseTo(0.55, 6)
  })

  it.each([0, 1])('has a size for %i nodes', (count) => {
    const extent = extentOf(new Float32Array(3 * count), count, null)
    expect(extent.radius).toBe(1)
    expect(extent.centre.toArray()).toEqual([0, 0, 0])
  })

  it('takes low eyes for somebody who sits', () => {
    expect([isSeated(1.15), isSeated(1.6)]).toEqual([true, false])
  })
})

describe('the panel', () => {
  it('stands beside the graph, in sight, turned to the eyes', () => {
    for (const yaw of [0, 1, 2.5, -3]) {
      const head = looking(yaw, 0.2)
      for (const side of [1, -1] as const) {
        const { position, quaternion } = panelBeside(head, false, side)
        expect(isOutOfSight(head, position)).toBe(false)
        const normal = new Vector3(0, 0, 1).applyQuaternion(quaternion)
        const back = head.position.clone().sub(position).setY(0).normalize()
        expect(normal.dot(back)).toBeCloseTo(1, 5)
      }
      expect(isOutOfSight(looking(yaw + Math.PI), panelBeside(head, false).position)).toBe(true)
    }
  })
})

describe('turning and scaling', () => {
  it('keep the pivot where it is', () => {
    const matrix = new Matrix4().makeTranslation(1, 2, 3)
    const pivot = new Vector3(5, 0, 5)
    const own = pivot.clone().applyMatrix4(matrix.clone().invert())
    for (const changed of [turnedAbout(matrix, pivot, 1), scaledAbout(matrix, pivot, 3)])
      expect(own.clone().applyMatrix4(changed).distanceTo(pivot)).toBeLessThan(1e-6)
    expect(scaledAbout(matrix, pivot, 3).getMaxScaleOnAxis()).toBeCloseTo(3, 6)
  })

  it('turn one step for one push of the stick', () => {
    const stick = new SnapStick()
    const turns = [0, 0.5, 0.9, 1, 0.9, 0.5, 0.9, 0.1, -0.9, -1, 0, 0.8].map((x) => stick.turn(x))
    expect(turns).toEqual([0, 0, 1, 0, 0, 0, 0, 0, -1, 0, 0, 1])
  })
})
