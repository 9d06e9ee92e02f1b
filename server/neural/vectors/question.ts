import { namedLogger } from '../../gateway/log.ts'
import type { Services } from '../../gateway/services.ts'
import { EmbeddingError, questionTimeoutMs } from './client.ts'
import { vectorsOf } from './engine.ts'

/** After a failure: an endpoint that hangs must not cost every question its whole patience. */
const restMs = 15_000

/** The vector of a question, or null when ranking is to go on without. Never rejects. */
export type QuestionVector = (question: string) => Promise<Float32Array | null>

/**
 * For one answer: the vectors of its question and of the parts that are asked on their own, each fetched once. All together take no longer
 * than one question may. Call it outside transactions.
 */
export function questionVectors(services: Services): QuestionVector {
  const vectors = vectorsOf(services)
  if (!vectors) return async () => null
  const known = new Map<string, Promise<Float32Array | null>>()
  let spent = 0
  async function fetchVector(question: string): Promise<Float32Array | null> {
    const startedAt = performance.now()
    if (!vectors || startedAt < vectors.restsUntil || spent >= questionTimeoutMs) return null
    try {
      return await vectors.embedder.question(question, questionTimeoutMs - spent)
    } catch (error) {
      if (!(error instanceof EmbeddingError)) throw error
      // A question that it does not take says nothing about the next one.
      if (error.kind !== 'refused') vectors.restsUntil = performance.now() + restMs
      namedLogger(services.log, 'vectors').warn({ reason: error.message, kind: error.kind }, 'a question goes on without its vector')
      return null
    } finally {
      spent += performance.now() - startedAt
    }
  }
  return (question) => {
    let vector = known.get(question)
    if (!vector) {
      vector = fetchVector(question)
      known.set(question, vector)
    }
    return vector
  }
}
