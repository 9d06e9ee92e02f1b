// npm start: install what is missing, build what is stale, run the standalone server until it ends.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { reportAndExit, SetupFailure } from './failure.mjs'
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

function serve(env) {
  const child = spawn(process.execPath, [join(standaloneDir, 'server.js')], { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm does not pass on a TERM that only itself gets: without this the server would outlive it and hold port and data folder.
  if (process.env.npm_lifecycle_event === 'start') {
    const parent = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watch)
      child.kill('SIGTERM')
    }, 500)
    watch.unref()
  }
  child.on('error', (error) => reportAndExit(new SetupFailure(`The server could not be started: ${error.message}`)))
  child.on('exit', (code, signal) => {
    if (code !== null) process.exit(code)
    if (signal === 'SIGKILL') console.error('\nAIA: the server was killed from outside, perhaps because the machine ran out of memory.')
    process.exit(signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1)
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
  serve(env)
} catch (error) {
  reportAndExit(error)
}
