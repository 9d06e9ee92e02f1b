import { analyserVersion } from './analysis.ts'
import { hashTerm, TermFilter, type TermHash } from './term-filter.ts'

/** What the index keeps of an atom: its number, its length in terms and how often each term stands in it. */
export interface IndexedAtom {
  number: number
  /** Count of ordinary terms; feature terms do not count. */
  length: number
  terms: Map<string, number>
}

/** First byte of the feature terms of one kind: 1 names, 2 sketch features, 3 declared links. */
export type FeatureMark = 1 | 2 | 3

// 'LEX' and the analyser's version: counts of two analysers must never be added up.
const magic = 0x4c455800 + analyserVersion
const headerBytes = 20
const beyondAscii = /[^\0-\x7f]/

/** Lets other work run when the last turn of the event loop is longer ago than some milliseconds. */
export function pacer(milliseconds = 12): () => Promise<void> | undefined {
  let since = performance.now()
  return () => {
    if (performance.now() - since < milliseconds) return undefined
    return new Promise((resolve) =>
      setImmediate(() => {
        since = performance.now()
        resolve()
      }),
    )
  }
}

/** A blob being written: terms come in byte order, each with its postings in order of atoms. */
class Writer {
  #dictionary: Buffer = Buffer.allocUnsafe(1 << 16)
  #postings: Buffer = Buffer.allocUnsafe(1 << 17)
  #dictionaryEnd = 0
  #postingsEnd = 0
  readonly #dictionaryAt: number[] = []
  readonly #postingsAt: number[] = []
  readonly #hashes: TermHash[] = []
  readonly #numbers: ArrayLike<number>
  readonly #lengths: ArrayLike<number>

  constructor(numbers: ArrayLike<number>, lengths: ArrayLike<number>) {
    this.#numbers = numbers
    this.#lengths = lengths
  }

  /**
   * Gap to the previous atom, lowest bit set when the frequency is 1; seven bits a byte.
   * @param key latin1 string of the term's bytes
   */
  term(key: string, ordinals: ArrayLike<number>, frequencies: ArrayLike<number>, count: number): void {
    if (count === 0) return
    this.#dictionary = grown(this.#dictionary, this.#dictionaryEnd + key.length)
    this.#dictionaryAt.push(this.#dictionaryEnd)
    this.#dictionary.write(key, this.#dictionaryEnd, 'latin1')
    this.#hashes.push(hashTerm(this.#dictionary, this.#dictionaryEnd, this.#dictionaryEnd + key.length))
    this.#dictionaryEnd += key.length
    this.#postings = grown(this.#postings, this.#postingsEnd + count * 10)
    this.#postingsAt.push(this.#postingsEnd)
    const out = this.#postings
    let at = this.#postingsEnd
    let previous = 0
    for (let i = 0; i < count; i++) {
      const ordinal = ordinals[i] as number
      const frequency = frequencies[i] as number
      let value = ((ordinal - previous) << 1) | (frequency === 1 ? 1 : 0)
      previous = ordinal
      for (; value > 127; value >>>= 7) out[at++] = (value & 127) | 128
      out[at++] = value
      if (frequency === 1) continue
      for (value = frequency; value > 127; value >>>= 7) out[at++] = (value & 127) | 128
      out[at++] = value
    }
    this.#postingsEnd = at
  }

