import { PerspectiveCamera } from 'three'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '@/server/neural/ranking/random'
import { LabelChoice } from './label-choice'
import { stateBits } from './shaders'

const [width, height] = [1_200, 800]
const camera = new PerspectiveCamera(45, width / height, 1, 10_000)
camera.position.set(0, 0, 1_000)
camera.updateMatrixWorld()
camera.matrixWorldInverse.copy(camera.matrixWorld).invert()
const matrix = camera.projectionMatrix.clone().multiply(camera.matrixWorldInverse).elements
const view = { matrix, width, height, scale: 1_000, distance: 1_000 }

function graphOf(count: number, seed: number) {
  const random = seededRandom(seed)
  const positions = Float32Array.from({ length: 3 * count }, () => random() * 800 - 400)
  const importance = Float32Array.from({ length: count }, () => random() ** 4)
  return { positions, importance, radii: new Float32Array(count).fill(3), states: new Uint8Array(count) }
}
const chosen = (choice: LabelChoice) => [...choice.nodes.subarray(0, choice.count)]

describe('the choice of labels', () => {
  it('covers no label with another, and takes the most important node of all', () => {
    const seed = Date.now() % 1_000_000
    const { positions, importance, radii, states } = graphOf(5_000, seed)
    const choice = new LabelChoice(5_000, 96)
    choice.choose(positions, importance, radii, states, false, view, () => 90)
    const boxes = chosen(choice).map((node) => {
      const [x, y, z] = [0, 1, 2].map((axis) => positions[3 * node + axis]!) as [number, number, number]
      const w = 1_000 - z
      const perUnit = height / 2 / Math.tan(Math.PI / 8)
      return { x: width / 2 + (x * perUnit) / w, y: height / 2 - (y * perUnit) / w + 3_000 / w }
    })
    expect(boxes.length, `seed ${seed}`).toBeGreaterThan(20)
    for (const [at, a] of boxes.entries())
      for (const b of boxes.slice(at + 1)) expect(Math.abs(a.x - b.x) > 89.9 || Math.abs(a.y - b.y) > 21.9, `seed ${seed}`).toBe(true)
    const near = importance.map((value, node) => {
      const [x, y, z] = positions.subarray(3 * node, 3 * node + 3) as unknown as [number, number, number]
      const halfHeight = (1_000 - z) * Math.tan(Math.PI / 8)
      const isOnScreen = Math.abs(y) < halfHeight && Math.abs(x) < (halfHeight * width) / height
      return isOnScreen ? (value + 0.02) * Math.min(2, 1_000 / (1_000 - z)) : 0
    })
    expect(chosen(choice)[0], `seed ${seed}`).toBe(near.indexOf(Math.max(...near)))
  })

  it('shows what is selected in any case, nothing hidden, and while something stands out only that', () => {
    const { positions, importance, radii, states } = graphOf(500, 3)
    const choice = new LabelChoice(500, 96)
    choice.choose(positions, importance, radii, states, false, view, () => 90)
    const [first, second] = chosen(choice) as [number, number]
    states[first] = stateBits.hidden
    choice.choose(positions, importance, radii, states, false, view, () => 90)
    expect(chosen(choice)).not.toContain(first)
    const last = importance.indexOf(Math.min(...importance))
    states[last] = stateBits.selected
    states[second] = stateBits.neighbour
    choice.choose(positions, importance, radii, states, true, view, () => 90)
    expect(chosen(choice)).toEqual([last, second])
  })

  it('keeps what it showed before one that is hardly more important, so that names do not flicker', () => {
    const positions = new Float32Array([0, 0, 0, 4, 0, 0])
    const importance = new Float32Array([0.5, 0.4])
    const choose = () => choice.choose(positions, importance, new Float32Array(2), new Uint8Array(2), false, view, () => 90)
    const choice = new LabelChoice(2, 8)
    choose()
    importance[1] = 0.55
    choose()
    expect(chosen(choice)).toEqual([0])
    importance[1] = 0.9
    choose()
    expect(chosen(choice)).toEqual([1])
  })
})
