// What every service needs: a folder, a free port, packages of the distribution, a program that says why it failed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastLines, readText } from '../command.mjs'
import { SetupFailure } from '../failure.mjs'
import { projectDir } from '../setup.mjs'

export const isRoot = process.getuid?.() === 0

// Root's are not below the checkout: PostgreSQL refuses to run as root, and the user it runs as instead may not be able to look into a
// checkout of root's.
const home = isRoot ? '/var/lib/aia-services' : join(projectDir, 'node_modules', '.cache', 'aia')

/** Data, ports and passwords of the services of this checkout. */
export const servicesDir =
  process.env.AIA_SERVICES_DIR || join(home, isRoot ? createHash('sha256').update(projectDir).digest('hex').slice(0, 12) : 'services')

/** What was downloaded or built, a folder a program and version: it outlives `servicesDir`, and root's checkouts share it. */
export const programsDir = join(home, 'programs')

/** 192 random bits that need no quoting in a URL, a shell or a configuration file. */
export const newPassword = () => randomBytes(24).toString('hex')

export function isPortFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

/** Waits until `holds` is true, which it asks ten times a second. @throws SetupFailure with the end of the log when it takes too long */
export async function untilTrue(holds, { seconds, failure, log }) {
  for (let i = 0; i < seconds * 10; i++) {
    if (await holds()) return
    await sleep(100)
  }
  throw new SetupFailure(`${failure} within ${seconds} s.`, { details: log ? lastLines(readText(log)) : '' })
}

/** Starts a program that stays, in `folder`, which gets its log and the number of its process. */
export function startDaemon(program, args, folder) {
  const log = openSync(join(folder, 'log'), 'a', 0o600)
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  child.unref()
  writeFileSync(join(folder, 'pid'), String(child.pid), { mode: 0o600 })
}

/** Asks what `startDaemon` started with `folder` among its arguments to end; not another that has its number now. */
export function endDaemon(folder) {
  const pid = readText(join(folder, 'pid'))
  if (pid && runProgram('ps', ['-o', 'command=', '-p', pid], { mayFail: true }).output.includes(folder)) process.kill(Number(pid))
}

/**
 * Runs a program to its end.
 * @param options.user the user to run it as when we are root
 * @param options.timeoutMs ends it when it takes longer, which is a failure
 * @throws SetupFailure with the end of its output when it fails, unless `mayFail`
 */
export function runProgram(program, args, { user, env = {}, input, mayFail = false, timeoutMs } = {}) {
  const [command, before] = user && isRoot ? ['runuser', ['-u', user, '--', program]] : [program, []]
  // A daemon would inherit our pipes and keep them open: its output goes to its own log. The folder may be one that `user` cannot enter.
  const result = spawnSync(command, [...before, ...args], { cwd: '/', env: { ...process.env, ...env }, input, encoding: 'utf8', timeout: timeoutMs })
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
    // One at a time: services are installed side by side, and apt does not wait for the lock of its lists.
    const [command, ...args] = [...(isRoot ? [] : ['sudo', '-n']), 'flock', '/tmp/aia-services-apt.lock', ...words]
    const { ok, output } = runProgram(command, args, { env: { DEBIAN_FRONTEND: 'noninteractive' }, mayFail: true })
    if (!ok)
      throw new SetupFailure(`${packages.join(', ')} could not be installed.`, { details: lastLines(output, 10), advice: [`Try: sudo ${install}`] })
  }
}
