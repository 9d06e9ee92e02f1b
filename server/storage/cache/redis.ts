import { randomUUID } from 'node:crypto'
import type { RedisConnection } from '../redis/port.ts'
import type { Cache } from './port.ts'
import { singleFlight } from './single-flight.ts'

// A claim that ran out may be another's by now.
const releaseOwn = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end`

/** A cache in Redis, shared by every process on it. Each command has one key, so that any node of a cluster can hold it. */
export function redisCache(redis: RedisConnection): Cache {
  const release = redis.script(releaseOwn)
  // The connection tells its watcher what went wrong.
  const orElse = <T>(work: Promise<T>, away: T): Promise<T> => work.catch(() => away)
  return {
    adapter: redis.adapter,
    async get(key) {
      const json = redis.run((client) => client.get(key))
      return orElse(
        json.then((text) => (text === null ? undefined : JSON.parse(text))),
        undefined,
      )
    },
    async set(key, value, ttlSeconds) {
      const json = JSON.stringify(value)
      await orElse(
        redis.run((client) => client.set(key, json, 'PX', Math.round(ttlSeconds * 1_000))),
        null,
      )
    },
    async delete(key) {
      await orElse(
        redis.run((client) => client.del(key)),
        0,
      )
    },
    shared: singleFlight(async (name, leaseMs) => {
      const key = `making:${name}`
      const token = randomUUID()
      try {
        const claimed = await redis.run((client) => client.set(key, token, 'PX', leaseMs, 'NX'))
        return claimed ? () => void orElse(release([key], [token]), null) : null
      } catch {
        // Without Redis every process makes for itself.
        return () => {}
      }
    }),
  }
}
