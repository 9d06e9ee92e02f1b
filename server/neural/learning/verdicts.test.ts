import { expect, it } from 'vitest'
import type { ResultSignal } from '../asking/record.ts'
import { priorModel } from '../ranking/model.ts'
import { verdictsOf } from './verdicts.ts'

const signal = (number: number, cited: number | null, kind?: 'mentions' | 'similar'): ResultSignal => ({
  number,
  atomId: String(number),
  cited,
  score: 1,
  signals: { bm25: 1, latent: 0, named: 0, hop: kind ? priorModel.weights[kind] : 0 },
  via: kind ? { from: 0, kind, weight: 1 } : null,
})

it('judges a citation by its own verdict before that of the whole answer', () => {
  const verdicts = verdictsOf(
    [signal(1, 1, 'mentions'), signal(2, 2, 'similar'), signal(3, null)],
    new Map([
      [0, true],
      [2, false],
    ]),
    priorModel.weights,
  )
  expect(verdicts.map(({ useful, place }) => [useful, place])).toEqual([
    [true, 1],
    [false, 2],
    [false, 3],
  ])
  expect(verdicts.map(({ contributions }) => contributions)).toEqual([{ mentions: 1 }, { similar: 1 }, {}])
})

it('says nothing about what nobody judged', () => {
  expect(verdictsOf([signal(1, 1), signal(2, 2), signal(3, null)], new Map([[1, false]]), priorModel.weights)).toHaveLength(1)
})
