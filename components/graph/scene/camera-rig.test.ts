import { PerspectiveCamera, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '@/server/neural/ranking/random'
import { framed } from './camera-rig'

describe('bringing nodes into view', () => {
  it('goes exactly as far away that every node is in the picture', () => {
    const seed = Date.now() % 1_000_000
    const random = seededRandom(seed)
    for (const aspect of [0.5, 1, 1.8]) {
      const positions = Float32Array.from({ length: 3 * 200 }, () => 500 + random() * 900)
      const direction = new Vector3(random() - 0.5, random() - 0.5, random()).normalize()
      const { centre, distance } = framed(positions, null, direction, aspect)
      const outermost = (share: number) => {
        const camera = new PerspectiveCamera(45, aspect, 1, 100_000)
        camera.position.copy(centre).addScaledVector(direction, distance * share)
        camera.lookAt(centre)
        camera.updateMatrixWorld()
        let most = 0
        for (let at = 0; at < positions.length; at += 3) {
          const seen = new Vector3().fromArray(positions, at).project(camera)
          most = Math.max(most, Math.abs(seen.x), Math.abs(seen.y))
        }
        return most
      }
      expect(outermost(1), `seed ${seed}`).toBeLessThanOrEqual(1.001)
      expect(outermost(0.97), `seed ${seed}`).toBeGreaterThan(1)
    }
  })

  it('leaves room around one node, and around none', () => {
    for (const positions of [new Float32Array([5, 6, 7]), new Float32Array()]) {
      const { centre, width, distance } = framed(positions, null, new Vector3(0, 0, 1), 1)
      expect(centre.toArray()).toEqual(positions.length > 0 ? [5, 6, 7] : [0, 0, 0])
      expect(width).toBe(120)
      expect(distance).toBeGreaterThan(100)
    }
  })
})
