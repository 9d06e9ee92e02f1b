/** Values that may vanish at any time. Keys are namespaced by their user, for example `neural:{input_hash}`. */
export interface Cache {
  readonly adapter: 'memory'
  get(key: string): Promise<unknown>
  /** Stores a JSON value for `ttlSeconds`. */
  set(key: string, value: unknown, ttlSeconds: number): Promise<void>
  delete(key: string): Promise<void>
}
