/** Immutable bytes, addressed by their SHA-256. One enterprise never sees another's objects: the key holds its id. */
export interface ObjectStore {
  readonly adapter: 'files'
  /** Stores bytes and returns their key. Storing the same bytes twice is one object. */
  put(enterpriseId: string, bytes: Uint8Array): Promise<string>
  /** @throws Error when there is no such object or its bytes no longer match its key */
  get(key: string): Promise<Uint8Array>
  delete(key: string): Promise<void>
  /** Keys of one enterprise, for finding what nothing refers to any more. */
  list(enterpriseId: string): Promise<string[]>
}
