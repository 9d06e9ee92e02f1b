import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database, Transaction } from '../../storage/database/port.ts'
import { type Embedder, EmbeddingError, textsACall } from './client.ts'
import { atomNumbers, storedDimension, storeVectors, withoutVector } from './stored.ts'

/** Atoms whose words are read at once. */
const atomsAtOnce = 256

/**
 * Gives a vector to every atom of a source (null: of the enterprise) that lacks one of the embedder's model or whose words have changed.
 * Short transactions, none of them open while the embedder works; what is there already is not asked for again.
 * @returns how many vectors were stored, and how many texts were refused
 * @throws EmbeddingError when the embedder fails; what was stored before stays
 */
export async function embedAtoms(
  database: Database,
  embedder: Embedder,
  enterpriseId: string,
  sourceId: string | null,
  /** Called in each transaction that stores vectors, with how many atoms were looked at and how many there are. */
  storing: (tx: Transaction, done: number, total: number) => Promise<void> = async () => {},
): Promise<{ stored: number; refused: number }> {
  const { model } = embedder
  const numbers = await database.tenant(enterpriseId, (tx) => atomNumbers(tx, enterpriseId, sourceId))
  let dimension = await database.tenant(enterpriseId, (tx) => storedDimension(tx, enterpriseId, model))
  let stored = 0
  let refused = 0
  for (let from = 0; from < numbers.length; from += atomsAtOnce) {
    const part = numbers.slice(from, from + atomsAtOnce)
    const atoms = await database.tenant(enterpriseId, (tx) => withoutVector(tx, enterpriseId, model, part))
    for (let at = 0; at < atoms.length; at += textsACall) {
      const batch = atoms.slice(at, at + textsACall)
      const vectors = await embedSplitting(
        embedder,
        batch.map(({ text }) => text),
      )
      const ready = batch.flatMap(({ number, digest }, i) => {
        const vector = vectors[i]
        return vector ? [{ number, digest, vector }] : []
      })
      if (ready.length === 0) throw new EmbeddingError('refused', `all of ${batch.length} texts`)
      dimension ??= (ready[0] as { vector: Float32Array }).vector.length
      const other = ready.find(({ vector }) => vector.length !== dimension)
      if (other) throw new EmbeddingError('invalid', `${other.vector.length} dimensions, yet the stored vectors of this model have ${dimension}`)
      await database.tenant(enterpriseId, async (tx) => {
        await storing(tx, Math.min(from + at + batch.length, numbers.length), numbers.length)
        await storeVectors(tx, enterpriseId, model, ready)
      })
      stored += ready.length
      refused += batch.length - ready.length
    }
    await nextTurn()
  }
  return { stored, refused }
}

/** One text that the embedder does not take must not keep the others out: halves, until it stands alone (null). */
async function embedSplitting(embedder: Embedder, texts: readonly string[]): Promise<(Float32Array | null)[]> {
  try {
    return await embedder.index(texts)
  } catch (error) {
    if (!(error instanceof EmbeddingError) || error.kind !== 'refused') throw error
    if (texts.length === 1) return [null]
    const half = texts.length >> 1
    return [...(await embedSplitting(embedder, texts.slice(0, half))), ...(await embedSplitting(embedder, texts.slice(half)))]
  }
}
