import type { Services } from '../../gateway/services.ts'
import { createEmbedder, type Embedder } from './client.ts'
import { VectorIndex } from './search.ts'

export interface Vectors {
  embedder: Embedder
  index: VectorIndex
  /** Until when questions do without, since the endpoint failed one. Milliseconds, performance.now(). */
  restsUntil: number
  /** Enterprises for which the endpoint failed while it embedded atoms: a later run looks at all of them. */
  behind: Set<string>
}

/** The process's one endpoint and cache of vectors; null when the operator has set none. */
export function vectorsOf({ env, database, once }: Pick<Services, 'env' | 'database' | 'once'>): Vectors | null {
  const { embeddings } = env
  if (!embeddings) return null
  return once('neural.vectors', () => ({
    embedder: createEmbedder(embeddings, (url, init) => {
      database.assertOutsideTransaction('A call to the embeddings endpoint')
      return fetch(url, init)
    }),
    index: new VectorIndex(),
    restsUntil: 0,
    behind: new Set<string>(),
  }))
}
