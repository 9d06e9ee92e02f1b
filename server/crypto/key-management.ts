/**
 * Whoever keeps the key-encryption keys: files by default, a key-management service where there is one. It wraps data keys and nothing
 * else; the key-encryption keys themselves never leave it.
 */
export interface KeyManagement {
  readonly adapter: 'files'
  /** Wraps with the newest version. `context` is authenticated: a wrapped key moved elsewhere does not open. */
  wrap(key: Uint8Array, context: string): Promise<{ wrapped: string; version: number }>
  /** @throws Error when it was altered or moved, or its version is gone */
  unwrap(wrapped: string, version: number, context: string): Promise<Uint8Array>
  /** Makes a new version, used for everything wrapped from now on. Older ones still unwrap. */
  rotate(): Promise<number>
  /** Destroys versions that nothing is wrapped with any more. */
  forgetAllBut(used: readonly number[]): Promise<void>
}
