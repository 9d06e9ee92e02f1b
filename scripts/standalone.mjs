// Runs the standalone output the way a user gets it, for tests and pictures.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports.mjs'
import { serverEnvironment, standaloneDir } from './setup.mjs'

const startLimitMs = 180_000

/**
 * Starts a copy of the standalone output on a free port with a fresh data folder and a password made for this run. The copy lies
 * outside the checkout, so that a package which the build forgot cannot be found in the checkout's node_modules.
 */
export async function startStandalone(environment = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'aia-standalone-'))
  const app = join(folder, 'app')
  await cp(standaloneDir, app, { recursive: true, verbatimSymlinks: true })
  const port = String(await freePort())
  const url = `http://127.0.0.1:${port}`
  const password = randomBytes(18).toString('base64url')
  const dataDir = join(folder, 'data')
  const own = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port, AIA_DATA_DIR: dataDir, AIA_ADMIN_PASSWORD: password, AIA_PUBLIC_URL: url }
  let server
  const workers = []
  let output = ''
  const take = (chunk) => {
    output = (output + chunk.toString('utf8')).slice(-1_000_000)
  }
  const run = (file) => {
    const child = spawn(process.execPath, [join(app, file)], {
      cwd: folder,
      env: serverEnvironment({ ...own, ...environment }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    return child
  }
  const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null
  const start = async () => {
    server = run('server.js')
    await untilReady(url, () => hasEnded(server))
  }
  const end = async (child) => {
    if (hasEnded(child)) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(killer)
  }
  const stop = async () => {
    await Promise.all([server, ...workers].map(end))
    await rm(folder, { recursive: true, force: true })
    return server.exitCode
  }
  const restart = async () => {
    await end(server)
    const code = server.exitCode
    await start()
    return code
  }
  try {
    await start()
  } catch (error) {
    await stop()
    throw new Error(`${error.message}\n${output.slice(-4_000)}`)
  }
  const startWorker = () => void workers.push(run('worker.mjs'))
  return { url, pid: server.pid, email: 'admin@aia.local', password, dataDir, restart, startWorker, stop, output: () => output }
}

async function untilReady(url, hasEnded) {
  const until = Date.now() + startLimitMs
  while (Date.now() < until) {
    if (hasEnded()) throw new Error('The server ended before it was ready.')
    const ready = await fetch(`${url}/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`The server was not ready after ${startLimitMs / 1_000} s.`)
}
