// Runs a process of the standalone build in the place of this one.
import { spawn } from 'node:child_process'
import { reportAndExit, SetupFailure } from './failure.mjs'

/** Runs a file of the build until it ends, passes signals on to it and ends as it did. */
export function runInForeground(file, env) {
  const child = spawn(process.execPath, [file], { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  // npm does not pass on a TERM that only itself gets: without this the process would outlive it and hold port and data folder.
  if (process.env.npm_lifecycle_event) {
    const parent = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watch)
      child.kill('SIGTERM')
    }, 500)
    watch.unref()
  }
  child.on('error', (error) => reportAndExit(new SetupFailure(`AIA could not be started: ${error.message}`)))
  child.on('exit', (code, signal) => {
    if (code !== null) process.exit(code)
    if (signal === 'SIGKILL') console.error('\nAIA: the process was killed from outside, perhaps because the machine ran out of memory.')
    process.exit(signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1)
  })
}
