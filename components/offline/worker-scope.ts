// The part of a service worker's world that ours uses. TypeScript's own declarations of it contradict those of a page, and both are one program here.
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void
}
interface WorkerMessage extends Extendable {
  readonly data: unknown
  readonly ports: readonly MessagePort[]
}
interface WorkerClient {
  readonly url: string
  postMessage(message: unknown): void
}

export interface WorkerEvents {
  install: Extendable
  activate: Extendable
  message: WorkerMessage
  sync: Extendable & { readonly tag: string }
}

export interface WorkerScope {
  readonly __WB_MANIFEST: { url: string; revision: string | null }[]
  readonly clients: { claim(): Promise<void>; matchAll(options: { type: 'window' }): Promise<WorkerClient[]> }
  skipWaiting(): Promise<void>
  addEventListener<K extends keyof WorkerEvents>(type: K, listener: (event: WorkerEvents[K]) => void): void
}
