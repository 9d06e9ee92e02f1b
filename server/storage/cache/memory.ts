import type { Cache } from './port.ts'
import { singleFlight } from './single-flight.ts'

interface Entry {
  json: string
  expiresAt: number
}

/** A cache in this process: least recently used entries go first when `maxBytes` (of JSON, about two bytes a character) is reached. */
export function memoryCache(options: { maxBytes?: number; now?: () => number } = {}): Cache {
  const { maxBytes = 64 * 1024 * 1024, now = Date.now } = options
  const entries = new Map<string, Entry>()
  let held = 0
  function drop(key: string): void {
    const entry = entries.get(key)
    if (!entry) return
    held -= 2 * entry.json.length
    entries.delete(key)
  }
  return {
    adapter: 'memory',
    async get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      if (entry.expiresAt <= now()) {
        drop(key)
        return undefined
      }
      entries.delete(key)
      entries.set(key, entry)
      return JSON.parse(entry.json)
    },
    async set(key, value, ttlSeconds) {
      drop(key)
      const json = JSON.stringify(value)
      if (2 * json.length > maxBytes) return
      entries.set(key, { json, expiresAt: now() + ttlSeconds * 1000 })
      held += 2 * json.length
      for (const oldest of entries.keys()) {
        if (held <= maxBytes) break
        drop(oldest)
      }
    },
    async delete(key) {
      drop(key)
    },
    // No other process knows of it.
    shared: singleFlight(async () => () => {}),
  }
}
