// The thread of analysis-thread.ts: texts in, what they say out.
import { parentPort } from 'node:worker_threads'
import { analyseText } from './text-analysis.ts'

parentPort?.on('message', ({ id, texts }: { id: number; texts: string[] }) => {
  parentPort?.postMessage({ id, analysed: texts.map(analyseText) })
})
