import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../thread.ts'
import type { AnalysedText, AnalysedTexts } from './text-analysis.ts'

const file = join(process.cwd(), 'server', 'neural', 'knowledge', 'analysis-worker')
/** Fewer texts are analysed sooner where they are. */
const fewTexts = 32

/**
 * Analyses texts in a thread of its own, while the caller's writes what was analysed before. It only ever saves time: of a thread that
 * cannot be started or has ended, nothing is known, and the caller analyses what it misses.
 */
export class AnalysisThread {
  #worker: Worker | null = null
  #asked = 0
  readonly #waiting = new Map<number, { texts: readonly string[]; resolve: (analysed: AnalysedTexts) => void }>()

  /** @returns the analyses by text; none of a few texts, or when the thread fails */
  analyse(texts: readonly string[]): Promise<AnalysedTexts> {
    if (texts.length < fewTexts) return Promise.resolve(new Map())
    return new Promise((resolve) => {
      this.#worker ??= this.#start()
      const worker = this.#worker
      const id = this.#asked++
      this.#waiting.set(id, { texts, resolve })
      worker.ref()
      worker.postMessage({ id, texts })
    })
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = startThread(file)
    worker.on('message', ({ id, analysed }: { id: number; analysed: AnalysedText[] }) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      // An idle thread keeps no program from ending.
      if (this.#waiting.size === 0) worker.unref()
      waiting?.resolve(new Map(waiting.texts.map((text, i) => [text, analysed[i] as AnalysedText])))
    })
    const lost = (): void => {
      if (this.#worker !== worker) return
      this.#worker = null
      for (const { resolve } of this.#waiting.values()) resolve(new Map())
      this.#waiting.clear()
    }
    worker.on('error', lost)
    worker.on('exit', lost)
    return worker
  }
}
