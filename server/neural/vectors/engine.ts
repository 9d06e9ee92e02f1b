import type { Services } from '../../gateway/services.ts'
import { createEmbedder, type Embedder } from './client.ts'
import { type LocalModel, openLocalModel } from './local-model.ts'
import { VectorIndex } from './search.ts'

export interface Vectors {
  embedder: Embedder
  index: VectorIndex
  /** Until when questions do without, since one failed. Milliseconds, performance.now(). */
  restsUntil: number
  /** Enterprises whose atoms were not all embedded because of a failure: a later run looks at all of them. */
  behind: Set<string>
}

/** Opens the local model when the operator has set one. @throws Error of one line when it cannot be used */
export async function openModelFolder({ embeddings }: Pick<Services['env'], 'embeddings'>): Promise<LocalModel | null> {
  return embeddings && 'folder' in embeddings ? openLocalModel(embeddings.folder) : null
}

/** Gives the opened model to the process, before anything asks for vectors. */
export function holdLocalModel({ once }: Pick<Services, 'once'>, model: LocalModel): void {
  once(localModel, () => model)
}

const localModel = 'neural.local-model'

/** The process's one source and cache of vectors; null when the operator has set none. */
export function vectorsOf({ env, database, once, outbound }: Pick<Services, 'env' | 'database' | 'once' | 'outbound'>): Vectors | null {
  const { embeddings } = env
  if (!embeddings) return null
  return once('neural.vectors', () => ({
    embedder: 'folder' in embeddings ? outsideTransactions(database, openedModel(once)) : endpoint(database, outbound, embeddings),
    index: new VectorIndex({ byServer: database.nearestIndex !== null }),
    restsUntil: 0,
    behind: new Set<string>(),
  }))
}

function endpoint(database: Services['database'], outbound: Services['outbound'], config: Parameters<typeof createEmbedder>[0]): Embedder {
  return createEmbedder(config, (url, init) => {
    database.assertOutsideTransaction('A call to the embeddings endpoint')
    return outbound.call(url, init)
  })
}

const openedModel = (once: Services['once']): LocalModel =>
  once(localModel, (): LocalModel => {
    throw new Error('The local model was not opened at the start.')
  })

/** On the embedded database an open transaction stops everybody; a model takes its time. */
function outsideTransactions(database: Services['database'], model: Embedder): Embedder {
  return {
    model: model.model,
    async index(texts) {
      database.assertOutsideTransaction('A call to the local model')
      return model.index(texts)
    },
    async question(text, timeoutMs) {
      database.assertOutsideTransaction('A call to the local model')
      return model.question(text, timeoutMs)
    },
  }
}
