import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { cut, type Embedder, EmbeddingError, questionTimeoutMs } from './client.ts'
import { type ModelFolder, readModelFolder } from './model-folder.ts'
// The set-up reads it too: whoever sets no folder does without this package (docs/decisions/0010).
import onnxRuntime from './runtime.json' with { type: 'json' }

export interface LocalModel extends Embedder {
  /** Ends the thread. */
  close(): Promise<void>
}

export interface ThreadData extends Omit<ModelFolder, 'identity' | 'prompts'> {
  runtime: string
  threads: number
}

type Reply = { id: number; vectors: Float32Array; dimension: number } | { id: number; error: string } | { failure: 'no runtime'; message: string }

/** What is computed at once: a question waits for no more than this. */
const batch = { texts: 8, characters: 4_000 }
const mostThreads = 4
const workerFile = () => join(process.cwd(), 'server', 'neural', 'vectors', 'local-worker.mjs')

/** A worker thread with the model in it; it does one batch after another. Once it has failed it stays so. */
class ModelThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { resolve: (vectors: Float32Array[]) => void; reject: (error: Error) => void }>()
  #asked = 0
  #failure: EmbeddingError | null = null
  lacksRuntime = false

  constructor(data: ThreadData) {
    this.#worker = new Worker(workerFile(), { workerData: data })
    this.#worker.on('message', (reply: Reply) => this.#take(reply))
    this.#worker.on('error', (error) => this.#fail(error.message))
    this.#worker.on('exit', () => this.#fail('the thread of the model has ended'))
    this.#worker.unref()
  }

  get failed(): boolean {
    return this.#failure !== null
  }

  /** Unit vectors of a few texts. */
  ask(texts: readonly string[]): Promise<Float32Array[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      const id = this.#asked++
      this.#waiting.set(id, { resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage({ id, texts })
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #take(reply: Reply): void {
    if ('failure' in reply) {
      this.lacksRuntime = true
      return
    }
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    // An idle model keeps no program from ending.
    if (this.#waiting.size === 0) this.#worker.unref()
    if ('error' in reply) waiting?.reject(new EmbeddingError('refused', reply.error))
    else waiting?.resolve(rowsOf(reply.vectors, reply.dimension))
  }

  #fail(reason: string): void {
    this.#failure ??= new EmbeddingError('unavailable', reason)
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
}

function rowsOf(vectors: Float32Array, dimension: number): Float32Array[] {
  return Array.from({ length: vectors.length / dimension }, (_, row) => vectors.slice(row * dimension, (row + 1) * dimension))
}

/** Places of texts in groups for one batch each: texts of like length together, so that little is padded. */
function batches(texts: readonly string[]): number[][] {
  const groups: number[][] = []
  let characters = 0
  const places = texts.map((_, place) => place).sort((a, b) => (texts[a] as string).length - (texts[b] as string).length || a - b)
  for (const place of places) {
    const group = groups.at(-1)
    characters += (texts[place] as string).length
    if (group && group.length < batch.texts && characters <= batch.characters) group.push(place)
    else {
      groups.push([place])
      characters = (texts[place] as string).length
    }
  }
  return groups
}

/**
 * Vectors from a sentence model in a folder, computed in a worker thread on this machine; nothing goes over the network.
 * @throws Error of one line when the folder, its model or the runtime is missing or does not work
 */
export async function openLocalModel(folder: string, runtime = onnxRuntime.name): Promise<LocalModel> {
  const { identity, prompts, ...data } = await readModelFolder(folder)
  const threads = Math.max(1, Math.min(mostThreads, Math.floor(availableParallelism() / 2)))
  const start = (): ModelThread => new ModelThread({ ...data, runtime, threads })
  let thread = start()
  try {
    await thread.ask([`${prompts.text}vectors`])
  } catch (error) {
    await thread.end()
    if (thread.lacksRuntime) {
      const install = `npm install --no-save ${onnxRuntime.name}@${onnxRuntime.version}`
      throw new Error(`AIA cannot start: AIA_EMBEDDINGS_DIR needs a package that is not installed; run "${install}" in AIA's folder.`)
    }
    throw new Error(`AIA cannot start: the model of AIA_EMBEDDINGS_DIR=${folder} does not work: ${firstLine(error)}`)
  }
  let closed = false
  const ask = (texts: readonly string[]): Promise<Float32Array[]> => {
    if (thread.failed && !closed) thread = start()
    return thread.ask(texts)
  }
  return {
    model: identity,
    async index(texts) {
      const vectors = new Array<Float32Array>(texts.length)
      const given = texts.map((text) => prompts.text + cut(text))
      for (const places of batches(given)) {
        const found = await ask(places.map((place) => given[place] as string))
        for (const [at, place] of places.entries()) vectors[place] = found[at] as Float32Array
      }
      return vectors
    },
    async question(text, timeoutMs = questionTimeoutMs) {
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new EmbeddingError('unavailable', `no vector after ${timeoutMs} ms`)), timeoutMs).unref()
      })
      return (await Promise.race([ask([prompts.question + cut(text)]), late]))[0] as Float32Array
    },
    async close() {
      closed = true
      await thread.end()
    },
  }
}

const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split('\n', 1)[0] as string
