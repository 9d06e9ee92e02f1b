import { pacer } from '../lexical/segment.ts'
import { seededRandom } from './random.ts'

/** A sparse matrix row by row: columns and weights of the same length. */
export interface SparseRows {
  columnCount: number
  columns: readonly Int32Array[]
  weights: readonly Float32Array[]
}

export interface SubspaceOptions {
  /** One 32-bit seed a column: the random start. */
  seeds: readonly number[]
  dimensions: number
  /** Columns computed beyond `dimensions`, for accuracy. */
  extra: number
  /** Power iterations. */
  iterations: number
  signal?: AbortSignal
  onProgress?: (share: number) => void
}

/**
 * The right singular vectors of the largest singular values by randomised subspace iteration (Halko, Martinsson and Tropp, SIAM
 * Review 2011): columns x dimensions, orthonormal columns in order of singular value. Gives way to other work while it computes.
 */
export async function dominantSubspace(matrix: SparseRows, options: SubspaceOptions): Promise<Float32Array> {
  const { columnCount } = matrix
  const width = Math.min(options.dimensions + options.extra, columnCount)
  const pause = pacer()
  const rest = async (): Promise<void> => {
    const waiting = pause()
    if (!waiting) return
    await waiting
    options.signal?.throwIfAborted()
  }
  let basis = randomStart(options.seeds, width)
  await orthonormalise(basis, columnCount, width, 1, rest)
  for (let round = 0; round < options.iterations; round++) {
    basis = await multiplyByGram(matrix, basis, width, rest)
    await orthonormalise(basis, columnCount, width, round === options.iterations - 1 ? 2 : 1, rest)
    options.onProgress?.((round + 1) / (options.iterations + 1))
  }
  // Rotate to the singular vectors: the eigenvectors of (A Q)' (A Q).
  const small = await projectedGram(matrix, basis, width, rest)
  const vectors = await eigenvectors(small, width, rest)
  const result = new Float32Array(columnCount * options.dimensions)
  const kept = Math.min(options.dimensions, width)
  for (let column = 0; column < columnCount; column++) {
    for (let d = 0; d < kept; d++) {
      const vector = vectors[d] as Float64Array
      let sum = 0
      for (let j = 0; j < width; j++) sum += (basis[column * width + j] as number) * (vector[j] as number)
      result[column * options.dimensions + d] = sum
    }
    if ((column & 63) === 0) await rest()
  }
  options.onProgress?.(1)
  return result
}

function randomStart(seeds: readonly number[], width: number): Float32Array {
  const basis = new Float32Array(seeds.length * width)
  for (const [column, seed] of seeds.entries()) {
    const random = seededRandom(seed)
    for (let j = 0; j < width; j++) basis[column * width + j] = 2 * random() - 1
  }
  return basis
}

function project(out: Float64Array, columns: Int32Array, weights: Float32Array, basis: Float32Array, width: number): void {
  out.fill(0)
  for (let i = 0; i < columns.length; i++) {
    const weight = weights[i] as number
    const from = (columns[i] as number) * width
    for (let j = 0; j < width; j++) out[j] = (out[j] as number) + weight * (basis[from + j] as number)
  }
}

/** A' A basis, a row of A at a time. */
async function multiplyByGram(matrix: SparseRows, basis: Float32Array, width: number, rest: () => Promise<void>): Promise<Float32Array> {
  const result = new Float32Array(basis.length)
  const projected = new Float64Array(width)
  for (const [row, columns] of matrix.columns.entries()) {
    const weights = matrix.weights[row] as Float32Array
    project(projected, columns, weights, basis, width)
    for (let i = 0; i < columns.length; i++) {
      const weight = weights[i] as number
      const from = (columns[i] as number) * width
      for (let j = 0; j < width; j++) result[from + j] = (result[from + j] as number) + weight * (projected[j] as number)
    }
    if ((row & 31) === 0) await rest()
  }
  return result
}

async function projectedGram(matrix: SparseRows, basis: Float32Array, width: number, rest: () => Promise<void>): Promise<Float64Array> {
  const gram = new Float64Array(width * width)
  const projected = new Float64Array(width)
  for (const [row, columns] of matrix.columns.entries()) {
    project(projected, columns, matrix.weights[row] as Float32Array, basis, width)
    addOuter(gram, projected, width)
    if ((row & 31) === 0) await rest()
  }
  return gram
}