  finish(): Buffer {
    const filter = new TermFilter(TermFilter.emptyBits(this.#dictionaryAt.length))
    for (const hash of this.#hashes) filter.add(hash)
    const header = Uint32Array.of(magic, this.#numbers.length, this.#dictionaryAt.length, this.#dictionaryEnd, this.#postingsEnd)
    const arrays = [
      header,
      Int32Array.from(this.#numbers),
      Uint32Array.from(this.#lengths),
      Uint32Array.from([...this.#dictionaryAt, this.#dictionaryEnd]),
      Uint32Array.from([...this.#postingsAt, this.#postingsEnd]),
      filter.bits,
    ]
    return Buffer.concat([
      ...arrays.map((array) => Buffer.from(array.buffer)),
      this.#dictionary.subarray(0, this.#dictionaryEnd),
      this.#postings.subarray(0, this.#postingsEnd),
    ])
  }
}

function grown(buffer: Buffer, needed: number): Buffer {
  if (needed <= buffer.length) return buffer
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2))
  buffer.copy(larger)
  return larger
}

/** Writes atoms, sorted by number, as one blob. Gives way to other work while it does. */
export async function encodeSegment(atoms: readonly IndexedAtom[]): Promise<Buffer> {
  const pause = pacer()
  const lists = new Map<string, number[]>()
  for (const [ordinal, atom] of atoms.entries()) {
    for (const [term, frequency] of atom.terms) {
      const list = lists.get(term)
      if (list) list.push(ordinal, frequency)
      else lists.set(term, [ordinal, frequency])
    }
    await pause()
  }
  // A latin1 string of the UTF-8 bytes compares as the bytes do; most terms are such a string already.
  const terms = new Map<string, string>()
  const keys: string[] = []
  for (const term of lists.keys()) {
    if (!beyondAscii.test(term)) keys.push(term)
    else {
      const key = Buffer.from(term, 'utf8').toString('latin1')
      terms.set(key, term)
      keys.push(key)
    }
  }
  await pause()
  keys.sort()
  await pause()
  const writer = new Writer(
    atoms.map((atom) => atom.number),
    atoms.map((atom) => atom.length),
  )
  const ordinals = new Int32Array(atoms.length)
  const frequencies = new Int32Array(atoms.length)
  for (const key of keys) {
    const list = lists.get(terms.get(key) ?? key) as number[]
    for (let i = 0; i < list.length; i += 2) {
      ordinals[i >> 1] = list[i] as number
      frequencies[i >> 1] = list[i + 1] as number
    }
    writer.term(key, ordinals, frequencies, list.length >> 1)
    const waiting = pause()
    if (waiting) await waiting
  }
  return writer.finish()
}

/** A blob opened for reading. Nothing is decoded before it is asked for. */
export class Segment {
  readonly bytes: number
  /** Count of atoms. */
  readonly size: number
  /** Count of different terms. */
  readonly termCount: number
  /** Atom numbers, ascending. */
  readonly numbers: Int32Array
  readonly lengths: Uint32Array
  readonly #dictionaryAt: Uint32Array
  readonly #postingsAt: Uint32Array
  readonly #dictionary: Buffer
  readonly #postings: Buffer
  readonly #filter: TermFilter
  #places: Int32Array | undefined
  #features: { starts: Uint32Array; places: Int32Array } | undefined

  /** @throws Error when the blob is damaged or of another analyser */
  constructor(data: Buffer) {
    // An own, aligned buffer: a slice of Node's pool would keep the whole pool alive.
    const own = Buffer.from(new ArrayBuffer(data.length))
    data.copy(own)
    const [mark, size, termCount, dictionaryBytes, postingsBytes] = new Uint32Array(own.buffer, 0, 5) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ]
    if (mark !== magic) throw new Error('Lexical segment: made by another version of the analyser')
    if (data.length !== headerBytes + size * 8 + (termCount + 1) * 8 + TermFilter.words(termCount) * 4 + dictionaryBytes + postingsBytes)
      throw new Error('Lexical segment: damaged')
    let at = headerBytes
    const take = (bytes: number): number => {
      at += bytes
      return at - bytes
    }
    this.size = size
    this.termCount = termCount
    this.numbers = new Int32Array(own.buffer, take(size * 4), size)
    this.lengths = new Uint32Array(own.buffer, take(size * 4), size)
    this.#dictionaryAt = new Uint32Array(own.buffer, take((termCount + 1) * 4), termCount + 1)
    this.#postingsAt = new Uint32Array(own.buffer, take((termCount + 1) * 4), termCount + 1)
    this.#filter = new TermFilter(new Uint32Array(own.buffer, take(TermFilter.words(termCount) * 4), TermFilter.words(termCount)))
    this.#dictionary = own.subarray(at, at + dictionaryBytes)
    this.#postings = own.subarray(at + dictionaryBytes)
    // What is read from the blob only when asked for takes about as much again.
    this.bytes = data.length * 2
  }

  /** Place of a term (UTF-8 bytes) in the dictionary, -1 when absent. */
  find(term: Uint8Array, hash: TermHash = hashTerm(term)): number {
    if (!this.#filter.mayHave(hash)) return -1
    this.#places ??= this.#hashedPlaces()
    const slots = this.#places
    const mask = slots.length - 1
    for (let slot = hash.second & mask; ; slot = (slot + 1) & mask) {
      const place = (slots[slot] as number) - 1
      if (place < 0 || this.#isTerm(place, term)) return place
    }
  }

  /** Open addressing at most half full: one probe finds most terms, where a binary search compares some fifteen. */
  #hashedPlaces(): Int32Array {
    const slots = new Int32Array(1 << Math.ceil(Math.log2(2 * this.termCount + 2)))
    const mask = slots.length - 1
    for (let place = 0; place < this.termCount; place++) {
      let slot = hashTerm(this.#dictionary, this.#dictionaryAt[place], this.#dictionaryAt[place + 1]).second & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = place + 1
    }
    return slots
  }

  #isTerm(place: number, term: Uint8Array): boolean {
    const start = this.#dictionaryAt[place] as number
    if ((this.#dictionaryAt[place + 1] as number) - start !== term.length) return false
    for (let i = 0; i < term.length; i++) if (this.#dictionary[start + i] !== term[i]) return false
    return true
  }

  /** Place of an atom in `numbers`, -1 when absent. */
  ordinalOf(number: number): number {
    let low = 0
    let high = this.size - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const value = this.numbers[middle] as number
      if (value === number) return middle
      if (value < number) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  /** The feature terms of one kind that an atom holds, without their mark, in byte order: what its text was found to say, without reading it again. */
  features(ordinal: number, mark: FeatureMark): string[] {
    this.#features ??= this.#featuresByAtom()
    const { starts, places } = this.#features
    const found: string[] = []
    for (let i = starts[ordinal] as number; i < (starts[ordinal + 1] as number); i++) {
      const start = this.#dictionaryAt[places[i] as number] as number
      if (this.#dictionary[start] === mark) found.push(this.#dictionary.toString('utf8', start + 1, this.#dictionaryAt[(places[i] as number) + 1]))
    }
    return found
  }

  /** The postings of all feature terms turned round: for each atom the places of its terms, [starts[ordinal], starts[ordinal + 1]). */
  #featuresByAtom(): { starts: Uint32Array; places: Int32Array } {
    const ordinals = new Int32Array(this.size)
    const frequencies = new Int32Array(this.size)
    const starts = new Uint32Array(this.size + 1)
    const end = this.firstOrdinary
    for (let place = 0; place < end; place++) {
      const count = this.postings(place, ordinals, frequencies)
      for (let i = 0; i < count; i++) starts[(ordinals[i] as number) + 1] = (starts[(ordinals[i] as number) + 1] as number) + 1
    }
    for (let i = 0; i < this.size; i++) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number)
    const next = starts.slice()
    const places = new Int32Array(starts[this.size] as number)
    for (let place = 0; place < end; place++) {
      const count = this.postings(place, ordinals, frequencies)
      for (let i = 0; i < count; i++) {
        const ordinal = ordinals[i] as number
        places[next[ordinal] as number] = place
        next[ordinal] = (next[ordinal] as number) + 1
      }
    }
    return { starts, places }
  }

  termBytes(place: number): Buffer {
    return this.#dictionary.subarray(this.#dictionaryAt[place], this.#dictionaryAt[place + 1])
  }

  /** Place of the first term that is no feature: features begin with a byte below 4 and so come first. */
  get firstOrdinary(): number {
    let low = 0
    let high = this.termCount
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#dictionary[this.#dictionaryAt[middle] as number] as number) < 4) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Fills ordinals (places in `numbers`) and frequencies, both at least `size` long; returns the count. */
  postings(place: number, ordinals: Int32Array, frequencies: Int32Array): number {
    const data = this.#postings
    const end = this.#postingsAt[place + 1] as number
    let at = this.#postingsAt[place] as number
    let count = 0
    let ordinal = 0
    while (at < end) {
      let byte = data[at++] as number
      let value = byte & 127
      for (let shift = 7; byte > 127; shift += 7) {
        byte = data[at++] as number
        value |= (byte & 127) << shift
      }
      ordinal += value >>> 1
      let frequency = 1
      if ((value & 1) === 0) {
        byte = data[at++] as number
        frequency = byte & 127
        for (let shift = 7; byte > 127; shift += 7) {
          byte = data[at++] as number
          frequency |= (byte & 127) << shift
        }
      }
      ordinals[count] = ordinal
      frequencies[count++] = frequency
    }
    return count
  }
}

/** A blob of the atoms of several segments without those in `gone`; null when nothing is left. Gives way to other work while it does. */
export async function joinSegments(segments: readonly Segment[], gone: ReadonlySet<number> = new Set()): Promise<JoinedSegment | null> {
  const pause = pacer()
  const kept = segments
    .flatMap((segment, s) => Array.from(segment.numbers, (number, ordinal) => ({ number, s, ordinal })))
    .filter((atom) => !gone.has(atom.number))
    .sort((a, b) => a.number - b.number)
  if (kept.length === 0) return null
  const places = segments.map((segment) => new Int32Array(segment.size).fill(-1))
  for (const [place, atom] of kept.entries()) (places[atom.s] as Int32Array)[atom.ordinal] = place
  const numbers = kept.map((atom) => atom.number)
  const lengths = kept.map((atom) => (segments[atom.s] as Segment).lengths[atom.ordinal] as number)
  const writer = new Writer(numbers, lengths)
  const largest = segments.reduce((most, segment) => Math.max(most, segment.size), 0)
  const ordinals = new Int32Array(largest)
  const frequencies = new Int32Array(largest)
  const slots = new Int32Array(kept.length) // frequency by new place, for a term that stands in several segments
  const outOrdinals = new Int32Array(kept.length)
  const outFrequencies = new Int32Array(kept.length)

  let keys = segments.map((segment, s) =>
    Array.from({ length: segment.termCount }, (_, place) => ({ key: segment.termBytes(place).toString('latin1'), from: [s, place] })),
  )
  while (keys.length > 1) {
    const next: typeof keys = []
    for (let i = 0; i < keys.length; i += 2) {
      next.push(i + 1 < keys.length ? mergeSorted(keys[i] as (typeof keys)[0], keys[i + 1] as (typeof keys)[0]) : (keys[i] as (typeof keys)[0]))
      await pause()
    }
    keys = next
  }
  for (const { key, from } of keys[0] ?? []) {
    let count = 0
    for (let f = 0; f < from.length; f += 2) {
      const place = places[from[f] as number] as Int32Array
      const found = (segments[from[f] as number] as Segment).postings(from[f + 1] as number, ordinals, frequencies)
      for (let i = 0; i < found; i++) {
        const to = place[ordinals[i] as number] as number
        if (to < 0) continue
        outOrdinals[count++] = to
        slots[to] = frequencies[i] as number
      }
    }
    const sorted = from.length > 2 || segments.length > 1 ? outOrdinals.subarray(0, count).sort() : outOrdinals
    for (let i = 0; i < count; i++) outFrequencies[i] = slots[sorted[i] as number] as number
    writer.term(key, sorted, outFrequencies, count)
    const waiting = pause()
    if (waiting) await waiting
  }
  return { numbers, lengths, data: writer.finish() }
}

export interface JoinedSegment {
  numbers: number[]
  lengths: number[]
  data: Buffer
}

interface Entry {
  key: string
  /** segment, place in its dictionary, segment, place … */
  from: number[]
}

function mergeSorted(a: Entry[], b: Entry[]): Entry[] {
  const out: Entry[] = []
  let j = 0
  for (const entry of a) {
    while (j < b.length && (b[j] as Entry).key < entry.key) out.push(b[j++] as Entry)
    const same = b[j]
    if (same?.key === entry.key) {
      out.push({ key: entry.key, from: entry.from.concat(same.from) })
      j++
    } else out.push(entry)
  }
  while (j < b.length) out.push(b[j++] as Entry)
  return out
}
