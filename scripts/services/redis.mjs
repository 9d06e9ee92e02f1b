// Redis of the distribution, with a password and an append-only file.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastLines, readText } from '../command.mjs'
import { SetupFailure } from '../failure.mjs'
import { installPackages, newPassword, runProgram, servicesDir } from './process.mjs'

const folder = join(servicesDir, 'redis')
const log = join(folder, 'log')

const isInstalled = () => runProgram('redis-server', ['--version'], { mayFail: true }).ok

function ask({ port, password }, ...words) {
  return runProgram('redis-cli', ['-p', String(port), ...words], { env: { REDISCLI_AUTH: password }, mayFail: true }).output.trim()
}

export const redis = {
  secrets: () => ({ password: newPassword() }),
  variables: ({ port, password }) => ({ REDIS_URL: `redis://default:${password}@127.0.0.1:${port}` }),
  isRunning: async (settings) => ask(settings, 'ping') === 'PONG',
  async start(settings) {
    if (!isInstalled()) installPackages('redis-server')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // A file, not arguments: those are for every user of the machine to see.
    const configuration = {
      bind: '127.0.0.1',
      port: settings.port,
      requirepass: settings.password,
      dir: folder,
      logfile: log,
      daemonize: 'yes',
      save: '""',
      appendonly: 'yes',
    }
    const lines = Object.entries(configuration).map(([key, value]) => `${key} ${value}\n`)
    writeFileSync(join(folder, 'redis.conf'), lines.join(''), { mode: 0o600 })
    runProgram('redis-server', [join(folder, 'redis.conf')])
    for (let i = 0; i < 100; i++) {
      if (await redis.isRunning(settings)) return
      await sleep(100)
    }
    throw new SetupFailure('Redis did not answer within 10 s.', { details: lastLines(readText(log)) })
  },
  async stop(settings) {
    // Returns when the server has gone.
    ask(settings, 'shutdown')
  },
}
