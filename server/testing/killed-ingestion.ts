// Run as a process of its own by ingestion-job.test.ts, which kills it in the middle: adds a long document and says when a part of it is stored.
import { readEnv } from '../env.ts'
import { startRuntime } from '../runtime.ts'
import { longDocument } from './long-document.ts'
import { ownerOf } from './runtime.ts'

const runtime = await startRuntime(readEnv())
const { json } = await ownerOf(runtime)
const { id } = await json<{ id: string }>('POST', 'neural/sources', { title: 'Long', content: longDocument, content_type: 'text/markdown' })
for (;;) {
  const { state, progress } = await json<{ state: string; progress: { done: number; total: number } }>('GET', `neural/sources/${id}`)
  if (progress.done > 0 && progress.done < progress.total) process.stdout.write(`half ${id}\n`)
  if (state === 'ready') process.stdout.write('too late\n')
  await new Promise((resolve) => setTimeout(resolve, 5))
}
