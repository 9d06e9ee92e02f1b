// Runs one command with its output in a log file and its progress on the screen.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

const running = new Set()

// Ctrl-C and TERM end the children too: npm and Next leave theirs behind otherwise. Bound only while a child runs, so that
// at other times the signals keep their usual meaning.
function stopAll(signal) {
  for (const child of running) child.kill(signal)
  process.exit(signal === 'SIGINT' ? 130 : 143)
}

function track(child) {
  if (running.size === 0) for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stopAll)
  running.add(child)
}

function untrack(child) {
  running.delete(child)
  if (running.size === 0) for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stopAll)
}

const seconds = (sinceMs) => Math.round((Date.now() - sinceMs) / 1000)

/** Shows that something goes on: one moving line on a terminal, a line every 15 s elsewhere. Returns the function that ends it. */
export function showProgress(label) {
  const startedAt = Date.now()
  const moving = process.stdout.isTTY
  if (!moving) console.log(`${label} …`)
  const tick = () => (moving ? process.stdout.write(`\r${label} … ${seconds(startedAt)} s `) : console.log(`${label} … ${seconds(startedAt)} s`))
  const timer = setInterval(tick, moving ? 1_000 : 15_000)
  if (moving) tick()
  return (outcome) => {
    clearInterval(timer)
    console.log(`${moving ? '\r' : ''}${label}: ${outcome} (${seconds(startedAt)} s)${moving ? '   ' : ''}`)
  }
}

/**
 * Runs a command to its end, all output into `log`.
 * @returns {Promise<{ code: number, output: string, durationMs: number }>} code 127 when the command could not be started
 */
export function run(command, args, { cwd, env, log, shell = false }) {
  mkdirSync(dirname(log), { recursive: true })
  const startedAt = Date.now()
  return new Promise((resolve) => {
    const file = createWriteStream(log)
    file.on('error', () => {}) // a full disk must not hide what the command itself says about it
    const tail = []
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    track(child)
    const take = (chunk) => {
      tail.push(chunk)
      if (tail.length > 2_000) tail.splice(0, 1_000)
      file.write(chunk)
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    let ended = false
    const end = (code) => {
      if (ended) return
      ended = true
      untrack(child)
      const output = () => resolve({ code, output: Buffer.concat(tail).toString('utf8'), durationMs: Date.now() - startedAt })
      file.destroyed ? output() : file.end(output)
    }
    child.on('error', (error) => {
      take(Buffer.from(`${error.message}\n`))
      end(127)
    })
    child.on('close', (code, signal) => {
      if (signal) take(Buffer.from(`ended by ${signal}\n`))
      end(code ?? 1)
    })
  })
}

const longestLine = 300

/** The last lines of an output, without terminal colours; long ones, such as a line of a minified script, are cut. */
export function lastLines(output, count = 40) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts a colour code
  const plain = output.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/\r/g, '\n')
  return plain
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)} …` : line))
    .join('\n')
}

/** File content as text, or '' when there is none. */
export function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
