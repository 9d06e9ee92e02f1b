// One set-up at a time: two starts of one checkout must not install or build into the same folders together.
import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupFailure } from './failure.mjs'

const longestWaitMs = 20 * 60_000

// The start time tells a process from a later one with the same number. Only Linux shows it; elsewhere the number alone must do.
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isAlive(holder) {
  if (!holder) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  return holder.startedAt === '' || startOf(holder.pid) === holder.startedAt
}

function parse(raw) {
  try {
    return JSON.parse(raw)
  } catch {
    return null
  }
}

function tryLink(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return false
    throw error
  }
}

// Of several takers of a dead lock only one gets the name made of its token, and it removes only what it has looked at.
function removeDead(file, raw, token) {
  const grave = `${file}.${token}`
  if (!tryLink(file, grave)) return
  try {
    if (readFileSync(grave, 'utf8') === raw) unlinkSync(file)
  } finally {
    unlinkSync(grave)
  }
}

/** Runs `work` while holding `file`; waits for another living holder and calls `onWait(pid)` once. A dead holder's lock is taken over. */
export async function withLock(file, work, onWait = () => {}) {
  const mine = { pid: process.pid, startedAt: startOf(process.pid), token: randomUUID() }
  const draft = `${file}.${mine.token}.draft`
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(draft, JSON.stringify(mine), { flag: 'wx' })
  const release = () => {
    try {
      if (parse(readFileSync(file, 'utf8'))?.token === mine.token) unlinkSync(file)
    } catch {
      // already gone
    }
  }
  process.once('exit', release)
  try {
    const until = Date.now() + longestWaitMs
    let told = false
    // The hard link is atomic and appears with its whole content: nobody sees a half-written lock.
    while (!tryLink(draft, file)) {
      const raw = readIfThere(file)
      if (raw === null) continue
      const holder = parse(raw)
      if (!isAlive(holder)) {
        removeDead(file, raw, holder?.token ?? 'unreadable')
        continue
      }
      if (!told) onWait(holder.pid)
      told = true
      if (Date.now() > until) {
        const advice = [`Stop process ${holder.pid}, or delete ${file} if that process is not AIA’s set-up.`]
        throw new SetupFailure(`Process ${holder.pid} has been setting up this checkout for more than 20 minutes.`, { advice })
      }
      await sleep(500)
    }
    return await work()
  } finally {
    unlinkSync(draft)
    release()
    process.off('exit', release)
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
