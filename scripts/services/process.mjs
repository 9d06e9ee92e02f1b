// What every service needs: a folder, a free port, packages of the distribution, a program that says why it failed.
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { lastLines } from '../command.mjs'
import { SetupFailure } from '../failure.mjs'
import { projectDir } from '../setup.mjs'

export const isRoot = process.getuid?.() === 0

/**
 * Data, ports and passwords of the services of this checkout. Root's are not below the checkout: PostgreSQL refuses to run as root, and
 * the user it runs as instead may not be able to look into a checkout of root's.
 */
export const servicesDir =
  process.env.AIA_SERVICES_DIR ||
  (isRoot
    ? join('/var/lib/aia-services', createHash('sha256').update(projectDir).digest('hex').slice(0, 12))
    : join(projectDir, 'node_modules', '.cache', 'aia', 'services'))

/** 192 random bits that need no quoting in a URL, a shell or a configuration file. */
export const newPassword = () => randomBytes(24).toString('hex')

export function isPortFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/**
 * Runs a program to its end.
 * @param options.user the user to run it as when we are root
 * @throws SetupFailure with the end of its output when it fails, unless `mayFail`
 */
export function runProgram(program, args, { user, env = {}, input, mayFail = false } = {}) {
  const [command, before] = user && isRoot ? ['runuser', ['-u', user, '--', program]] : [program, []]
  // A daemon would inherit our pipes and keep them open: its output goes to its own log. The folder may be one that `user` cannot enter.
  const result = spawnSync(command, [...before, ...args], { cwd: '/', env: { ...process.env, ...env }, input, encoding: 'utf8' })
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`
  if (result.status !== 0 && !mayFail) throw new SetupFailure(`${program} failed.`, { details: lastLines(output) })
  return { ok: result.status === 0, output }
}

/** Installs packages of the distribution, in the version it gives. */
export function installPackages(...packages) {
  const apt = (...args) => ['apt-get', '-o', 'DPkg::Lock::Timeout=300', '-qq', ...args]
  const install = `apt-get install ${packages.join(' ')}`
  if (!runProgram('apt-get', ['--version'], { mayFail: true }).ok) {
    throw new SetupFailure(`This machine lacks ${packages.join(', ')}.`, {
      advice: [`Install it with your system's packages; on Debian: ${install}`],
    })
  }
  console.log(`Installing ${packages.join(', ')}`)
  for (const words of [apt('update'), apt('install', '-y', '--no-install-recommends', ...packages)]) {
    const [command, ...args] = isRoot ? words : ['sudo', '-n', ...words]
    const { ok, output } = runProgram(command, args, { env: { DEBIAN_FRONTEND: 'noninteractive' }, mayFail: true })
    if (!ok)
      throw new SetupFailure(`${packages.join(', ')} could not be installed.`, { details: lastLines(output, 10), advice: [`Try: sudo ${install}`] })
  }
}
