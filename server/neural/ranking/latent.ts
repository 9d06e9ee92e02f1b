import type { IndexView } from '../lexical/index-view.ts'
import { pacer, type Segment } from '../lexical/segment.ts'
import { dominantSubspace, type SparseRows } from './subspace.ts'

/**
 * Latent semantic analysis (Deerwester et al., JASIS 1990) of a workspace: for each term a row of numbers. An atom's vector is the
 * weighted sum of its terms' rows, so none is stored: those of an index segment follow from the segment and this model.
 */
export interface LatentModel {
  readonly dimensions: number
  /** Row of each term. */
  readonly rows: ReadonlyMap<string, number>
  /** terms x dimensions; a row is its values times its scale. The term's inverse frequency is in it. */
  readonly values: Int8Array
  readonly scales: Float32Array
}

export interface TrainingOptions {
  dimensions?: number
  /** Most terms, those in most atoms first. */
  mostTerms?: number
  /** Terms to take for single atoms instead of those in the index: a test holds sentences out. */
  instead?: ReadonlyMap<number, ReadonlyMap<string, number>>
  signal?: AbortSignal
  /** Called with a share from 0 to 1. */
  onProgress?: (share: number) => void
}

const extraDimensions = 16
const iterations = 3
const leastAtoms = 20

/** How much a term counts that stands `frequency` times in an atom. */
const dampened = (frequency: number): number => 1 + Math.log(frequency)

/**
 * Trains on what the index holds. Deterministic; gives way to other work every few milliseconds. Null when the workspace is too small.
 * @throws the signal's reason when it is aborted
 */
export async function trainLatent(view: IndexView, options: TrainingOptions = {}): Promise<LatentModel | null> {
  if (view.atoms < leastAtoms) return null
  const dimensions = Math.min(options.dimensions ?? 128, Math.floor(view.atoms / 4))
  const terms = await vocabulary(view, options.mostTerms ?? 30_000, options.signal)
  if (terms.length < dimensions * 2) return null
  const rows = new Map(terms.map(({ term }, row) => [term, row]))
  const matrix = await sparseRows(
    view,
    rows,
    terms.map(({ count }) => view.inverseFrequency(count)),
    options,
  )
  const basis = await dominantSubspace(matrix, {
    seeds: terms.map(({ term }) => seedOf(term)),
    dimensions,
    extra: extraDimensions,
    iterations,
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  })
  const values = new Int8Array(terms.length * dimensions)
  const scales = new Float32Array(terms.length)
  for (const [row, { count }] of terms.entries()) {
    const idf = view.inverseFrequency(count)
    const from = row * dimensions
    let largest = 0
    for (let d = 0; d < dimensions; d++) largest = Math.max(largest, Math.abs((basis[from + d] as number) * idf))
    if (largest === 0) continue
    scales[row] = largest / 127
    for (let d = 0; d < dimensions; d++) values[from + d] = Math.round(((basis[from + d] as number) * idf * 127) / largest)
  }
  return { dimensions, rows, values, scales }
}

/** Terms of at least two and at most half of the atoms, the most frequent first. */
async function vocabulary(view: IndexView, most: number, signal?: AbortSignal): Promise<{ term: string; count: number }[]> {
  const pause = pacer()
  const counts = new Map<string, number>()
  for (const { segment } of view.segments) {
    const ordinals = new Int32Array(segment.size)
    const frequencies = new Int32Array(segment.size)
    for (let place = segment.firstOrdinary; place < segment.termCount; place++) {
      const key = segment.termBytes(place).toString('latin1')
      counts.set(key, (counts.get(key) ?? 0) + segment.postings(place, ordinals, frequencies))
      if ((place & 255) === 0) await pause()
    }
    signal?.throwIfAborted()
  }
  return [...counts]
    .filter(([, count]) => count >= 2 && count <= view.atoms / 2)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, most)
    .map(([key, count]) => ({ term: Buffer.from(key, 'latin1').toString('utf8'), count }))
}

