/** Counts what was taken within the last hour, key by key: in this process, or in Redis for all processes (redis-window.ts). */
export interface SlidingWindow {
  readonly adapter: 'memory' | 'redis' | 'redis-cluster'
  /** Takes one when fewer than `limit` were taken within the hour. What is refused is not counted. */
  take(key: WindowKey, limit: number): Promise<WindowState>
  /** Undoes the newest take of a key. */
  giveBack(key: WindowKey): Promise<void>
  /** What the keys of a group have taken within the hour, by their names. */
  list(group: string): Promise<{ name: string; used: number }[]>
  /** Whether the last call was counted by the insurance, because the store is away. */
  isInsured(): boolean
}

/** Names of one group can be listed, and lie beside each other in a cluster; those without one cannot. */
export interface WindowKey {
  group?: string
  name: string
}

export interface WindowState {
  taken: boolean
  used: number
  /** Until the oldest counted take leaves the window; 0 when nothing is counted. */
  freeInMs: number
}

export const windowSeconds = 3_600
export const slotMs = 60_000
export const slots = (windowSeconds * 1_000) / slotMs

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
  const { now = () => Date.now(), maxKeys = 100_000 } = options
  // A line break stands in no group.
  const idOf = ({ group = '', name }: WindowKey) => `${group}\n${name}`
  // In the order of their last use: what is in front is given up first, when its hour is over or the room is full.
  const entries = new Map<string, Entry>()

  function note(entry: Entry, minute: number, count: number): void {
    const last = entry.minutes.length - 1
    if (entry.minutes[last] === minute) (entry.counts[last] as number) += count
    else {
      entry.minutes.push(minute)
      entry.counts.push(count)
    }
  }

  /** Forgets what is too old. What was taken before the clock was put back counts as taken now, or it would count until the clock is there again. */
  function bringUpToDate(entry: Entry, minute: number): void {
    let later = 0
    while ((entry.minutes.at(-1) ?? 0) > minute) {
      entry.minutes.pop()
      later += entry.counts.pop() as number
    }
    if (later > 0) note(entry, minute, later)
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
      bringUpToDate(entry, minute)
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
      const id = idOf(key)
      const entry = entries.get(id) ?? { minutes: [], counts: [], used: 0 }
      bringUpToDate(entry, minute)
      const taken = entry.used < limit
      if (taken) {
        note(entry, minute, 1)
        entry.used++
      }
      entries.delete(id)
      entries.set(id, entry)
      makeRoom(minute)
      return { taken, used: entry.used, freeInMs: freeInMs(entry, at) }
    },
    async giveBack(key) {
      const entry = entries.get(idOf(key))
      const last = (entry?.counts.length ?? 0) - 1
      if (!entry || last < 0) return
      entry.used--
      if (--(entry.counts[last] as number) > 0) return
      entry.minutes.pop()
      entry.counts.pop()
    },
    async list(group) {
      const minute = Math.floor(now() / slotMs)
      const prefix = idOf({ group, name: '' })
      const found: { name: string; used: number }[] = []
      for (const [id, entry] of entries) {
        if (!id.startsWith(prefix)) continue
        bringUpToDate(entry, minute)
        if (entry.used > 0) found.push({ name: id.slice(prefix.length), used: entry.used })
      }
      return found
    },
    isInsured: () => false,
  }
}
