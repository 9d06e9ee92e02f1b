import type { FeatureMark, Segment } from './segment.ts'
import { hashTerm } from './term-filter.ts'
import { type Hit, inverseFrequency, TermLookup } from './term-lookup.ts'

export type { Hit } from './term-lookup.ts'

/** Feature terms begin with \u0001, \u0002 or \u0003: they serve look-ups and are never scored. */
export const isFeature = (term: string): boolean => term.charCodeAt(0) < 4

/** A snapshot of the index: the segments one transaction saw. Calls are synchronous and cost no statement. */
export class IndexView {
  readonly atoms: number
  readonly averageLength: number
  readonly segments: readonly { id: string; segment: Segment }[]
  readonly #k1: number
  readonly #b: number

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
  }

  /** The postings of some terms, for several questions about them. Repeated terms count once; feature terms are allowed. */
  lookup(terms: Iterable<string>): TermLookup {
    const collection = {
      segments: this.segments.map(({ segment }) => segment),
      atoms: this.atoms,
      averageLength: this.averageLength,
      k1: this.#k1,
      b: this.#b,
    }
    return new TermLookup(collection, [...new Set(terms)])
  }

  /** The weight of a term that stands in `count` atoms. */
  inverseFrequency(count: number): number {
    return inverseFrequency(this.atoms, count)
  }

  /** The best k atoms by BM25, ties by number. With `weights`, term i counts weights[i] times. Repeated terms count once. */
  search(terms: readonly string[], k: number, weights?: readonly number[]): Hit[] {
    const wanted = new Map<string, number>()
    for (const [i, term] of terms.entries()) if (!isFeature(term) && !wanted.has(term)) wanted.set(term, weights?.[i] ?? 1)
    return this.lookup(wanted.keys()).search(k, [...wanted.values()])
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
  postings(terms: Iterable<string>): Map<string, number[]> {
    const wanted = [...new Set(terms)]
    const keys = wanted.map((term) => Buffer.from(term, 'utf8'))
    const hashes = keys.map((key) => hashTerm(key))
    const found: (number[] | undefined)[] = new Array(wanted.length)
    const disordered = new Set<number[]>()
    const largest = this.segments.reduce((most, { segment }) => Math.max(most, segment.size), 1)
    const [ordinals, frequencies] = [new Int32Array(largest), new Int32Array(largest)]
    for (const { segment } of this.segments) {
      const { numbers } = segment
      for (let i = 0; i < keys.length; i++) {
        const place = segment.find(keys[i] as Buffer, hashes[i])
        if (place < 0) continue
        const count = segment.postings(place, ordinals, frequencies)
        const list = found[i] ?? []
        found[i] = list
        // Segments overlap after removals and merges.
        if (list.length > 0 && (numbers[ordinals[0] as number] as number) < (list.at(-1) as number)) disordered.add(list)
        for (let z = 0; z < count; z++) list.push(numbers[ordinals[z] as number] as number)
      }
    }
    for (const list of disordered) list.sort((a, b) => a - b)
    return new Map(wanted.flatMap((term, i) => (found[i] ? [[term, found[i]] as const] : [])))
  }

  /** In how many atoms each term stands; 0 for unknown terms. */
  documentFrequencies(terms: Iterable<string>): Map<string, number> {
    const { terms: distinct, counts } = this.lookup(terms)
    return new Map(distinct.map((term, i) => [term, counts[i] as number]))
  }

  /** The feature terms of one kind that an atom holds, without their mark, in byte order. */
  featuresOf(number: number, mark: FeatureMark): string[] {
    for (const { segment } of this.segments) {
      const ordinal = segment.ordinalOf(number)
      if (ordinal >= 0) return segment.features(ordinal, mark)
    }
    return []
  }
}
