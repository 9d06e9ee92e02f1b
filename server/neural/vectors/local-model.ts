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

type Reply = { id: number; vector: Float32Array } | { id: number; error: string } | { failure: 'no runtime'; message: string }

const mostThreads = 4
const workerFile = () => join(process.cwd(), 'server', 'neural', 'vectors', 'local-worker.mjs')

/**
 * A worker thread with the model in it. It does one text after another: several at once are no faster in WebAssembly, would make vectors
 * depend on their company, and would keep a question waiting. Once it has failed it stays so.
 */
class ModelThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, { resolve: (vector: Float32Array) => void; reject: (error: Error) => void }>()
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

  /** The unit vector of a text. */
  ask(text: string): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      const id = this.#asked++
      this.#waiting.set(id, { resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage({ id, text })
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
    else waiting?.resolve(reply.vector)
  }

  #fail(reason: string): void {
    this.#failure ??= new EmbeddingError('unavailable', reason)
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }
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
    await thread.ask(`${prompts.text}vectors`)
  } catch (error) {
    await thread.end()
    if (thread.lacksRuntime) {
      const install = `npm install --no-save ${onnxRuntime.name}@${onnxRuntime.version}`
      throw new Error(`AIA cannot start: AIA_EMBEDDINGS_DIR needs a package that is not installed; run "${install}" in AIA's folder.`)
    }
    throw new Error(`AIA cannot start: the model of AIA_EMBEDDINGS_DIR=${folder} does not work: ${firstLine(error)}`)
  }
  let closed = false
  const ask = (text: string): Promise<Float32Array> => {
    if (thread.failed && !closed) thread = start()
    return thread.ask(text)
  }
  return {
    model: identity,
    async index(texts) {
      const vectors: Float32Array[] = []
      // Each is handed over when the one before is done, so that a question gets in between.
      for (const text of texts) vectors.push(await ask(prompts.text + cut(text)))
      return vectors
    },
    async question(text, timeoutMs = questionTimeoutMs) {
      const late = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new EmbeddingError('unavailable', `no vector after ${timeoutMs} ms`)), timeoutMs).unref()
      })
      return Promise.race([ask(prompts.question + cut(text)), late])
    },
    async close() {
      closed = true
      await thread.end()
    },
  }
}

const firstLine = (error: unknown): string => String(error instanceof Error ? error.message : error).split('\n', 1)[0] as string
