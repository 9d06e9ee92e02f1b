import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a file of this module as a thread. The build translates it for the standalone server (scripts/setup.mjs); in a checkout the source
 * itself is run, which a thread of Node 20 cannot do by itself.
 * @param path of the file, without its ending
 */
export function startThread(path: string, options: WorkerOptions = {}): Worker {
  if (existsSync(`${path}.js`)) return new Worker(`${path}.js`, options)
  const source = pathToFileURL(`${path}.ts`).href
  return new Worker(`import('tsx/esm/api').then(({ register }) => (register(), import('${source}')))`, { ...options, eval: true })
}
