// PostgreSQL of the distribution, with a role that owns the database but is no superuser: what a hosted PostgreSQL gives.
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installPackages, isRoot, newPassword, runProgram, servicesDir } from './process.mjs'

const folder = join(servicesDir, 'postgres')
const data = join(folder, 'data')
const log = join(folder, 'log')
const debian = '/usr/lib/postgresql'
// The package makes it; it is whom PostgreSQL runs as where we are root.
const user = 'postgres'

/** Folder of the newest PostgreSQL's programs: Debian keeps them out of the PATH. */
function programs() {
  const versions = existsSync(debian) ? readdirSync(debian).filter((name) => existsSync(join(debian, name, 'bin', 'initdb'))) : []
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0]
  if (newest) return join(debian, newest, 'bin')
  const { ok, output } = runProgram('pg_config', ['--bindir'], { mayFail: true })
  return ok && existsSync(join(output.trim(), 'initdb')) ? output.trim() : null
}

function program(name, args, options = {}) {
  return runProgram(join(programs(), name), args, { user, ...options })
}

function own(path) {
  if (!isRoot) return
  const [uid, gid] = ['-u', '-g'].map((which) => Number(runProgram('id', [which, user]).output))
  chownSync(path, uid, gid)
}

function initialise({ adminPassword }) {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, adminPassword, { mode: 0o600 })
  own(passwordFile)
  try {
    program('initdb', ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C'])
  } finally {
    rmSync(passwordFile)
  }
}

/** The owner's role and database, where they are not there yet. pg_signal_backend is for tests that cut connections. */
function prepare({ port, adminPassword, password }) {
  const psql = (sql) =>
    program('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-qAt'], {
      env: { PGPASSWORD: adminPassword },
      input: sql,
    }).output.trim()
  if (psql("select 1 from pg_database where datname = 'aia'") === '1') return
  psql(`create role aia login createdb createrole password '${password}'; grant pg_signal_backend to aia;`)
  psql('create database aia owner aia;')
}

export const postgres = {
  secrets: () => ({ adminPassword: newPassword(), password: newPassword() }),
  variables: ({ port, password }) => ({ DATABASE_URL: `postgres://aia:${password}@127.0.0.1:${port}/aia` }),
  isRunning: async () => existsSync(data) && programs() !== null && program('pg_ctl', ['-D', data, 'status'], { mayFail: true }).ok,
  async start(settings) {
    if (!programs()) installPackages('postgresql')
    mkdirSync(folder, { recursive: true })
    chmodSync(folder, 0o711)
    own(folder)
    if (!existsSync(join(data, 'PG_VERSION'))) initialise(settings)
    const options = `-p ${settings.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200`
    program('pg_ctl', ['-D', data, '-w', '-l', log, '-o', options, 'start'])
    prepare(settings)
  },
  async stop() {
    program('pg_ctl', ['-D', data, '-m', 'fast', '-w', 'stop'])
  },
}
