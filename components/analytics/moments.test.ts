import { describe, expect, it } from 'vitest'
import { faultsOf, keptPart, keptText, momentsIn, textsOf } from './moments'
import { keptMs } from './view'

const now = Date.UTC(2026, 5, 20, 12, 0, 30)
const [hourMs, dayMs] = [3_600_000, 86_400_000]
const range = { from: now - 2 * dayMs, to: now - dayMs }

describe('two moments that are typed', () => {
  it('keep the seconds of the one that is left alone', () => {
    const texts = textsOf(range)
    expect(momentsIn(texts, range)).toEqual(range)
    const typed = momentsIn({ ...texts, to: textsOf({ from: 0, to: range.to + hourMs }).to }, range)
    expect(typed).toEqual({ from: range.from, to: range.to + hourMs - 30_000 })
  })

  it('are a range, or say at the field what is missing', () => {
    expect(faultsOf(range, now)).toEqual({})
    expect(faultsOf({ from: Number.NaN, to: range.to }, now)).toEqual({ from: expect.stringContaining('day') })
    expect(faultsOf({ from: range.from, to: Number.NaN }, now)).toEqual({ to: expect.stringContaining('day') })
    expect(faultsOf({ from: range.to, to: range.from }, now)).toEqual({ to: expect.stringContaining('after') })
    expect(faultsOf({ from: range.to, to: range.to }, now)).toEqual({ to: expect.stringContaining('after') })
    expect(faultsOf({ from: now + hourMs, to: now + 2 * hourMs }, now)).toEqual({ from: expect.stringContaining('to come') })
    expect(faultsOf({ from: range.from, to: now + 2 * dayMs }, now)).toEqual({ to: expect.stringContaining('ahead') })
  })

  it('say that figures are kept for 30 days, at the one that is too early', () => {
    expect(keptText).toContain('30 days')
    expect(faultsOf({ from: now - keptMs - dayMs, to: now }, now)).toEqual({ from: keptText })
    expect(faultsOf({ from: now - keptMs - 2 * dayMs, to: now - keptMs - dayMs }, now)).toEqual({ to: keptText })
    // As it is while somebody types a year.
    expect(faultsOf({ from: Date.UTC(2, 5, 1), to: now }, now)).toEqual({ from: keptText })
  })
})

describe('what is kept of a range', () => {
  it('is its later part, never one that ends before it begins', () => {
    expect(keptPart(range, now)).toEqual(range)
    expect(keptPart({ from: now - 2 * keptMs, to: now }, now)).toEqual({ from: now - keptMs, to: now })
    expect(keptPart({ from: now - 3 * keptMs, to: now - 2 * keptMs }, now)).toBeNull()
  })
})
