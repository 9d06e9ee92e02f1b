import { randomUUID } from 'node:crypto'
import { closeSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

interface Holder {
  pid: number
  /** Kernel start time of the process, to tell the owner from a reused pid; '' where /proc is absent. */
  startedAt: string
  host: string
  bootId: string
  token: string
}

function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? 'dead' : (fields[19] ?? '')
  } catch {
    return ''
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function parseHolder(raw: string): Holder | undefined {
  try {
    return JSON.parse(raw) as Holder
  } catch {
    return undefined // torn by a crash while writing: stale
  }
}

const code = (error: unknown) => (error as NodeJS.ErrnoException).code

/**
 * Makes this process the only one that opens `folder`: two processes on one PGlite folder lose rows without an error.
 * Waits up to `waitMs` for a dying predecessor, takes over stale locks so that exactly one contender wins.
 * @returns a function that releases the lock (also released when the process exits)
 * @throws Error that names the holder when the folder is in use
 */
export async function lockFolder(folder: string, waitMs = 5_000): Promise<() => void> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'aia.lock')
  const mine: Holder = { pid: process.pid, startedAt: processStart(process.pid), host: hostname(), bootId: bootId(), token: randomUUID() }
  const draft = `${file}.${mine.token}`
  const descriptor = openSync(draft, 'wx')
  writeSync(descriptor, JSON.stringify(mine))
  closeSync(descriptor)
  const until = Date.now() + waitMs
  try {
    // A hard link appears whole or not at all, unlike a file that is written in place.
    while (!tryLink(draft, file)) {
      let raw: string
      try {
        raw = readFileSync(file, 'utf8')
      } catch {
        continue // released in between
      }
      const holder = parseHolder(raw)
      if (holder && holder.host !== mine.host) throw new Error(`The data folder ${folder} is locked by host ${holder.host} (process ${holder.pid}).`)
      const alive =
        holder && holder.bootId === mine.bootId && processExists(holder.pid) && (!holder.startedAt || processStart(holder.pid) === holder.startedAt)
      if (alive) {
        if (Date.now() > until)
          throw new Error(`The data folder ${folder} is in use by process ${holder.pid}. Stop it, or set AIA_DATA_DIR to another folder.`)
        await sleep(100)
      } else if (!removeStale(file, raw, holder?.token ?? 'unreadable')) {
        if (Date.now() > until) throw new Error(`The lock of ${folder} is being taken by another process.`)
        await sleep(20)
      }
    }
  } finally {
    unlinkSync(draft)
  }
  const release = () => {
    try {
      if (parseHolder(readFileSync(file, 'utf8'))?.token === mine.token) unlinkSync(file)
    } catch {
      // already gone
    }
  }
  process.once('exit', release)
  return release
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (code(error) === 'EEXIST') return false
    throw error
  }
}

/** Moves a stale lock away under a name made of its content, so that of several takers only one removes it. */
function removeStale(file: string, raw: string, token: string): boolean {
  const grave = `${file}.stale.${token}`
  try {
    linkSync(file, grave)
  } catch (error) {
    if (code(error) === 'EEXIST' || code(error) === 'ENOENT') return false
    throw error
  }
  try {
    if (readFileSync(grave, 'utf8') === raw) unlinkSync(file)
  } finally {
    unlinkSync(grave)
  }
  return true
}
