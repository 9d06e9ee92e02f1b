import { join } from 'node:path'
import { startThread } from '../thread.ts'
import type { LaidOut, ToLayOut } from './layout/lay-out.ts'

const file = join(process.cwd(), 'server', 'neural', 'graph', 'layout-worker')

/**
 * Lays out in a thread of its own, so that questions are answered meanwhile.
 * @throws Error when the thread fails
 */
export function layOutInThread(graph: ToLayOut): Promise<LaidOut> {
  return new Promise((resolve, reject) => {
    const thread = startThread(file, { workerData: graph })
    thread.once('message', resolve)
    thread.once('error', reject)
    // Said after the message when all went well, and then changes nothing.
    thread.once('exit', () => reject(new Error('The thread that lays out has ended without an answer.')))
  })
}
