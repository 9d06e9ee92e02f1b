// npm run worker: like npm start, but a process that only runs durable jobs. Any number of them may run on one PostgreSQL.
import { join } from 'node:path'
import { reportAndExit, SetupFailure } from './failure.mjs'
import { runInForeground } from './foreground.mjs'
import { checkNode, ensureBuild, ensurePackages, serverEnvironment, standaloneDir } from './setup.mjs'

try {
  checkNode()
  // Before the minutes of set-up, not after them.
  if (!process.env.DATABASE_URL) {
    throw new SetupFailure(
      'A worker cannot start: DATABASE_URL is not set. The embedded database belongs to one process, which runs its jobs itself.',
    )
  }
  await ensurePackages()
  await ensureBuild()
  runInForeground(join(standaloneDir, 'worker.mjs'), serverEnvironment())
} catch (error) {
  reportAndExit(error)
}
