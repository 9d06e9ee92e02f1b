import type { Cluster, Redis } from 'ioredis'

/** One connection to Redis, or one to every node of a cluster, for all that AIA keeps there. */
export interface RedisConnection {
  readonly adapter: 'redis' | 'redis-cluster'
  /** Runs commands. Rejects at once while Redis is away, after 5 s when it has stopped answering; what was sent is not sent again. */
  run<T>(commands: (client: Redis | Cluster) => Promise<T>): Promise<T>
  /** A Lua script as a function of its keys, which share one hash tag, and its arguments: one round trip, by EVALSHA. Rejects as `run`. */
  script(lua: string): (keys: string[], args: (string | number)[]) => Promise<unknown>
  /** Whether every node takes writes now. Answers within a second. */
  check(): Promise<boolean>
  close(): Promise<void>
}
