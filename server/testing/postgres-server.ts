import { execFile } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './ports.ts'

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0

/** As the user that the server runs as. */
const asItsUser = (program: string, args: string[], env: Record<string, string> = {}) =>
  isRoot
    ? run('runuser', ['-u', 'postgres', '--', program, ...args], { env: { ...process.env, ...env } })
    : run(program, args, { env: { ...process.env, ...env } })

const postmasterOf = (data: string) => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])

/** Sends a signal to every process of the PostgreSQL below a folder of `ownServices`: STOP makes it silent with its connections open. */
export function signalPostgres(folder: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const postmaster = postmasterOf(join(folder, 'postgres', 'data'))
  const others = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ').filter(Boolean)
  for (const pid of [postmaster, ...others.map(Number)]) process.kill(pid, signal)
}

export interface Standby {
  port: number
  /** Ends the first server as a crash does, and lets this one take over. */
  takeOver(): Promise<void>
  stop(): Promise<void>
}

/** A second server that follows the one below a folder of `ownServices`, and refuses writes. */
export async function startStandby(folder: string): Promise<Standby> {
  const settings = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as { postgres: { port: number; adminPassword: string } }
  const first = join(folder, 'postgres', 'data')
  const programs = dirname(readlinkSync(`/proc/${postmasterOf(first)}/exe`))
  const home = await mkdtemp(join(folder, 'standby-'))
  if (isRoot) await run('chown', ['postgres', home])
  const data = join(home, 'data')
  const port = await freePort()
  const from = ['-h', '127.0.0.1', '-p', String(settings.postgres.port), '-U', 'postgres']
  const pgCtl = (...args: string[]) => asItsUser(join(programs, 'pg_ctl'), ['-D', data, '-w', ...args])
  await asItsUser(join(programs, 'pg_basebackup'), [...from, '-D', data, '-R', '-X', 'stream', '-c', 'fast'], {
    PGPASSWORD: settings.postgres.adminPassword,
  })
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200`
  await pgCtl('-l', join(home, 'log'), '-o', options, 'start')
  return {
    port,
    async takeOver() {
      await asItsUser(join(programs, 'pg_ctl'), ['-D', first, '-m', 'immediate', '-w', 'stop'])
      await pgCtl('promote')
    },
    async stop() {
      await pgCtl('-m', 'immediate', 'stop')
      await rm(home, { recursive: true, force: true })
    },
  }
}