/** The atoms as rows of weighted terms, each row of length 1. */
async function sparseRows(
  view: IndexView,
  rows: ReadonlyMap<string, number>,
  idf: readonly number[],
  { instead, signal }: TrainingOptions,
): Promise<SparseRows> {
  const pause = pacer()
  const columns: Int32Array[] = []
  const weights: Float32Array[] = []
  for (const { segment } of view.segments) {
    const perAtom: { column: number; weight: number }[][] = Array.from({ length: segment.size }, () => [])
    const ordinals = new Int32Array(segment.size)
    const frequencies = new Int32Array(segment.size)
    for (let place = segment.firstOrdinary; place < segment.termCount; place++) {
      if ((place & 255) === 0) await pause()
      const column = rows.get(segment.termBytes(place).toString('utf8'))
      if (column === undefined) continue
      const count = segment.postings(place, ordinals, frequencies)
      for (let i = 0; i < count; i++) {
        perAtom[ordinals[i] as number]?.push({ column, weight: dampened(frequencies[i] as number) * (idf[column] as number) })
      }
    }
    for (const [ordinal, indexed] of perAtom.entries()) {
      const other = instead?.get(segment.numbers[ordinal] as number)
      const list = other ? weighted(other, rows, idf) : indexed
      const length = Math.sqrt(list.reduce((sum, { weight }) => sum + weight * weight, 0)) || 1
      columns.push(Int32Array.from(list, ({ column }) => column))
      weights.push(Float32Array.from(list, ({ weight }) => weight / length))
    }
    await pause()
    signal?.throwIfAborted()
  }
  return { columnCount: rows.size, columns, weights }
}

function weighted(
  terms: ReadonlyMap<string, number>,
  rows: ReadonlyMap<string, number>,
  idf: readonly number[],
): { column: number; weight: number }[] {
  return [...terms].flatMap(([term, frequency]) => {
    const column = rows.get(term)
    return column === undefined ? [] : [{ column, weight: dampened(frequency) * (idf[column] as number) }]
  })
}

/** A 32-bit seed of a term: the random start depends on the terms, not on the order of atoms. */
function seedOf(term: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < term.length; i++) hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

const cachedVectors = new WeakMap<Segment, { model: LatentModel; vectors: Float32Array }>()

/** Vectors of length 1 of a segment's atoms, in their order; kept as long as the segment is. An atom without known terms has zeros. */
async function segmentVectors(segment: Segment, model: LatentModel, pause: () => Promise<void> | undefined): Promise<Float32Array> {
  const cached = cachedVectors.get(segment)
  if (cached?.model === model) return cached.vectors
  const { dimensions } = model
  const vectors = new Float32Array(segment.size * dimensions)
  const ordinals = new Int32Array(segment.size)
  const frequencies = new Int32Array(segment.size)
  for (let place = segment.firstOrdinary; place < segment.termCount; place++) {
    if ((place & 127) === 0) await pause()
    const row = model.rows.get(segment.termBytes(place).toString('utf8'))
    if (row === undefined) continue
    const count = segment.postings(place, ordinals, frequencies)
    for (let i = 0; i < count; i++) addRow(vectors, (ordinals[i] as number) * dimensions, model, row, dampened(frequencies[i] as number))
  }
  for (let at = 0; at < vectors.length; at += dimensions) normalise(vectors, at, dimensions)
  cachedVectors.set(segment, { model, vectors })
  return vectors
}

function addRow(out: Float32Array, at: number, model: LatentModel, row: number, weight: number): void {
  const { dimensions, values } = model
  const scale = (model.scales[row] as number) * weight
  const from = row * dimensions
  for (let d = 0; d < dimensions; d++) out[at + d] = (out[at + d] as number) + scale * (values[from + d] as number)
}

function normalise(vector: Float32Array, at: number, dimensions: number): void {
  let sum = 0
  for (let d = 0; d < dimensions; d++) sum += (vector[at + d] as number) ** 2
  const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0
  for (let d = 0; d < dimensions; d++) vector[at + d] = (vector[at + d] as number) * scale
}

