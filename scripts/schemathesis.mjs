// Property-based tests of the REST door from its own OpenAPI document: schemathesis (PyPI, pinned) with a login finds no 5xx and no
// status that the document does not name. Needs Python 3.10 and the network once; without them it says why it did nothing.
//   node scripts/schemathesis.mjs [examples an operation, default 20]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.mjs'
import { logDir, projectDir } from './setup.mjs'
import { startStandalone } from './standalone.mjs'

const version = '4.32.5'
/** What ends the session of the run, or bars its caller from the rest: tried last, with a session of its own. */
const ending = 'logout|/auth/password|/auth/security|/auth/sessions|/signing-keys|/people/|/privacy|/impersonat|/enterprises|/switch|/provider'

/** The program in an environment of its own, or the reason why there is none. */
async function install() {
  const python = ['python3', 'python'].find((name) => {
    const found = spawnSync(name, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' })
    return found.status === 0
  })
  if (!python) return { reason: 'Python 3.10 or newer with venv is not installed' }
  const folder = join(projectDir, 'node_modules', '.cache', 'aia', `schemathesis-${version}`)
  const program = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', 'schemathesis')
  if (existsSync(program)) return { program }
  mkdirSync(folder, { recursive: true })
  const log = join(logDir, 'schemathesis-install.log')
  for (const [command, args] of [
    [python, ['-m', 'venv', folder]],
    [join(program, '..', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`]],
  ]) {
    const result = await run(command, args, { cwd: projectDir, env: process.env, log })
    if (result.code !== 0) return { reason: `schemathesis ${version} could not be installed (${log})` }
  }
  return { program }
}

/** @returns {Promise<{ skipped: string } | { code: number | null, output: string, log: string }>} */
export async function runSchemathesis(examples = 20) {
  const { program, reason } = await install()
  if (!program) return { skipped: reason ?? 'unknown' }
  const server = await startStandalone({ AIA_STARTER: 'off' })
  try {
    const logs = ['schemathesis.log', 'schemathesis-last.log'].map((name) => join(logDir, name))
    const results = []
    for (const [at, paths] of [
      // A stream of events has no end to wait for.
      ['--exclude-path-regex', `${ending}|/events$`],
      ['--include-path-regex', ending, '--exclude-path-regex', 'logout|/sessions'],
    ].entries()) {
      const signedIn = await fetch(`${server.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: server.email, password: server.password }),
      })
      const { access_token: token } = await signedIn.json()
      const args = ['run', `${server.url}/openapi.json`, '--url', `${server.url}/api`, '-H', `Authorization: Bearer ${token}`]
      // No --max-time: with it, schemathesis goes on making examples until the time is over.
      args.push('--checks', 'not_a_server_error,status_code_conformance', '--phases', 'fuzzing', '-n', String(examples), '--workers', '1')
      args.push('--no-color', ...paths)
      results.push(await run(program, args, { cwd: projectDir, env: { ...process.env, PYTHONUNBUFFERED: '1' }, log: logs[at] }))
    }
    // What the server itself calls an error is one, whatever it answered.
    const errors = server
      .output()
      .split('\n')
      .filter((line) => line.includes('"level":"error"'))
    const failed = results.find(({ code }) => code !== 0)
    return {
      code: failed?.code ?? (errors.length > 0 ? 1 : 0),
      output: [(failed ?? results[0]).output, ...errors.slice(0, 10)].join('\n'),
      log: logs[failed ? results.indexOf(failed) : 0],
    }
  } finally {
    await server.stop()
  }
}
