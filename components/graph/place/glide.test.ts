import { describe, expect, it } from 'vitest'
import { glideTo, placesBefore } from './glide'

const graph = (places: Record<string, [number, number, number]>) => ({
  ids: Object.keys(places),
  positions: Float32Array.from(Object.values(places).flat()),
})

describe('gliding to new places', () => {
  it('begins where an atom stood, whatever its number is now, and a new one where it stands', () => {
    const before = graph({ a: [0, 0, 0], gone: [9, 9, 9], b: [10, 20, 30] })
    const now = graph({ b: [40, 50, 60], a: [0, 0, 2], fresh: [7, 8, 9] })
    expect([...(placesBefore(before, now) ?? [])]).toEqual([10, 20, 30, 0, 0, 0, 7, 8, 9])
    expect([...now.positions]).toEqual([40, 50, 60, 0, 0, 2, 7, 8, 9])
  })

  it('is not needed when nothing has moved', () => {
    const before = graph({ a: [1, 2, 3], b: [4, 5, 6] })
    expect(placesBefore(before, graph({ b: [4, 5, 6], fresh: [0, 0, 0] }))).toBeNull()
    expect(placesBefore(before, graph({}))).toBeNull()
  })

  it('goes from the start through the middle to exactly the end', () => {
    const [starts, ends, positions] = [Float32Array.of(0, 0.1), Float32Array.of(10, 0.3), new Float32Array(2)]
    const at = (share: number) => {
      glideTo(positions, starts, ends, share)
      return [...positions]
    }
    expect(at(0)).toEqual([...starts])
    expect(at(0.5)[0]).toBe(5)
    expect(at(1)).toEqual([...ends])
  })
})
