import { describe, expect, it } from 'vitest'
import { titleKey } from './analysis.ts'
import { phrases } from './phrases.ts'
import { stem } from './stem.ts'

const keys = (text: string): string[] => phrases(text).map(({ key }) => key)

describe('phrases', () => {
  it('reads capitalised names with their small words, and the parts around "and" and commas', () => {
    expect(keys('He studied at the University of Oxford and Cambridge University.')).toEqual(
      expect.arrayContaining(['university of oxford', 'cambridge university', 'university of oxford and cambridge university']),
    )
    expect(keys('She lives in St. Louis, Missouri.')).toEqual(expect.arrayContaining(['st louis', 'st louis missouri', 'missouri']))
    expect(keys("In March they saw O'Neill's Lord of the Rings.")).toEqual(expect.arrayContaining(['o neill', 'lord of the rings']))
  })

  it('reads years, and numbers only beside a name', () => {
    expect(keys('It opened in 1998 at the 2004 Summer Olympics.')).toEqual(expect.arrayContaining(['1998', '2004 summer olympics']))
    expect(keys('It weighs 123456 grams.')).toEqual([])
  })

  it('reads identifiers, code, quoted titles and control ids as their titles are keyed', () => {
    const found = keys('Use `drizzle-orm` with @scope/name; see AC-2(1), AC-2 and "the quick fix".')
    for (const name of ['drizzle-orm', '@scope/name', 'AC-2(1)', 'AC-2', 'the quick fix']) expect(found).toContain(titleKey(name))
    expect(titleKey('AC-2(1)')).not.toBe(titleKey('AC-2'))
  })

  it('gives each name once, at its first place, in order, and at most 200', () => {
    const text = 'Anna met Bert. Bert met Anna.'
    const found = phrases(text)
    expect(found.map(({ key, start, end }) => [key, text.slice(start, end)])).toEqual([
      ['anna', 'Anna'],
      ['bert', 'Bert'],
    ])
    expect(phrases(Array.from({ length: 500 }, (_, i) => `Name${i} x.`).join(' '))).toHaveLength(200)
  })

  it('leaves out what is no name', () => {
    expect(keys('The cat sat. It was on a mat. They saw it in January.')).toEqual([])
  })
})

describe('stem', () => {
  it('strips suffixes as Porter describes', () => {
    const given = 'caresses ponies relational hopping happy generalizations oscillators controlling rate adoption cats feed agreed yes'
    expect(given.split(' ').map(stem).join(' ')).toBe('caress poni relat hop happi gener oscil control rate adopt cat feed agre ye')
    expect(stem('naïve')).toBe('naïve')
    expect(stem('b2b')).toBe('b2b')
  })
})
