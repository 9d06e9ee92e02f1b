import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What this process holds that must come back to its level: megabytes of memory in use, sockets. */
export function levels(): { heapMb: number; sockets: number } {
  collect()
  return {
    heapMb: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
    sockets: process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length,
  }
}
