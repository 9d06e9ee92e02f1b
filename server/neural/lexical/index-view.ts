import type { Segment } from './segment.ts'
import { hashTerm } from './term-filter.ts'

export interface Hit {
  number: number
  score: number
}

interface TermPostings {
  count: number
  ordinals: Int32Array
  frequencies: Int32Array
}

const better = (a: Hit, b: Hit): number => b.score - a.score || a.number - b.number
const bytesOf = (term: string): Buffer => Buffer.from(term, 'utf8')

/** Feature terms begin with \u0001, \u0002 or \u0003: they serve look-ups and are never scored. */
export const isFeature = (term: string): boolean => term.charCodeAt(0) < 4

/** A snapshot of the index: the segments one transaction saw. Calls are synchronous and cost no statement. */
export class IndexView {
  readonly atoms: number
  readonly averageLength: number
  readonly segments: readonly { id: string; segment: Segment }[]
  readonly #k1: number
  readonly #b: number
  readonly #largest: number

  constructor(
    segments: readonly { id: string; segment: Segment }[],
    counts: { atoms: number; totalLength: number },
    parameters: { k1: number; b: number },
  ) {
    this.segments = segments
    this.atoms = counts.atoms
    this.averageLength = counts.atoms > 0 ? counts.totalLength / counts.atoms : 0
    this.#k1 = parameters.k1
    this.#b = parameters.b
    this.#largest = segments.reduce((most, { segment }) => Math.max(most, segment.size), 1)
  }

  /** The weight of a term that stands in `count` atoms. */
  inverseFrequency(count: number): number {
    return Math.log(1 + (this.atoms - count + 0.5) / (count + 0.5))
  }

