import { describe, expect, it } from 'vitest'
import { citationHref, copyText, parseAnswer } from './citations'

const known = new Set([1, 2, 12])
const text = (value: string) => ({ kind: 'text', text: value })
const cite = (n: number) => ({ kind: 'cite', n })

describe('parseAnswer', () => {
  it('cuts at single, adjoining and listed marks', () => {
    expect(parseAnswer('One [1]. Two[1][2]. Three [2, 12]', known)).toEqual([
      text('One'),
      cite(1),
      text('. Two'),
      cite(1),
      cite(2),
      text('. Three'),
      cite(2),
      cite(12),
    ])
  })
  it('leaves brackets alone that are no citation', () => {
    expect(parseAnswer('list[3] and [x] and [1,99]', known)).toEqual([text('list[3] and [x] and [1,99]')])
    expect(parseAnswer('', known)).toEqual([])
  })
  it('loses no word: random answers come back whole (seed printed on failure)', () => {
    let seed = 20261122
    const random = (n: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      return seed % n
    }
    const bits = ['word', '[1]', '[2]', '[7]', '[1, 2]', '[', ']', '\n', 'ü𝄞', '[12]x']
    for (let round = 0; round < 300; round++) {
      const answer = Array.from({ length: random(12) }, () => bits[random(bits.length)]).join('')
      const joined = parseAnswer(answer, known)
        .map((part) => (part.kind === 'text' ? part.text : `[${part.n}]`))
        .join('')
      expect(joined, `seed ${seed}`).toBe(answer.replaceAll('[1, 2]', '[1][2]'))
    }
  })
})

it('leads to the exact words', () => {
  expect(citationHref({ source_id: 'a-b', start: 3, end: 9 })).toBe('/knowledge/sources/a-b?start=3&end=9')
})

it('copies question, answer, what is missing, and every source with its quote', () => {
  const result = {
    question: 'Why?',
    answer: 'Because [1].',
    not_found: ['the price'],
    citations: [{ n: 1, source_id: 's', atom_id: 'a', title: 'Guide', quote: 'be\n  cause', start: 1, end: 9 }],
  }
  expect(copyText(result, 'https://aia.test')).toBe(
    'Why?\n\nBecause [1].\n\nNot found: the price\n\nSources\n[1] Guide: “be cause” https://aia.test/knowledge/sources/s?start=1&end=9',
  )
})
