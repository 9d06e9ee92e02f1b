// npm run dev: Next's development server on the same embedded default as `npm start`.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { reportAndExit } from './failure.mjs'
import { checkNode, copyVendorFiles, ensurePackages, projectDir, serverEnvironment } from './setup.mjs'

try {
  checkNode()
  await ensurePackages()
  copyVendorFiles()
  const env = { ...serverEnvironment(), NODE_ENV: 'development' }
  const next = join(projectDir, 'node_modules', 'next', 'dist', 'bin', 'next')
  const child = spawn(process.execPath, [next, 'dev', '--webpack', '--port', env.PORT, '--hostname', env.HOSTNAME], {
    cwd: projectDir,
    stdio: 'inherit',
    env,
  })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 143 : 1)))
} catch (error) {
  reportAndExit(error)
}
