import { sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../../storage/database/port.ts'
import { IndexView } from './index-view.ts'
import { encodeSegment, type IndexedAtom, joinSegments, Segment } from './segment.ts'

export { IndexView } from './index-view.ts'
export type { IndexedAtom } from './segment.ts'

export interface LexicalIndexOptions {
  /** Saturation of the term frequency and weight of the length (Robertson & Zaragoza, "BM25 and beyond", 2009). */
  k1?: number
  b?: number
  /** Most atoms a segment is written with. */
  segmentAtoms?: number
  /** Small segments that must have come together before they are merged. */
  mergeAt?: number
  /** Most bytes of segments kept in the process. */
  cacheBytes?: number
}

interface ManifestRow {
  id: string
  atoms: number
  total_length: number
}

interface BlobRow {
  id: string
  data: string
}

const blobsAtOnce = 8

/**
 * Exact BM25 over immutable blobs in SQL, cached in the process by segment id. Every call reads the manifest in the caller's own
 * transaction, so it sees exactly what that transaction may see, its own writes included, in every process, without notifications;
 * blobs never change, so nothing is ever invalidated, and the cache is only reached through ids that row-level security let through.
 */
export class LexicalIndex {
  readonly #cache = new Map<string, Segment>()
  #held = 0
  readonly #options: Required<LexicalIndexOptions>

  constructor(options: LexicalIndexOptions = {}) {
    this.#options = { k1: 1, b: 0.5, segmentAtoms: 2_048, mergeAt: 16, cacheBytes: 256 * 1024 * 1024, ...options }
  }

  /** Indexes new atoms, sorted by number. A number must not be in the index already: a change is `remove`, then `add`, in one transaction. */
  async add(tx: Transaction, enterpriseId: string, atoms: readonly IndexedAtom[]): Promise<void> {
    for (let from = 0; from < atoms.length; from += this.#options.segmentAtoms) {
      const part = atoms.slice(from, from + this.#options.segmentAtoms)
      await this.#insert(
        tx,
        enterpriseId,
        part.map((atom) => atom.number),
        part.map((atom) => atom.length),
        await encodeSegment(part),
      )
    }
  }

  /**
   * Takes atoms out exactly: no byte of them stays and every count is right at once. Locks the segments, so writers of one segment queue up.
   * @returns numbers that were not found: never indexed, or moved meanwhile by a merge in another transaction (a second call decides)
   */
  async remove(tx: Transaction, enterpriseId: string, numbers: readonly number[]): Promise<number[]> {
    const gone = new Set(numbers)
    if (gone.size === 0) return []
    const candidates = await rows<{ id: string }>(
      tx,
      sql`select distinct s.id from json_to_recordset(${asJson([...gone].map((n) => ({ n })))}::text::json) as g(n int)
        join lexical_segments s on s.enterprise_id = ${enterpriseId} and s.first_atom <= g.n and s.last_atom >= g.n`,
    )
    candidates.sort((a, b) => (a.id < b.id ? -1 : 1))
    for (const { id } of candidates) {
      const [row] = await rows<BlobRow>(
        tx,
        sql`select id, encode(data, 'base64') as data from lexical_segments where enterprise_id = ${enterpriseId} and id = ${id} for update`,
      )
      if (!row) continue
      const segment = open(row)
      const hit = Array.from(segment.numbers).filter((number) => gone.has(number))
      if (hit.length === 0) continue
      const left = await joinSegments([segment], gone)
      await tx.execute(sql`delete from lexical_segments where enterprise_id = ${enterpriseId} and id = ${id}`)
      if (left) await this.#insert(tx, enterpriseId, left.numbers, left.lengths, left.data)
      for (const number of hit) gone.delete(number)
      this.#forget(id)
    }
    return [...gone]
  }

  /** Joins neighbouring small segments; a segment that another writer holds is left alone. Returns how many segments it read, 0 when there was no need. */
  async merge(tx: Transaction, enterpriseId: string): Promise<number> {
    const { segmentAtoms, mergeAt } = this.#options
    const half = Math.floor(segmentAtoms / 2)
    const [state] = await rows<{ small: number }>(
      tx,
      sql`select count(*)::int as small from lexical_segments where enterprise_id = ${enterpriseId} and atoms < ${half}`,
    )
    if ((state?.small ?? 0) < mergeAt) return 0
    const small = await rows<BlobRow & { atoms: number }>(
      tx,
      sql`select id, atoms, encode(data, 'base64') as data from lexical_segments
        where enterprise_id = ${enterpriseId} and atoms < ${half} order by first_atom, id limit 64 for update skip locked`,
    )
    if (small.length < mergeAt) return 0
    let group: typeof small = []
    let atoms = 0
    const flush = async (): Promise<void> => {
      if (group.length > 1) {
        const joined = await joinSegments(group.map(open))
        await tx.execute(
          sql`delete from lexical_segments s using json_to_recordset(${asJson(group.map((row) => ({ id: row.id })))}::text::json) as g(id uuid)
            where s.enterprise_id = ${enterpriseId} and s.id = g.id`,
        )
        if (joined) await this.#insert(tx, enterpriseId, joined.numbers, joined.lengths, joined.data)
      }
      group = []
      atoms = 0
    }
    for (const row of small) {
      if (atoms + row.atoms > segmentAtoms) await flush()
      group.push(row)
      atoms += row.atoms
    }
    await flush()
    return small.length
  }

  /** What the transaction sees of the index now: one statement when every segment is cached. */
  async view(tx: Transaction, enterpriseId: string): Promise<IndexView> {
    for (let round = 0; round < 4; round++) {
      const manifest = await rows<ManifestRow>(
        tx,
        sql`select id, atoms, total_length from lexical_segments where enterprise_id = ${enterpriseId} order by first_atom, id`,
      )
      const held = new Map<string, Segment>()
      for (const { id } of manifest) {
        const segment = this.#cache.get(id)
        if (segment) held.set(id, segment)
      }
      const missing = manifest.filter(({ id }) => !held.has(id))
      for (let i = 0; i < missing.length; i += blobsAtOnce) {
        const wanted = missing.slice(i, i + blobsAtOnce).map(({ id }) => ({ id }))
        const blobs = await rows<BlobRow>(
          tx,
          sql`select s.id, encode(s.data, 'base64') as data from json_to_recordset(${asJson(wanted)}::text::json) as w(id uuid)
            join lexical_segments s on s.enterprise_id = ${enterpriseId} and s.id = w.id`,
        )
        for (const blob of blobs) held.set(blob.id, open(blob))
      }
      if (held.size < manifest.length) continue // merged between the two statements: look again
      this.#keep(held)
      return new IndexView(
        manifest.map(({ id }) => ({ id, segment: held.get(id) as Segment })),
        { atoms: manifest.reduce((sum, row) => sum + row.atoms, 0), totalLength: manifest.reduce((sum, row) => sum + row.total_length, 0) },
        { k1: this.#options.k1, b: this.#options.b },
      )
    }
    throw new Error('Lexical index: segments kept moving')
  }

  /** The best k atoms by BM25 over ordinary terms, ties by number. */
  async search(tx: Transaction, enterpriseId: string, terms: readonly string[], k: number): Promise<{ number: number; score: number }[]> {
    return (await this.view(tx, enterpriseId)).search(terms, k)
  }

  /** Atom numbers, ascending, that hold each term; feature terms too. Terms that nothing holds are absent. */
  async postings(tx: Transaction, enterpriseId: string, terms: readonly string[]): Promise<Map<string, number[]>> {
    return (await this.view(tx, enterpriseId)).postings(terms)
  }

  async statistics(tx: Transaction, enterpriseId: string): Promise<{ atoms: number; averageLength: number }> {
    const { atoms, averageLength } = await this.view(tx, enterpriseId)
    return { atoms, averageLength }
  }

  /** In how many atoms each term stands; 0 for unknown terms. */
  async documentFrequencies(tx: Transaction, enterpriseId: string, terms: readonly string[]): Promise<Map<string, number>> {
    return (await this.view(tx, enterpriseId)).documentFrequencies(terms)
  }

  async #insert(tx: Transaction, enterpriseId: string, numbers: number[], lengths: number[], data: Buffer): Promise<void> {
    await tx.execute(
      sql`insert into lexical_segments (enterprise_id, first_atom, last_atom, atoms, total_length, data) values (${enterpriseId}, ${numbers[0]}, ${numbers.at(-1)},
        ${numbers.length}, ${lengths.reduce((sum, length) => sum + length, 0)}, decode(${data.toString('base64')}, 'base64'))`,
    )
  }

  #keep(segments: Map<string, Segment>): void {
    for (const [id, segment] of segments) {
      this.#forget(id) // and to the end: the least recently used goes first
      this.#cache.set(id, segment)
      this.#held += segment.bytes
    }
    for (const id of this.#cache.keys()) {
      if (this.#held <= this.#options.cacheBytes) break
      this.#forget(id)
    }
  }

  #forget(id: string): void {
    const segment = this.#cache.get(id)
    if (!segment) return
    this.#cache.delete(id)
    this.#held -= segment.bytes
  }
}

const open = (row: BlobRow): Segment => new Segment(Buffer.from(row.data, 'base64'))
