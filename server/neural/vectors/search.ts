import type { Transaction } from '../../storage/database/port.ts'
import { indexedUpTo, nearestByIndex, type Place } from './approximate.ts'
import { atomsWithVector, vectorsAfter, vectorsOfAtoms } from './stored.ts'

export interface Near {
  number: number
  /** Cosine, above 0 to 1. */
  score: number
}

const rowsAtOnce = 1_000
/** Hits beyond those wanted, for hits that have gone. */
const spare = 32
const mostBytes = 512 * 1024 * 1024
/** From so many vectors on an enterprise's search is left to a server that can do it: below, comparing with each is as quick, and exact. */
export const approximateFrom = 10_000
/** How long it is known how much of an enterprise the server's index holds. What came since is compared with each in any case. */
const knownForMs = 60_000
/** Candidates of the server for each hit that is wanted: it orders them roughly. */
const breadth = 2

function product(a: Float32Array, b: Float32Array, at: number): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[at + i] as number)
  return sum
}

/** The vectors of one enterprise and model side by side. */
class Block {
  readonly #places = new Map<number, number>()
  #numbers: number[] = []
  #data = new Float32Array(0)
  #dimension = 0
  seen = { revision: -1, atom: -1 }

  get bytes(): number {
    return this.#data.byteLength
  }

