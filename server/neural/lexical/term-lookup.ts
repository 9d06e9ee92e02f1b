import type { Segment } from './segment.ts'
import { hashTerm } from './term-filter.ts'

export interface Hit {
  number: number
  score: number
}

/** Where a term stands in one segment: ordinals, ascending, and how often. */
interface TermPostings {
  ordinals: Int32Array
  frequencies: Int32Array
}

/** What BM25 needs of the whole index. */
export interface Collection {
  segments: readonly Segment[]
  atoms: number
  averageLength: number
  k1: number
  b: number
}

const better = (a: Hit, b: Hit): number => b.score - a.score || a.number - b.number

/** The postings of some distinct terms, read once: ranking asks for them several times a question. */
export class TermLookup {
  readonly terms: readonly string[]
  /** In how many atoms each term stands. */
  readonly counts: Uint32Array
  readonly #collection: Collection
  /** By segment, then by term; null where a term is absent. */
  readonly #found: (TermPostings | null)[][]

  constructor(collection: Collection, terms: readonly string[]) {
    this.terms = terms
    this.#collection = collection
    const keys = terms.map((term) => Buffer.from(term, 'utf8'))
    const hashes = keys.map((key) => hashTerm(key))
    const largest = collection.segments.reduce((most, { size }) => Math.max(most, size), 1)
    const ordinals = new Int32Array(largest)
    const frequencies = new Int32Array(largest)
    this.counts = new Uint32Array(terms.length)
    this.#found = collection.segments.map((segment) =>
      keys.map((key, i) => {
        const place = segment.find(key, hashes[i])
        if (place < 0) return null
        const count = segment.postings(place, ordinals, frequencies)
        this.counts[i] = (this.counts[i] as number) + count
        return { ordinals: ordinals.slice(0, count), frequencies: frequencies.slice(0, count) }
      }),
    )
  }

  /** The best k atoms by BM25, ties by number; term i counts weights[i] times. */
  search(k: number, weights?: readonly number[]): Hit[] {
    if (this.terms.length === 0 || k < 1) return []
    const { segments, averageLength, k1, b } = this.#collection
    const factors = this.terms.map((_, i) => (weights?.[i] ?? 1) * this.#factor(i))
    const scores = new Float64Array(segments.reduce((most, { size }) => Math.max(most, size), 1))
    const best: Hit[] = []
    let worst = 0
    const cut = (): void => {
      best.sort(better)
      best.length = Math.min(best.length, k)
      worst = best.length === k ? (best[k - 1] as Hit).score : 0
    }
    for (const [s, segment] of segments.entries()) {
      scores.fill(0, 0, segment.size)
      let touched = false
      const lists = this.#found[s] as (TermPostings | null)[]
      for (let i = 0; i < lists.length; i++) {
        const list = lists[i]
        if (!list) continue
        touched = true
        const { ordinals, frequencies } = list
        const factor = factors[i] as number
        for (let z = 0; z < ordinals.length; z++) {
          const ordinal = ordinals[z] as number
          const frequency = frequencies[z] as number
          const norm = k1 * (1 - b + (b * (segment.lengths[ordinal] as number)) / averageLength)
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

  /** What each term adds to the BM25 score of single atoms. Unknown numbers are absent. */
  contributions(numbers: Iterable<number>): Map<number, Float64Array> {
    const { segments, averageLength, k1, b } = this.#collection
    const result = new Map<number, Float64Array>()
    for (const number of numbers) {
      for (const [s, segment] of segments.entries()) {
        const ordinal = indexOf(segment.numbers, number)
        if (ordinal < 0) continue
        const row = new Float64Array(this.terms.length)
        const norm = k1 * (1 - b + (b * (segment.lengths[ordinal] as number)) / averageLength)
        const lists = this.#found[s] as (TermPostings | null)[]
        for (let i = 0; i < lists.length; i++) {
          const list = lists[i]
          const z = list ? indexOf(list.ordinals, ordinal) : -1
          if (!list || z < 0) continue
          const frequency = list.frequencies[z] as number
          row[i] = (this.#factor(i) * frequency) / (frequency + norm)
        }
        result.set(number, row)
        break
      }
    }
    return result
  }

  #factor(term: number): number {
    return inverseFrequency(this.#collection.atoms, this.counts[term] as number) * (this.#collection.k1 + 1)
  }
}

/** The weight of a term that stands in `count` of `atoms` atoms (Robertson and Sparck Jones, in the form that is never negative). */
export const inverseFrequency = (atoms: number, count: number): number => Math.log(1 + (atoms - count + 0.5) / (count + 0.5))

/** Place of a number in an ascending array, -1 when absent. */
function indexOf(numbers: Int32Array, number: number): number {
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
