// A process that only runs durable jobs: `npm run worker`. Any number of them may run on one PostgreSQL.
import { readEnv } from './env.ts'
import { announce, startRuntime, stopGracefully } from './runtime.ts'

const usualConnections = 16

/** @throws Error of one line when the environment does not do */
export async function startWorker(): Promise<void> {
  const env = readEnv()
  if (!env.databaseUrl)
    throw new Error('AIA worker cannot start: DATABASE_URL is not set. The embedded database belongs to one process, which runs its jobs itself.')
  // AIA_JOBS is for web processes, and so are as many connections as calls at once may need.
  const runtime = await startRuntime({ ...env, jobs: true, databaseConnections: env.databaseConnections ?? usualConnections })
  stopGracefully(runtime)
  announce(`AIA worker is running (process ${process.pid})`, runtime.firstOwner)
}