  set(number: number, vector: Float32Array): void {
    if (this.#numbers.length === 0) this.#dimension = vector.length
    if (vector.length !== this.#dimension) return
    let place = this.#places.get(number)
    if (place === undefined) {
      place = this.#numbers.push(number) - 1
      this.#places.set(number, place)
      const needed = (place + 1) * this.#dimension
      if (needed > this.#data.length) {
        const wider = new Float32Array(Math.max(needed, Math.ceil(this.#data.length * 1.5)))
        wider.set(this.#data)
        this.#data = wider
      }
    }
    this.#data.set(vector, place * this.#dimension)
  }

  /** The last one takes its place. */
  drop(number: number): void {
    const place = this.#places.get(number)
    const last = this.#numbers.length - 1
    if (place === undefined) return
    const moved = this.#numbers[last] as number
    this.#numbers[place] = moved
    this.#data.copyWithin(place * this.#dimension, last * this.#dimension, (last + 1) * this.#dimension)
    this.#places.set(moved, place)
    this.#numbers.pop()
    this.#places.delete(number)
  }

  keep(numbers: ReadonlySet<number>): void {
    const [was, dimension, data] = [this.#numbers, this.#dimension, this.#data]
    this.#numbers = []
    this.#places.clear()
    for (const [place, number] of was.entries()) {
      if (!numbers.has(number)) continue
      const to = this.#numbers.push(number) - 1
      this.#places.set(number, to)
      data.copyWithin(to * dimension, place * dimension, (place + 1) * dimension)
    }
  }

  nearest(vector: Float32Array, k: number): Near[] {
    const dimension = this.#dimension
    const data = this.#data
    if (vector.length !== dimension) return []
    const best: Near[] = []
    for (let place = 0; place < this.#numbers.length; place++) {
      const number = this.#numbers[place] as number
      const score = product(vector, data, place * dimension)
      if (score <= 0 || (best.length === k && score <= (best[k - 1] as Near).score)) continue
      let low = 0
      for (let high = best.length; low < high; ) {
        const middle = (low + high) >> 1
        if ((best[middle] as Near).score >= score) low = middle + 1
        else high = middle
      }
      best.splice(low, 0, { number, score })
      if (best.length > k) best.pop()
    }
    return best
  }
}

/**
 * Cosine search. Where the server has an index for many vectors it finds candidates, and only their order is exact: some that are near
 * may be missed. Elsewhere exact over vectors held in the process, an enterprise and model at a time. Every call reads in the caller's transaction
 * what came since the last one; what went is noticed when it would be a hit. A block is only reached through the caller's own enterprise.
 */
export class VectorIndex {
  readonly #blocks = new Map<string, Block>()
  readonly #indexed = new Map<string, { until: number; place: Place | null }>()
  readonly #byServer: boolean
  readonly #from: number

  /** @param byServer whether the database searches vectors by itself, where an enterprise has `from` of them */
  constructor({ byServer = false, from = approximateFrom }: { byServer?: boolean; from?: number } = {}) {
    this.#byServer = byServer
    this.#from = from
  }

  /** Reads what is new, so that no question has to. */
  async refresh(tx: Transaction, enterpriseId: string, model: string): Promise<void> {
    this.#indexed.delete(`${enterpriseId}/${model}`)
    const [first] = await vectorsAfter(tx, enterpriseId, model, { revision: -1, atom: -1 }, 1)
    if (first && (await this.#indexedPlace(tx, enterpriseId, model, first.vector.length))) return
    await this.#current(tx, enterpriseId, model)
  }

  /** The atoms nearest to a unit vector, best first. None when it has another dimension than the atoms' vectors. */
  async search(tx: Transaction, enterpriseId: string, model: string, vector: Float32Array, k: number): Promise<Near[]> {
    const place = await this.#indexedPlace(tx, enterpriseId, model, vector.length)
    const near = place && (await this.#byIndex(tx, enterpriseId, model, vector, k, place))
    if (near) return near
    const block = await this.#current(tx, enterpriseId, model)
    const found = block.nearest(vector, k + spare)
    const live = await atomsWithVector(
      tx,
      enterpriseId,
      model,
      found.map(({ number }) => number),
    )
    const left = found.filter(({ number }) => live.has(number))
    for (const { number } of found) if (!live.has(number)) block.drop(number)
    if (left.length >= k || found.length - left.length <= spare) return left.slice(0, k)
    // Much has gone: better to see once what is left than to stumble over it again and again.
    block.keep(await atomsWithVector(tx, enterpriseId, model))
    return block.nearest(vector, k)
  }

  /** Up to which place the server's index holds the enterprise's vectors, when they are many; null: it is not to be asked. */
  async #indexedPlace(tx: Transaction, enterpriseId: string, model: string, dimension: number): Promise<Place | null> {
    if (!this.#byServer) return null
    const key = `${enterpriseId}/${model}`
    const known = this.#indexed.get(key)
    if (known && known.until > performance.now()) return known.place
    const indexed = await indexedUpTo(tx, enterpriseId, model, dimension)
    const place = indexed && indexed.count >= this.#from && indexed.place.revision >= 0 ? indexed.place : null
    this.#indexed.set(key, { until: performance.now() + knownForMs, place })
    return place
  }

  /** Null when much has come since the index was fed, or when it gives fewer than were asked for. */
  async #byIndex(tx: Transaction, enterpriseId: string, model: string, vector: Float32Array, k: number, place: Place): Promise<Near[] | null> {
    const late = await vectorsAfter(tx, enterpriseId, model, place, rowsAtOnce)
    if (late.length === rowsAtOnce) return null
    const candidates = await nearestByIndex(tx, enterpriseId, model, vector, breadth * k)
    const vectors = new Map(late.map((each) => [each.atom, each.vector]))
    for (const { atom, vector: stored } of await vectorsOfAtoms(tx, enterpriseId, model, candidates)) vectors.set(atom, stored)
    const near = [...vectors]
      .map(([number, stored]) => ({ number, score: stored.length === vector.length ? product(vector, stored, 0) : 0 }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, k)
    return near.length < k ? null : near
  }

  async #current(tx: Transaction, enterpriseId: string, model: string): Promise<Block> {
    const key = `${enterpriseId}/${model}`
    const block = this.#blocks.get(key) ?? new Block()
    for (;;) {
      const next = await vectorsAfter(tx, enterpriseId, model, block.seen, rowsAtOnce)
      for (const { atom, revision, vector } of next) {
        block.set(atom, vector)
        block.seen = { revision, atom }
      }
      if (next.length < rowsAtOnce) break
    }
    // The block used last comes last; the ones not used for longest go when they take too much room together.
    this.#blocks.delete(key)
    this.#blocks.set(key, block)
    let held = [...this.#blocks.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    for (const [other, { bytes }] of this.#blocks) {
      if (held <= mostBytes || other === key) break
      this.#blocks.delete(other)
      held -= bytes
    }
    return block
  }
}
