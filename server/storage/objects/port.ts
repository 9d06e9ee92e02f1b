/** The store could not be reached, or did not do what it was asked for reasons of its own. Asking again later may do. */
export class ObjectsUnavailable extends Error {}

/** There is no room for another object. */
export class ObjectsFull extends ObjectsUnavailable {}

/** What a download shall be called, and be taken for. */
export interface Download {
  fileName: string
  contentType: string
}

/** Immutable bytes, addressed by their SHA-256. One enterprise never sees another's objects: the key holds its id. Calls throw ObjectsUnavailable. */
export interface ObjectStore {
  readonly adapter: 'files' | 'gcs'
  /** Stores bytes and returns their key. Storing the same bytes twice is one object. */
  put(enterpriseId: string, bytes: Uint8Array): Promise<string>
  /** @throws Error when there is no such object or its bytes no longer match its key */
  get(key: string): Promise<Uint8Array>
  delete(key: string): Promise<void>
  /** Keys of one enterprise, for finding what nothing refers to any more. */
  list(enterpriseId: string): Promise<string[]>
  /** An address at which whoever has it may fetch the object for five minutes, from the store itself; null where there is none to be had. */
  downloadUrl(key: string, download: Download): Promise<string | null>
  /** Whether the store answers now. Takes three seconds at most. */
  check(): Promise<boolean>
  close(): void
}