/** The vector of length 1 of terms with their frequencies; zeros when the model knows none. */
export function latentVector(model: LatentModel, terms: ReadonlyMap<string, number>): Float32Array {
  const vector = new Float32Array(model.dimensions)
  for (const [term, frequency] of terms) {
    const row = model.rows.get(term)
    if (row !== undefined) addRow(vector, 0, model, row, dampened(frequency))
  }
  normalise(vector, 0, model.dimensions)
  return vector
}

/** Calls back with the cosine of a vector of length 1 and every atom. */
export async function visitLatent(
  view: IndexView,
  model: LatentModel,
  vector: Float32Array,
  each: (number: number, score: number) => void,
): Promise<void> {
  const { dimensions } = model
  const pause = pacer()
  for (const { segment } of view.segments) {
    const vectors = await segmentVectors(segment, model, pause)
    for (let ordinal = 0, at = 0; ordinal < segment.size; ordinal++, at += dimensions) {
      let score = 0
      for (let d = 0; d < dimensions; d++) score += (vectors[at + d] as number) * (vector[d] as number)
      each(segment.numbers[ordinal] as number, score)
    }
  }
}

/** Cosine of the question's terms with every atom, best first, the k best with a cosine above 0. */
export async function latentSearch(
  view: IndexView,
  model: LatentModel,
  terms: readonly string[],
  k: number,
): Promise<{ number: number; score: number }[]> {
  const vector = latentVector(model, new Map(terms.map((term) => [term, 1])))
  if (vector.every((value) => value === 0)) return []
  const best: { number: number; score: number }[] = []
  let worst = 0
  const cut = (): void => {
    best.sort((a, b) => b.score - a.score || a.number - b.number)
    best.length = Math.min(best.length, k)
    worst = best.length === k ? (best[k - 1] as { score: number }).score : 0
  }
  await visitLatent(view, model, vector, (number, score) => {
    if (score <= worst) return
    best.push({ number, score })
    if (best.length >= 4 * k) cut()
  })
  cut()
  return best
}

const fileMark = 'AIA latent 1\n'

/** The model as bytes, for the object store. */
export function serialiseLatent(model: LatentModel): Buffer {
  const terms = Buffer.from([...model.rows.keys()].join('\n'), 'utf8')
  const head = Buffer.alloc(12)
  head.writeUInt32LE(model.dimensions, 0)
  head.writeUInt32LE(model.rows.size, 4)
  head.writeUInt32LE(terms.length, 8)
  return Buffer.concat([
    Buffer.from(fileMark, 'ascii'),
    head,
    terms,
    Buffer.from(model.scales.buffer, model.scales.byteOffset, model.scales.byteLength),
    Buffer.from(model.values.buffer, model.values.byteOffset, model.values.byteLength),
  ])
}

/** @throws Error when the bytes are not a whole model */
export function deserialiseLatent(bytes: Uint8Array): LatentModel {
  const data = Buffer.from(bytes)
  const at = fileMark.length
  if (data.length < at + 12 || data.toString('ascii', 0, at) !== fileMark) throw new Error('Latent model: not one')
  const [dimensions, count, termBytes] = [data.readUInt32LE(at), data.readUInt32LE(at + 4), data.readUInt32LE(at + 8)]
  const from = at + 12 + termBytes
  if (data.length !== from + count * 4 + count * dimensions) throw new Error('Latent model: damaged')
  const terms = count === 0 ? [] : data.toString('utf8', at + 12, from).split('\n')
  if (terms.length !== count) throw new Error('Latent model: damaged')
  const scales = new Float32Array(count)
  for (let row = 0; row < count; row++) scales[row] = data.readFloatLE(from + row * 4)
  const values = new Int8Array(count * dimensions)
  values.set(data.subarray(from + count * 4)) // bytes above 127 wrap to the negative values they were
  return { dimensions, rows: new Map(terms.map((term, row) => [term, row])), values, scales }
}
