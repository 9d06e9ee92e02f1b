import type { DiskBuffer } from './disk-buffer.ts'
import { assertPoint, type Point, reasonOf, type SeriesStore, type TimeSeries } from './port.ts'

const pointsABatch = 5_000
/** What may wait in memory while a batch is under way; beyond it points go to disk. */
const pointsInMemory = 20_000
const retryMs = 1_000
const checkMs = 1_000

/** What is told of the store as it changes, once each time. */
export interface SeriesWatcher {
  away(reason: string): void
  /** Everything that waited has been sent. */
  back(sent: number): void
  /** Points were lost: there were more than the buffer holds, or the store refuses them for good. */
  dropped(points: number): void
}

interface Waiting {
  points: readonly Point[]
  resolve(): void
  reject(error: unknown): void
}

/** Times of points: no two of a process are equal, and those of two processes hardly ever, within the same millisecond. */
function pointTimes(): (atMs: number) => bigint {
  let within = Math.floor(Math.random() * 1_000_000)
  return (atMs) => {
    within = (within + 1) % 1_000_000
    return BigInt(Math.floor(atMs)) * 1_000_000n + BigInt(within)
  }
}

/**
 * Writes points to `store` in batches, one at a time. While the store is away they go to `buffer`, and from there to the store in their
 * order when it is back; it is tried every second. A batch whose answer was lost is sent again: stores keep a point once.
 */
export function bufferedSeries(
  store: SeriesStore,
  buffer: DiskBuffer,
  watcher: SeriesWatcher,
): TimeSeries & { /** Sends what is on disk now. */ sendBuffered(): void } {
  const timeOf = pointTimes()
  const waiting: Waiting[] = []
  /** Points go to disk without trying. */
  let isAway = false
  /** Until all that waited has been sent. */
  let isToldAway = false
  let isClosed = false
  let dropped = 0
  let sentFromDisk = 0
  let sending: Promise<void> | undefined
  let draining: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined

  function lose(points: number): void {
    if (points === 0) return
    dropped += points
    watcher.dropped(points)
  }
  function lost(error: unknown): void {
    if (!isToldAway) watcher.away(reasonOf(error))
    isToldAway = true
    isAway = true
    tryAgain()
  }
  function tryAgain(): void {
    if (!isClosed) retry ??= setInterval(drain, retryMs).unref()
  }
  /** @throws when the disk does not take them either */
  function toDisk(points: readonly Point[]): void {
    for (let from = 0; from < points.length; from += pointsABatch) {
      try {
        lose(buffer.append(points.slice(from, from + pointsABatch)))
      } catch (error) {
        lose(points.length - from)
        throw error
      }
    }
    tryAgain()
  }

  /** Sends what is on disk, oldest first, until there is nothing left or the store is away. */
  function drain(): Promise<void> {
    draining ??= (async () => {
      try {
        if (isAway) await store.ping()
        isAway = false
        for (let segment = await buffer.oldest(); segment; segment = await buffer.oldest()) {
          lose((await store.write(segment.points)).refused)
          await segment.done()
          sentFromDisk += segment.points.length
        }
        clearInterval(retry)
        retry = undefined
        if (isToldAway) watcher.back(sentFromDisk)
        isToldAway = false
        sentFromDisk = 0
      } catch (error) {
        lost(error)
      }
    })().finally(() => {
      draining = undefined
    })
    return draining
  }

  async function send(points: readonly Point[]): Promise<void> {
    // What waits on disk goes first. Whoever writes waits for that, so that it comes to an end.
    if (!isAway && buffer.points > 0) await drain()
    if (isAway) return toDisk(points)
    try {
      lose((await store.write(points)).refused)
    } catch (error) {
      lost(error)
      toDisk(points)
    }
  }

  async function sendWaiting(): Promise<void> {
    while (waiting.length > 0) {
      const batch: Waiting[] = []
      for (let count = 0; count < pointsABatch && waiting.length > 0; ) {
        const next = waiting.shift() as Waiting
        count += next.points.length
        batch.push(next)
      }
      try {
        await send(batch.flatMap(({ points }) => points))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    sending = undefined
  }

  const sendBuffered = () => void (buffer.points > 0 && drain())
  // What a process before this one has left.
  sendBuffered()

  return {
    adapter: store.adapter,
    async write(points) {
      const timed = points.map((point) => {
        assertPoint(point)
        const { atMs, ...rest } = point
        return { ...rest, time: timeOf(atMs) }
      })
      if (waiting.reduce((sum, each) => sum + each.points.length, timed.length) > pointsInMemory) return toDisk(timed)
      return new Promise((resolve, reject) => {
        waiting.push({ points: timed, resolve, reject })
        sending ??= sendWaiting()
      })
    },
    sendBuffered,
    query: (query) => store.query(query),
    expire: () => store.expire(),
    async check() {
      const late = new Promise<void>((_, reject) => setTimeout(() => reject(new Error('no answer within a second')), checkMs).unref())
      await Promise.race([isAway ? drain() : store.ping(), late]).catch(lost)
      return { isAway, buffered: buffer.points, dropped }
    },
    async close() {
      isClosed = true
      clearInterval(retry)
      await sending
      await draining
      await store.close()
    },
  }
}
