import { isAborted, type Problem, toProblem } from '@/components/api/problem'
import { newId } from '@/components/offline/new-id'

export type Upload = {
  id: number
  name: string
  bytes: number
  state: 'waiting' | 'sending' | 'sent' | 'failed'
  /** Share of the bytes that went out, 0 to 1. */
  sent: number
  problem: Problem | null
}
type Send = (file: File, name: string, signal: AbortSignal, onSent: (share: number) => void, key: string) => Promise<unknown>
/** Keeps a file that could not be sent for lack of a connection. False when it cannot be kept. */
type Defer = (file: File, name: string, key: string) => Promise<boolean>
type Given = { file: File; name: string }

const together = 2
const longestPauseS = 60

/**
 * Files on their way to the server, two at a time, each with its own outcome: one bad file stops no other. Lives outside the
 * pages, so that going elsewhere in the console does not stop it. A 429 is waited out, not reported.
 */
export class UploadQueue {
  #uploads: readonly Upload[] = []
  /** The file, and the key under which it is sent however often. */
  #files = new Map<number, { file: File; key: string }>()
  #listeners = new Set<() => void>()
  #running = new Map<number, AbortController>()
  #nextId = 1
  #pausedUntil = 0
  #send: Send
  #onSent: () => void
  #defer: Defer

  constructor(send: Send, onSent: () => void = () => undefined, defer: Defer = async () => false) {
    this.#send = send
    this.#onSent = onSent
    this.#defer = defer
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  snapshot = () => this.#uploads

  add(given: readonly Given[]): void {
    const added = given.map(({ file, name }): Upload => {
      const id = this.#nextId++
      this.#files.set(id, { file, key: newId() })
      return { id, name, bytes: file.size, state: 'waiting', sent: 0, problem: null }
    })
    const busy = this.#uploads.some(({ state }) => state === 'waiting' || state === 'sending')
    // A new batch begins a new count; what failed before stays to be seen.
    this.#set([...(busy ? this.#uploads : this.#uploads.filter(({ state }) => state === 'failed')), ...added])
    this.#pump()
  }

  retry(id: number): void {
    this.#change(id, { state: 'waiting', sent: 0, problem: null })
    this.#pump()
  }

  /** Takes an upload off the list; one on its way is stopped. */
  dismiss(id: number): void {
    this.#running.get(id)?.abort()
    this.#files.delete(id)
    this.#set(this.#uploads.filter((upload) => upload.id !== id))
  }

  dismissFailed(): void {
    for (const { id, state } of this.#uploads) if (state === 'failed') this.dismiss(id)
  }

  stop(): void {
    for (const { id, state } of this.#uploads) if (state === 'waiting' || state === 'sending') this.dismiss(id)
  }

  #set(uploads: readonly Upload[]): void {
    this.#uploads = uploads
    for (const listener of this.#listeners) listener()
  }
  #change(id: number, change: Partial<Upload>): void {
    this.#set(this.#uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)))
  }

  #pump(): void {
    const pause = this.#pausedUntil - Date.now()
    if (pause > 0) {
      setTimeout(() => this.#pump(), pause)
      return
    }
    while (this.#running.size < together) {
      const next = this.#uploads.find(({ state }) => state === 'waiting')
      if (!next) return
      void this.#run(next)
    }
  }

  async #run({ id, name }: Upload): Promise<void> {
    const given = this.#files.get(id)
    if (!given) return
    const { file, key } = given
    const controller = new AbortController()
    this.#running.set(id, controller)
    this.#change(id, { state: 'sending' })
    try {
      await this.#send(file, name, controller.signal, (sent) => this.#change(id, { sent }), key)
      this.#files.delete(id)
      this.#change(id, { state: 'sent', sent: 1 })
      this.#onSent()
    } catch (error) {
      const problem = toProblem(error)
      if (isAborted(error)) this.#change(id, { state: 'failed' })
      else if (problem.status === 429) {
        this.#pausedUntil = Date.now() + Math.min(longestPauseS, problem.retryAfterS ?? 5) * 1000
        this.#change(id, { state: 'waiting', sent: 0 })
      } else if (problem.status === 0 && (await this.#defer(file, name, key))) this.dismiss(id)
      else this.#change(id, { state: 'failed', problem })
    } finally {
      this.#running.delete(id)
      this.#pump()
    }
  }
}

/** Files and whole folders out of a drop, each with its path inside the folder. Hidden files (`.git`, `.DS_Store`) are left out. */
export async function droppedFiles(data: DataTransfer): Promise<Given[]> {
  const entries = [...data.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null)).filter((entry) => entry !== null)
  if (entries.length === 0) return chosenFiles(data.files)
  const found: Given[] = []
  const walk = async (entry: FileSystemEntry, folder: string): Promise<void> => {
    if (entry.name.startsWith('.')) return
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
      found.push({ file, name: folder + entry.name })
      return
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader()
    for (;;) {
      // A reader gives at most 100 entries at a time, then an empty list.
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
      if (part.length === 0) return
      for (const child of part) await walk(child, `${folder}${entry.name}/`)
    }
  }
  for (const entry of entries) await walk(entry, '')
  return found
}

/** Files out of a file field, with their path when a folder was chosen. */
export function chosenFiles(files: Iterable<File>): Given[] {
  return [...files]
    .map((file) => ({ file, name: file.webkitRelativePath || file.name }))
    .filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')))
}
