// npm start: install what is missing, build what is stale, run the standalone server until it ends.
import { createServer } from 'node:net'
import { join } from 'node:path'
import { reportAndExit, SetupFailure } from './failure.mjs'
import { runInForeground } from './foreground.mjs'
import { checkNode, ensureBuild, ensurePackages, serverEnvironment, standaloneDir } from './setup.mjs'

/** @throws SetupFailure when nobody can listen there */
async function checkPort(port, host) {
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new SetupFailure(`PORT is "${port}", which is not a port.`, { advice: ['Give a number from 1 to 65535, for example: PORT=3001 npm start'] })
  }
  const error = await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', resolve)
    probe.listen(Number(port), host, () => probe.close(() => resolve(null)))
  })
  if (!error) return
  const other = Number(port) === 65_535 ? 3001 : Number(port) + 1
  const again = process.platform === 'win32' ? `set PORT=${other}&& npm start` : `PORT=${other} npm start`
  if (error.code === 'EADDRINUSE') {
    throw new SetupFailure(`Port ${port} on ${host} is in use by another program (perhaps AIA is running already).`, {
      advice: [`Open http://${host}:${port} to see, stop that program, or choose another port: ${again}`],
    })
  }
  const reasons = { EACCES: 'this user may not open it (ports below 1024 are reserved)', EADDRNOTAVAIL: 'this machine has no such address' }
  throw new SetupFailure(`Port ${port} on ${host} cannot be opened: ${reasons[error.code] ?? error.message}.`, {
    advice: [
      error.code === 'EADDRNOTAVAIL'
        ? 'Set AIA_HOST to an address of this machine, for example 127.0.0.1 or 0.0.0.0.'
        : `Choose another port: ${again}`,
    ],
  })
}

try {
  checkNode()
  const env = serverEnvironment()
  // Before the minutes of set-up, not after them.
  await checkPort(env.PORT, env.HOSTNAME)
  await ensurePackages()
  await ensureBuild()
  await checkPort(env.PORT, env.HOSTNAME)
  runInForeground(join(standaloneDir, 'server.js'), env)
} catch (error) {
  reportAndExit(error)
}
