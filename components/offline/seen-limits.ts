/** One kept answer without its content: its key in the store, when it was seen, and about how many bytes it takes. */
export type Kept = { key: IDBValidKey; seenAt: number; bytes: number }

export const limits = { bytes: 64 * 2 ** 20, entries: 400, entryBytes: 16 * 2 ** 20 } as const

/** About how many bytes a value takes, without writing it out: a graph of 50,000 nodes must not stop the page. */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length * 2
  if (typeof value !== 'object' || value === null) return 8
  if (ArrayBuffer.isView(value)) return value.byteLength
  let bytes = 16
  for (const [name, each] of Object.entries(value)) {
    bytes += name.length * 2 + weigh(each)
    if (bytes > limits.entryBytes) return bytes
  }
  return bytes
}

/** What has to go so that the rest is within the limits: the oldest first. */
export function overflow(kept: readonly Kept[], { bytes: most, entries }: { bytes: number; entries: number } = limits): Kept[] {
  let bytes = 0
  return [...kept]
    .sort((a, b) => b.seenAt - a.seenAt)
    .filter((one, index) => {
      bytes += one.bytes
      return bytes > most || index >= entries
    })
}
