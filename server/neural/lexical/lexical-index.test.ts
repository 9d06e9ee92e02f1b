import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, freshEnterprise } from '../../testing/database.ts'
import { seededRandom } from '../ranking/random.ts'
import { indexTerms } from './analysis.ts'
import { type IndexedAtom, LexicalIndex } from './lexical-index.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(async () => {
  await database?.remove()
})

const vocabulary = Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? `naïve${i}` : `w${i}`))

function makeAtom(number: number, random: () => number): IndexedAtom {
  const text = Array.from({ length: 3 + Math.floor(random() * 40) }, () => vocabulary[Math.floor(random() ** 2 * vocabulary.length)]).join(' ')
  const { length, terms } = indexTerms('', text)
  terms.set(`\u0001phrase ${number % 5}`, 1)
  return { number, length, terms }
}

/** BM25 as its formula says, over everything, in memory. */
function reference(atoms: IndexedAtom[], query: string[], k: number): { number: number; score: number }[] {
  const average = atoms.reduce((sum, atom) => sum + atom.length, 0) / atoms.length
  return atoms
    .map(({ number, length, terms }) => {
      let score = 0
      for (const term of new Set(query)) {
        const frequency = terms.get(term) ?? 0
        const df = atoms.filter((atom) => atom.terms.has(term)).length
        score += (Math.log(1 + (atoms.length - df + 0.5) / (df + 0.5)) * frequency * 1.9) / (frequency + 0.9 * (0.6 + (0.4 * length) / average))
      }
      return { number, score }
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.number - b.number)
    .slice(0, k)
}

describe('lexical index', () => {
  it('equals BM25 over all live atoms after adds, removes and merges', async () => {
    const seed = Date.now() % 1_000_000
    console.info(`lexical index seed ${seed}`)
    const random = seededRandom(seed)
    const enterprise = await freshEnterprise(database)
    const index = new LexicalIndex({ k1: 0.9, b: 0.4, segmentAtoms: 64, mergeAt: 4, cacheBytes: 40_000 })
    const live = new Map<number, IndexedAtom>()
    let next = 1
    const take = (count: number): IndexedAtom[] => Array.from({ length: count }, () => makeAtom(next++, random))
    const check = async (): Promise<void> => {
      const atoms = [...live.values()]
      for (let i = 0; i < 6; i++) {
        const query = indexTerms('', Array.from({ length: 4 }, () => vocabulary[Math.floor(random() * vocabulary.length)]).join(' '))
        const terms = [...query.terms.keys()]
        const got = await database.tenant(enterprise, (tx) => index.search(tx, enterprise, terms, 15))
        const want = reference(atoms, terms, 15)
        expect(got.map((hit) => hit.score.toFixed(9))).toEqual(want.map((hit) => hit.score.toFixed(9)))
        expect(new Set(got.map((hit) => hit.number)).size).toBe(got.length)
      }
      const phrase = `\u0001phrase ${Math.floor(random() * 5)}`
      const found = await database.tenant(enterprise, (tx) => index.postings(tx, enterprise, [phrase, 'nowhere']))
      expect(found.get(phrase) ?? []).toEqual(
        atoms
          .filter((atom) => atom.terms.has(phrase))
          .map((atom) => atom.number)
          .sort((a, b) => a - b),
      )
      expect(found.has('nowhere')).toBe(false)
      const statistics = await database.tenant(enterprise, (tx) => index.statistics(tx, enterprise))
      expect(statistics.atoms).toBe(atoms.length)
    }
    const first = take(150)
    await database.tenant(enterprise, (tx) => index.add(tx, enterprise, first))
    for (const atom of first) live.set(atom.number, atom)
    await check()
    for (let round = 0; round < 12; round++) {
      const added = take(1 + Math.floor(random() * 9))
      const gone = [...live.keys()].filter(() => random() < 0.04)
      await database.tenant(enterprise, async (tx) => {
        await index.add(tx, enterprise, added)
        expect(await index.remove(tx, enterprise, gone)).toEqual([])
      })
      for (const atom of added) live.set(atom.number, atom)
      for (const number of gone) live.delete(number)
      if (round % 4 === 3) expect(await database.tenant(enterprise, (tx) => index.merge(tx, enterprise))).toBeGreaterThan(0)
      await check()
    }
    expect(await database.tenant(enterprise, (tx) => index.remove(tx, enterprise, [999_999]))).toEqual([999_999])
    await database.tenant(enterprise, (tx) => index.remove(tx, enterprise, [...live.keys()]))
    expect(await database.tenant(enterprise, (tx) => index.statistics(tx, enterprise))).toEqual({ atoms: 0, averageLength: 0 })
    expect(await database.tenant(enterprise, (tx) => index.search(tx, enterprise, ['w1'], 5))).toEqual([])
  })

  it('shows an enterprise nothing of another, and never scores feature terms', async () => {
    const [mine, theirs] = [await freshEnterprise(database), await freshEnterprise(database)]
    const index = new LexicalIndex()
    const atom = {
      number: 1,
      length: 1,
      terms: new Map([
        ['secret', 1],
        ['\u0001secret plan', 1],
      ]),
    }
    await database.tenant(mine, (tx) => index.add(tx, mine, [atom]))
    expect(await database.tenant(mine, (tx) => index.search(tx, mine, ['secret'], 5))).toHaveLength(1)
    expect(await database.tenant(mine, (tx) => index.search(tx, mine, ['\u0001secret plan'], 5))).toEqual([])
    // The foreign role with the owner's id: row-level security, not the where clause, has to hold.
    expect(await database.tenant(theirs, (tx) => index.search(tx, mine, ['secret'], 5))).toEqual([])
    expect(await database.tenant(theirs, (tx) => index.documentFrequencies(tx, theirs, ['secret']))).toEqual(new Map([['secret', 0]]))
    expect(await database.tenant(mine, (tx) => index.documentFrequencies(tx, mine, ['secret']))).toEqual(new Map([['secret', 1]]))
  })
})
