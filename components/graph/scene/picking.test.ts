import { describe, expect, it } from 'vitest'
import { seededRandom } from '@/server/neural/ranking/random'
import { pickRay } from './picking'

const eye = { x: 0, y: 0, z: 100 }
const ahead = { x: 0, y: 0, z: -1 }

describe('picking by a ray', () => {
  it('takes the node nearest by angle within the cone, however far it is', () => {
    const positions = new Float32Array([3, 0, 50, 3, 0, -1_000, 60, 0, 0])
    expect(pickRay(positions, null, eye, ahead, 0.2)).toBe(1)
    expect(pickRay(positions, null, eye, ahead, 0.0001)).toBe(-1)
  })

  it('sees nothing behind the eye, nothing that is not shown, and nothing in an empty graph', () => {
    expect(pickRay(new Float32Array([0, 0, 200]), null, eye, ahead, 0.1)).toBe(-1)
    expect(pickRay(new Float32Array([0, 0, 0, 1, 0, 0]), new Uint8Array([0, 1]), eye, ahead, 0.1)).toBe(1)
    expect(pickRay(new Float32Array(), null, eye, ahead, 0.1)).toBe(-1)
  })

  it('takes the foremost disc the ray goes through before one whose centre is nearer by angle', () => {
    const positions = new Float32Array([0, 0, 0, 4, 0, 50])
    const radii = new Float32Array([5, 5])
    expect(pickRay(positions, null, eye, ahead, 0.1)).toBe(0)
    expect(pickRay(positions, null, eye, ahead, 0.1, { radii, beam: 0 })).toBe(1)
    expect(pickRay(positions, new Uint8Array([1, 0]), eye, ahead, 0.1, { radii, beam: 0 })).toBe(0)
  })

  it('takes parallel rays as wide as the beam', () => {
    const positions = new Float32Array([2, 0, -10_000])
    const radii = new Float32Array([1])
    expect(pickRay(positions, null, eye, ahead, 0, { radii, beam: 1 })).toBe(-1)
    expect(pickRay(positions, null, eye, ahead, 0, { radii, beam: 2.5 })).toBe(0)
  })

  it('finds the same as the plain definition in random graphs', () => {
    const seed = Date.now() % 1_000_000
    const random = seededRandom(seed)
    for (let round = 0; round < 300; round++) {
      const positions = Float32Array.from({ length: 3 * 40 }, () => random() * 100 - 50)
      const shown = Uint8Array.from({ length: 40 }, () => (random() < 0.7 ? 1 : 0))
      const to = [random() - 0.5, random() - 0.5, -2]
      const length = Math.hypot(...to)
      const [dx, dy, dz] = to.map((each) => each / length) as [number, number, number]
      const tangents = Array.from(shown, (visible, node) => {
        const [x, y, z] = [positions[3 * node]!, positions[3 * node + 1]!, positions[3 * node + 2]! - 100]
        const along = x * dx + y * dy + z * dz
        const across = Math.hypot(y * dz - z * dy, z * dx - x * dz, x * dy - y * dx)
        return visible && along > 0 ? across / along : Number.POSITIVE_INFINITY
      })
      const best = tangents.indexOf(Math.min(...tangents))
      const expected = tangents[best]! < Math.tan(0.1) ? best : -1
      expect(pickRay(positions, shown, eye, { x: dx, y: dy, z: dz }, 0.1), `seed ${seed}, round ${round}`).toBe(expected)
    }
  })
})
