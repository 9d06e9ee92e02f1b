/**
 * Counts what was taken within the last hour, key by key. A port: `memory` counts in this process; a shared store needs one atomic
 * take (in Redis a script over a hash of slots) and must fall back to memory when it is away.
 */
export interface SlidingWindow {
  readonly adapter: 'memory'
  /** Takes one when fewer than `limit` were taken within the hour. What is refused is not counted. */
  take(key: string, limit: number): Promise<WindowState>
  /** Undoes the newest take of a key. */
  giveBack(key: string): Promise<void>
  /** What keys with this beginning have taken within the hour. */
  list(prefix: string): Promise<{ key: string; used: number }[]>
}

export interface WindowState {
  taken: boolean
  used: number
  /** Until the oldest counted take leaves the window; 0 when nothing is counted. */
  freeInMs: number
}

export const windowSeconds = 3_600
const slotMs = 60_000
const slots = (windowSeconds * 1_000) / slotMs

interface Entry {
  /** Minutes since the epoch, ascending, with what was taken in each. */
  minutes: number[]
  counts: number[]
  used: number
}

/**
 * A sliding window over one-minute slots. A slot counts in full until its last moment is an hour old, so no hour, wherever it begins,
 * holds more than the limit; a caller at its limit waits at most a minute longer than an exact log would make it. An exact log of
 * 10,000 calls would hold 80 KB a key; this holds at most 61 pairs.
 */
export function memoryWindow(options: { now?: () => number; maxKeys?: number } = {}): SlidingWindow {
  const { now = Date.now, maxKeys = 100_000 } = options
  // In the order of their last use: what is in front is given up first, when its hour is over or the room is full.
  const entries = new Map<string, Entry>()

  function forgetOld(entry: Entry, minute: number): void {
    let gone = 0
    while (gone < entry.minutes.length && (entry.minutes[gone] as number) < minute - slots) {
      entry.used -= entry.counts[gone] as number
      gone++
    }
    if (gone === 0) return
    entry.minutes.splice(0, gone)
    entry.counts.splice(0, gone)
  }

  function makeRoom(minute: number): void {
    for (const [key, entry] of entries) {
      forgetOld(entry, minute)
      if (entry.used > 0 && entries.size <= maxKeys) return
      entries.delete(key)
    }
  }

  const freeInMs = (entry: Entry, at: number) => (entry.minutes[0] === undefined ? 0 : (entry.minutes[0] + slots + 1) * slotMs - at)

  return {
    adapter: 'memory',
    async take(key, limit) {
      const at = now()
      const minute = Math.floor(at / slotMs)
      const entry = entries.get(key) ?? { minutes: [], counts: [], used: 0 }
      forgetOld(entry, minute)
      const taken = entry.used < limit
      if (taken) {
        const last = entry.minutes.length - 1
        if (entry.minutes[last] === minute) (entry.counts[last] as number)++
        else {
          entry.minutes.push(minute)
          entry.counts.push(1)
        }
        entry.used++
      }
      entries.delete(key)
      entries.set(key, entry)
      makeRoom(minute)
      return { taken, used: entry.used, freeInMs: freeInMs(entry, at) }
    },
    async giveBack(key) {
      const entry = entries.get(key)
      const last = (entry?.counts.length ?? 0) - 1
      if (!entry || last < 0) return
      entry.used--
      if (--(entry.counts[last] as number) > 0) return
      entry.minutes.pop()
      entry.counts.pop()
    },
    async list(prefix) {
      const minute = Math.floor(now() / slotMs)
      const found: { key: string; used: number }[] = []
      for (const [key, entry] of entries) {
        if (!key.startsWith(prefix)) continue
        forgetOld(entry, minute)
        if (entry.used > 0) found.push({ key, used: entry.used })
      }
      return found
    },
  }
}