  /** The best k atoms by BM25, ties by number. With `weights`, term i counts weights[i] times. Repeated terms count once. */
  search(terms: readonly string[], k: number, weights?: readonly number[]): Hit[] {
    const wanted = new Map<string, number>()
    for (const [i, term] of terms.entries()) if (!isFeature(term) && !wanted.has(term)) wanted.set(term, weights?.[i] ?? 1)
    const keys = [...wanted.keys()].map(bytesOf)
    if (keys.length === 0 || k < 1) return []
    const found = this.#read(keys)
    const factors = [...wanted.values()].map((weight, i) => weight * this.inverseFrequency(countOf(found, i)) * (this.#k1 + 1))
    const scores = new Float64Array(this.#largest)
    const best: Hit[] = []
    let worst = 0
    const cut = (): void => {
      best.sort(better)
      best.length = Math.min(best.length, k)
      worst = best.length === k ? (best[k - 1] as Hit).score : 0
    }
    for (const [s, { segment }] of this.segments.entries()) {
      scores.fill(0, 0, segment.size)
      let touched = false
      for (const [i, list] of (found[s] as (TermPostings | null)[]).entries()) {
        if (!list) continue
        touched = true
        const factor = factors[i] as number
        for (let z = 0; z < list.count; z++) {
          const ordinal = list.ordinals[z] as number
          const frequency = list.frequencies[z] as number
          const norm = this.#k1 * (1 - this.#b + (this.#b * (segment.lengths[ordinal] as number)) / this.averageLength)
          scores[ordinal] = (scores[ordinal] as number) + (factor * frequency) / (frequency + norm)
        }
      }
      if (!touched) continue
      for (let ordinal = 0; ordinal < segment.size; ordinal++) {
        const score = scores[ordinal] as number
        if (score <= 0 || score < worst) continue
        best.push({ number: segment.numbers[ordinal] as number, score })
        if (best.length >= 4 * k) cut()
      }
    }
    cut()
    return best
  }

  /** BM25 of a text that is not in the index, by the index's statistics. Repeated terms count once. */
  score(terms: readonly string[], text: { length: number; terms: ReadonlyMap<string, number> }): number {
    let score = 0
    for (const [term, count] of this.documentFrequencies(terms.filter((term) => !isFeature(term)))) {
      const frequency = text.terms.get(term) ?? 0
      if (frequency === 0) continue
      const norm = this.#k1 * (1 - this.#b + (this.#b * text.length) / Math.max(1, this.averageLength))
      score += (this.inverseFrequency(count) * frequency * (this.#k1 + 1)) / (frequency + norm)
    }
    return score
  }

  /** Atom numbers, ascending, that hold each term; feature terms too. Terms that nothing holds are absent. */
  postings(terms: readonly string[]): Map<string, number[]> {
    const distinct = [...new Set(terms)]
    const found = this.#read(distinct.map(bytesOf))
    const result = new Map<string, number[]>()
    for (const [i, term] of distinct.entries()) {
      const numbers: number[] = []
      for (const [s, { segment }] of this.segments.entries()) {
        const list = found[s]?.[i]
        if (list) for (let z = 0; z < list.count; z++) numbers.push(segment.numbers[list.ordinals[z] as number] as number)
      }
      if (numbers.length > 0)
        result.set(
          term,
          numbers.sort((a, b) => a - b),
        )
    }
    return result
  }

  /** In how many atoms each term stands; 0 for unknown terms. */
  documentFrequencies(terms: readonly string[]): Map<string, number> {
    const distinct = [...new Set(terms)]
    const found = this.#read(distinct.map(bytesOf))
    return new Map(distinct.map((term, i) => [term, countOf(found, i)]))
  }

  /** BM25 of single atoms term by term: for each number, what each of the distinct `terms` adds to its score. Unknown numbers are absent. */
  contributions(terms: readonly string[], numbers: Iterable<number>): Map<number, Float64Array> {
    const result = new Map<number, Float64Array>()
    const places = this.segments.map(() => new Map<number, Float64Array>())
    for (const number of numbers) {
      for (const [s, { segment }] of this.segments.entries()) {
        const ordinal = ordinalOf(segment.numbers, number)
        if (ordinal < 0) continue
        const row = new Float64Array(terms.length)
        result.set(number, row)
        ;(places[s] as Map<number, Float64Array>).set(ordinal, row)
        break
      }
    }
    const found = this.#read(terms.map(bytesOf))
    const factors = terms.map((_, i) => this.inverseFrequency(countOf(found, i)) * (this.#k1 + 1))
    for (const [s, { segment }] of this.segments.entries()) {
      const rows = places[s] as Map<number, Float64Array>
      if (rows.size === 0) continue
      for (const [i, list] of (found[s] as (TermPostings | null)[]).entries()) {
        if (!list) continue
        for (let z = 0; z < list.count; z++) {
          const ordinal = list.ordinals[z] as number
          const row = rows.get(ordinal)
          if (!row) continue
          const frequency = list.frequencies[z] as number
          const norm = this.#k1 * (1 - this.#b + (this.#b * (segment.lengths[ordinal] as number)) / this.averageLength)
          row[i] = ((factors[i] as number) * frequency) / (frequency + norm)
        }
      }
    }
    return result
  }

  #read(keys: readonly Buffer[]): (TermPostings | null)[][] {
    const ordinals = new Int32Array(this.#largest)
    const frequencies = new Int32Array(this.#largest)
    const hashes = keys.map((key) => hashTerm(key))
    return this.segments.map(({ segment }) =>
      keys.map((key, i) => {
        const place = segment.find(key, hashes[i])
        if (place < 0) return null
        const count = segment.postings(place, ordinals, frequencies)
        return { count, ordinals: ordinals.slice(0, count), frequencies: frequencies.slice(0, count) }
      }),
    )
  }
}

const countOf = (found: readonly (TermPostings | null)[][], term: number): number => found.reduce((sum, lists) => sum + (lists[term]?.count ?? 0), 0)

function ordinalOf(numbers: Int32Array, number: number): number {
  let low = 0
  let high = numbers.length - 1
  if (high < 0 || number < (numbers[0] as number) || number > (numbers[high] as number)) return -1
  while (low <= high) {
    const middle = (low + high) >> 1
    const value = numbers[middle] as number
    if (value === number) return middle
    if (value < number) low = middle + 1
    else high = middle - 1
  }
  return -1
}
