const bitsATerm = 10
const probes = 4

/** Two independent hashes of a term's bytes (FNV-1a and its remix). */
export interface TermHash {
  first: number
  second: number
}

export function hashTerm(bytes: Uint8Array, start = 0, end = bytes.length): TermHash {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return { first: hash >>> 0, second: ((mixed ^ (mixed >>> 16)) | 1) >>> 0 }
}

/**
 * Tells without a search that a term is not in a segment, right in about 99 of 100 cases (Bloom, "Space/time trade-offs in hash
 * coding", CACM 1970): most names stand in few segments, so a look-up of many names costs little however many segments there are.
 */
export class TermFilter {
  readonly bits: Uint32Array

  constructor(bits: Uint32Array) {
    this.bits = bits
  }

  /** Length of a filter's array. */
  static words(terms: number): number {
    return Math.ceil(Math.max(32, terms * bitsATerm) / 32)
  }

  static emptyBits(terms: number): Uint32Array {
    return new Uint32Array(TermFilter.words(terms))
  }

  add({ first, second }: TermHash): void {
    const size = this.bits.length * 32
    for (let i = 0; i < probes; i++) {
      const bit = ((first + Math.imul(i, second)) >>> 0) % size
      this.bits[bit >>> 5] = (this.bits[bit >>> 5] as number) | (1 << (bit & 31))
    }
  }

  /** False: certainly absent. */
  mayHave({ first, second }: TermHash): boolean {
    const size = this.bits.length * 32
    for (let i = 0; i < probes; i++) {
      const bit = ((first + Math.imul(i, second)) >>> 0) % size
      if (((this.bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false
    }
    return true
  }
}
