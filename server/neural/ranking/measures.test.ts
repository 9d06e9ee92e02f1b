import { describe, expect, it } from 'vitest'
import { allEvidenceAt, measure, ndcgAt, recallAt } from './measures.ts'

const judged = new Map([
  ['a', 2],
  ['b', 1],
  ['c', 0],
])

describe('measures', () => {
  it('counts what is relevant among the first', () => {
    expect(recallAt(['c', 'a', 'x', 'b'], judged, 2)).toBe(0.5)
    expect(allEvidenceAt(['c', 'a', 'x', 'b'], judged, 3)).toBe(0)
    expect(allEvidenceAt(['c', 'a', 'x', 'b'], judged, 4)).toBe(1)
  })

  it('discounts graded gains by the logarithm of the place', () => {
    expect(ndcgAt(['a', 'b'], judged, 10)).toBeCloseTo(1)
    expect(ndcgAt(['b', 'c', 'a'], judged, 10)).toBeCloseTo((1 + 2 / Math.log2(4)) / (2 + 1 / Math.log2(3)))
    expect(ndcgAt([], judged, 10)).toBe(0)
  })

  it('leaves questions without a relevant document out', () => {
    const result = measure([
      { ranking: ['a', 'b'], judged },
      { ranking: ['a'], judged: new Map([['z', 0]]) },
    ])
    expect(result).toEqual({ questions: 1, recallAt2: 1, recallAt5: 1, allEvidenceAt5: 1, ndcgAt10: 1 })
  })
})
