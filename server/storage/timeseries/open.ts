import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bufferedSeries, type SeriesWatcher } from './buffered.ts'
import { openDiskBuffer } from './disk-buffer.ts'
import type { SeriesStore, TimeSeries } from './port.ts'

const adoptEveryMs = 60_000

interface Options {
  /** Below it every process has a folder of its own for what waits: several may share a data folder. */
  root: string
  /** Makes this process the only one in a folder, or throws; gives what ends that. */
  lock(folder: string, waitMs: number): Promise<() => void>
  watcher: SeriesWatcher
  maxBytes?: number
}

/** Locks a new folder. Another process may have found it before it was locked, and taken it for an orphan: it is made again. */
async function alone(folder: string, lock: Options['lock']): Promise<() => void> {
  for (;;) {
    try {
      return await lock(folder, 1_000)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}

/** The time series of this process on `store`. What processes that are gone have left on disk is taken over at once, and every minute. */
export async function openSeries(store: SeriesStore, { root, lock, watcher, maxBytes }: Options): Promise<TimeSeries> {
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const folder = join(root, randomUUID())
  const unlock = await alone(folder, lock)
  const buffer = openDiskBuffer(folder, maxBytes === undefined ? {} : { maxBytes })

  async function adopt(): Promise<void> {
    for (const name of readdirSync(root)) {
      const other = join(root, name)
      const release = other === folder ? null : await lock(other, 0).catch(() => null)
      if (!release) continue
      buffer.adopt(other)
      rmSync(other, { recursive: true, force: true })
      release()
    }
  }
  await adopt()
  const series = bufferedSeries(store, buffer, watcher)
  const adopting = setInterval(() => void adopt().then(() => series.sendBuffered()), adoptEveryMs).unref()
  return {
    ...series,
    async close() {
      clearInterval(adopting)
      await series.close()
      if (buffer.points === 0) rmSync(folder, { recursive: true, force: true })
      unlock()
    },
  }
}
