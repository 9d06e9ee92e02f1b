// Redis of the distribution, with a password and an append-only file.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installPackages, newPassword, runProgram, servicesDir, untilTrue } from './process.mjs'

const folder = join(servicesDir, 'redis')

export const addressOf = ({ port, password }) => `redis://default:${password}@127.0.0.1:${port}`

/** What a Redis answers to a command; nothing when it, or whoever else has its port, is silent. */
export function askRedis({ port, password }, ...words) {
  return runProgram('redis-cli', ['-p', String(port), ...words], { env: { REDISCLI_AUTH: password }, mayFail: true, timeoutMs: 2_000 }).output.trim()
}

export const isRedisRunning = (settings) => askRedis(settings, 'ping') === 'PONG'

/** Starts a Redis that keeps its data in `folder`. @param more further lines of its configuration */
export async function startRedis({ port, password }, folder, more = {}) {
  if (!runProgram('redis-server', ['--version'], { mayFail: true }).ok) installPackages('redis-server')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const log = join(folder, 'log')
  // A file, not arguments: those are for every user of the machine to see.
  const configuration = {
    bind: '127.0.0.1',
    port,
    requirepass: password,
    dir: folder,
    logfile: log,
    daemonize: 'yes',
    save: '""',
    appendonly: 'yes',
    ...more,
  }
  const lines = Object.entries(configuration).map(([key, value]) => `${key} ${value}\n`)
  writeFileSync(join(folder, 'redis.conf'), lines.join(''), { mode: 0o600 })
  runProgram('redis-server', [join(folder, 'redis.conf')])
  await untilTrue(() => isRedisRunning({ port, password }), { seconds: 10, failure: 'Redis did not answer', log })
}

export const redis = {
  secrets: () => ({ password: newPassword() }),
  variables: (settings) => ({ REDIS_URL: addressOf(settings) }),
  isRunning: async (settings) => isRedisRunning(settings),
  start: (settings) => startRedis(settings, folder),
  async stop(settings) {
    // Returns when the server has gone.
    askRedis(settings, 'shutdown')
  },
}
