import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverEnvironment, standaloneDir } from '../scripts/setup.mjs'

const startLimitMs = 180_000

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

async function untilReady(url: string, server: ChildProcess, log: () => string): Promise<void> {
  const until = Date.now() + startLimitMs
  while (Date.now() < until) {
    if (server.exitCode !== null) break
    const ready = await fetch(`${url}/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`The server did not become ready.\n${log()}`)
}

/**
 * Starts the standalone output as a user gets it: copied out of the checkout, so that a package which the build forgot cannot be
 * found in the checkout's node_modules, with a fresh data folder and a password made for this run. Returns what stops it.
 */
export default async function startServer(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-e2e-'))
  const app = join(folder, 'app')
  await cp(standaloneDir, app, { recursive: true, verbatimSymlinks: true })
  const url = `http://127.0.0.1:${await freePort()}`
  const password = randomBytes(18).toString('base64url')
  const server = spawn(process.execPath, [join(app, 'server.js')], {
    cwd: folder,
    env: {
      ...serverEnvironment({
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: new URL(url).port,
        AIA_DATA_DIR: join(folder, 'data'),
        AIA_ADMIN_PASSWORD: password,
        AIA_STARTER: 'off',
        AIA_PUBLIC_URL: url,
      }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const take = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-200_000)
  }
  server.stdout.on('data', take)
  server.stderr.on('data', take)
  const stop = async () => {
    if (server.exitCode === null) {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      const killer = setTimeout(() => server.kill('SIGKILL'), 20_000)
      await ended
      clearTimeout(killer)
    }
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(url, server, () => output.slice(-4_000))
  } catch (error) {
    await stop()
    throw error
  }
  process.env.AIA_E2E_URL = url
  process.env.AIA_E2E_PASSWORD = password
  process.env.AIA_E2E_DATA_DIR = join(folder, 'data')
  return async () => {
    await stop()
    // Nothing that the tests do may be an error to the server: bad input is the caller's.
    const errors = output.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line))
    if (errors.length > 0) throw new Error(`The server logged ${errors.length} errors:\n${errors.slice(0, 20).join('\n')}`)
  }
}
