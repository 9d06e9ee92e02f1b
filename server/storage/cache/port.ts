/**
 * Values that may vanish at any time. Keys are namespaced by their user and hold what keeps tenants apart, for example
 * `neural:{input_hash}` with the enterprise in the hash. No call rejects when the store is away: then nothing is found, nothing kept, and
 * what was to be deleted may be found again until its time is over. So readers check what a value depends on.
 */
export interface Cache {
  readonly adapter: 'memory' | 'redis' | 'redis-cluster'
  get(key: string): Promise<unknown>
  /** Stores a JSON value for `ttlSeconds`. */
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>
  delete(key: string): Promise<void>
  /**
   * What `find` finds, or else what `make` makes and stores: one caller makes it, and whoever asks for the same `name` meanwhile waits
   * for that, in this process and in every other one on the same store. When the making fails, those who waited make it themselves.
   */
  shared<T>(name: string, work: Work<T>): Promise<Outcome<T>>
}

export interface Work<T> {
  /** Looks for what is stored; undefined for nothing. It may be asked more than once. */
  find(): Promise<T | undefined>
  make(): Promise<T>
}

export interface Outcome<T> {
  value: T
  /** Whether this caller's own `make` gave it. */
  made: boolean
}
