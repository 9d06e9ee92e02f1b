import type { levels } from '../server/testing/levels.ts'

type Levels = ReturnType<typeof levels>

/** What a soak has seen besides what was lost. */
export interface Seen {
  /** Before the first fault, after the last round, and after the end. */
  first: Levels
  last: Levels
  end: Levels
  /** Sources that were added: the knowledge is larger by them. */
  added: number
  /** Sockets that may be open when every pool is full. */
  mostSockets: number
}

const heapMb = { kept: 64, aSource: 0.03 }
/** Of the process itself, such as one that is just being closed. */
const socketsAfterTheEnd = 2

/** What has not come back to its level, in sentences. */
export function notAtItsLevel({ first, last, end, added, mostSockets }: Seen): string[] {
  const found: string[] = []
  const most = Math.round(first.heapMb + heapMb.kept + added * heapMb.aSource)
  if (last.heapMb > most)
    found.push(`${last.heapMb} MB are in use, of ${first.heapMb} at the beginning and at most ${most} with ${added} sources more`)
  if (last.sockets > mostSockets) found.push(`${last.sockets} sockets are open, of ${mostSockets} at most`)
  if (end.sockets > socketsAfterTheEnd) found.push(`${end.sockets} sockets are open after the end`)
  return found
}

/** Reads answered 503 during a fault that nobody who reads should notice. */
export function readsRefused(fault: { name: string; stopsReading?: boolean }, before: number, after: number): string[] {
  return fault.stopsReading || after === before ? [] : [`${after - before} reads were answered 503 while this happened: ${fault.name}`]
}