/** Adds vector vector' to the lower half of a symmetric matrix. */
function addOuter(gram: Float64Array, vector: Float64Array, width: number): void {
  for (let i = 0; i < width; i++) {
    const value = vector[i] as number
    const from = i * width
    for (let j = 0; j <= i; j++) gram[from + j] = (gram[from + j] as number) + value * (vector[j] as number)
  }
}

/** Makes the columns orthonormal through the Cholesky factor of their Gram matrix; a second pass makes up for rounding (CholeskyQR2). */
async function orthonormalise(basis: Float32Array, rows: number, width: number, passes: number, rest: () => Promise<void>): Promise<void> {
  const vector = new Float64Array(width)
  for (let pass = 0; pass < passes; pass++) {
    const gram = new Float64Array(width * width)
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < width; j++) vector[j] = basis[row * width + j] as number
      addOuter(gram, vector, width)
      if ((row & 63) === 0) await rest()
    }
    const factor = cholesky(gram, width)
    for (let row = 0; row < rows; row++) {
      const from = row * width
      for (let j = 0; j < width; j++) {
        let sum = basis[from + j] as number
        for (let i = 0; i < j; i++) sum -= (vector[i] as number) * (factor[j * width + i] as number)
        vector[j] = sum / (factor[j * width + j] as number)
      }
      for (let j = 0; j < width; j++) basis[from + j] = vector[j] as number
      if ((row & 63) === 0) await rest()
    }
  }
}

/** Lower factor of a positive matrix; directions without weight get a tiny one instead of a division by zero. */
function cholesky(matrix: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(width * width)
  let trace = 0
  for (let i = 0; i < width; i++) trace += matrix[i * width + i] as number
  const floor = (trace / width) * 1e-10 + 1e-30
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * width + j] as number
      for (let k = 0; k < j; k++) sum -= (factor[i * width + k] as number) * (factor[j * width + k] as number)
      factor[i * width + j] = i === j ? Math.sqrt(Math.max(sum, floor)) : sum / (factor[j * width + j] as number)
    }
  }
  return factor
}

/** Eigenvectors of a symmetric matrix, given by its lower half, by cyclic Jacobi rotations, largest eigenvalue first. */
async function eigenvectors(matrix: Float64Array, width: number, rest: () => Promise<void>): Promise<Float64Array[]> {
  const a = Float64Array.from(matrix)
  for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) a[j * width + i] = a[i * width + j] as number
  const v = new Float64Array(width * width)
  for (let i = 0; i < width; i++) v[i * width + i] = 1
  for (let sweep = 0; sweep < 12; sweep++) {
    let off = 0
    let diagonal = 0
    for (let i = 0; i < width; i++) {
      diagonal += (a[i * width + i] as number) ** 2
      for (let j = 0; j < i; j++) off += (a[i * width + j] as number) ** 2
    }
    if (off <= diagonal * 1e-18) break
    for (let p = 0; p < width - 1; p++) {
      for (let q = p + 1; q < width; q++) rotate(a, v, width, p, q)
      await rest()
    }
  }
  return Array.from({ length: width }, (_, i) => i)
    .sort((x, y) => (a[y * width + y] as number) - (a[x * width + x] as number))
    .map((column) => Float64Array.from({ length: width }, (_, row) => v[row * width + column] as number))
}

function rotate(a: Float64Array, v: Float64Array, width: number, p: number, q: number): void {
  const apq = a[p * width + q] as number
  if (Math.abs(apq) < 1e-300) return
  const theta = ((a[q * width + q] as number) - (a[p * width + p] as number)) / (2 * apq)
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let i = 0; i < width; i++) {
    const [ip, iq] = [a[i * width + p] as number, a[i * width + q] as number]
    a[i * width + p] = c * ip - s * iq
    a[i * width + q] = s * ip + c * iq
  }
  for (let i = 0; i < width; i++) {
    const [pi, qi] = [a[p * width + i] as number, a[q * width + i] as number]
    a[p * width + i] = c * pi - s * qi
    a[q * width + i] = s * pi + c * qi
    const [vp, vq] = [v[i * width + p] as number, v[i * width + q] as number]
    v[i * width + p] = c * vp - s * vq
    v[i * width + q] = s * vp + c * vq
  }
}
