import { describe, expect, it } from 'vitest'
import { entryProblem, preferredFrameRate } from './session'

describe('the frame rate asked for', () => {
  it('is 90 or 72 Hz, never merely the fastest', () => {
    expect(preferredFrameRate(new Float32Array([72, 80, 90, 120]), 1_000)).toBe(90)
    expect(preferredFrameRate(new Float32Array([72, 80, 90, 120]), 50_000)).toBe(72)
    expect(preferredFrameRate([60, 72], 10)).toBe(72)
    expect(preferredFrameRate([60, 120], 10)).toBe(false)
  })
})

describe('what is said when a session does not begin', () => {
  const named = (name: string) => Object.assign(new Error('x'), { name })
  it('tells what to do', () => {
    const said = ['NotAllowedError', 'SecurityError', 'InvalidStateError', 'NotSupportedError', 'ChunkLoadError', 'Error'].map((name) =>
      entryProblem(named(name), 'immersive-vr'),
    )
    expect(new Set(said).size).toBe(6)
    for (const words of said) expect(words).toMatch(/press again|Leave that one|does not offer|Press again/i)
    expect(entryProblem(undefined, 'immersive-ar')).toContain('AR')
  })
})
