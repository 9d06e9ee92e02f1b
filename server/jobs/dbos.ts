import { randomUUID } from 'node:crypto'
import { DBOS, DBOSClient, type DBOSConfig } from '@dbos-inc/dbos-sdk'
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor'
import { migrateSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database'
import { type SQL, sql } from 'drizzle-orm'
import { type Logger, namedLogger } from '../gateway/log.ts'
import type { Services } from '../gateway/services.ts'
import type { PgliteDatabase } from '../storage/database/pglite.ts'
import { rows, type Transaction } from '../storage/database/port.ts'
import type { PostgresDatabase } from '../storage/database/postgres.ts'
import { tellingOfEnd } from './announce.ts'
import { onEngineTables } from './engine-tables.ts'
import { holdLease, type Lease } from './lease.ts'
import { PglitePool } from './pglite-pool.ts'
import type { JobDefinition, JobInput, Jobs, ScheduleDefinition } from './port.ts'
import { outliveClocksPutBack } from './put-back-clock.ts'
import { currentRun } from './run.ts'
import { abandonRuns, adoptRuns } from './runs.ts'

// Raised by hand when a job's steps change: running work of another version would wait for ever (the default, a hash of the source, changes with every build).
const applicationVersion = '1'

export interface DurableJobs extends Jobs {
  /** Registers the jobs and goes on with what a crash left. Call once, in the composition root. */
  launch(services: Services, definitions: readonly JobDefinition[], schedules?: readonly ScheduleDefinition[]): Promise<void>
  shutdown(): Promise<void>
}

/** Text with $1… as a Drizzle statement. DBOS's statements are constants of that package; values stay parameters. */
function bind(text: string, values: unknown[]): SQL {
  const chunks = text.split(/\$(\d+)/).map((piece, index) => (index % 2 ? sql`${values[Number(piece) - 1] ?? null}` : sql.raw(piece)))
  return sql.join(chunks)
}

type SystemDatabase = Pick<DBOSConfig, 'systemDatabasePool' | 'runMigrations' | 'useListenNotify'>

/** Where DBOS keeps its tables and how it reaches them: through a pool of ours. */
function systemDatabase(database: PgliteDatabase | PostgresDatabase): SystemDatabase {
  if (database.adapter === 'pglite') {
    // It has what DBOS calls of a pool.
    const systemDatabasePool = new PglitePool(database.engine, database.hasRoom) as unknown as NonNullable<DBOSConfig['systemDatabasePool']>
    return { systemDatabasePool, useListenNotify: false }
  }
  return { systemDatabasePool: database.jobs.pool(), runMigrations: false }
}

type Say = (message: unknown) => void

/** Brings the tables of durable jobs on a PostgreSQL server up to date: what DBOS.migrate does, with a logger of ours. */
export async function prepareJobTables({ jobs }: PostgresDatabase, logger: Record<'debug' | 'info' | 'warn' | 'error', Say>): Promise<void> {
  await jobs.prepare((ownerUrl) => migrateSystemDatabase(ownerUrl, logger as never, 'dbos', jobs.role))
}

/** How long after a start what was missed is made up for: people who wait for their first page come before it. */
const makeUpAfterMs = 5_000
const dayMs = 86_400_000

/** Starts what should have come round within the last day. A run's id is made of its time: what came in time, or was started by another process, is there already. */
async function makeUp(schedules: readonly ScheduleDefinition[], log: Logger): Promise<void> {
  const now = new Date()
  for (const { name } of schedules.filter(({ daily }) => daily))
    await DBOS.backfillSchedule(name, new Date(now.getTime() - dayMs), now).catch((error) =>
      log.warn({ err: error, job: name }, 'what was missed is not made up for'),
    )
}

/** How long a stop waits for what runs; what has not ended then goes on elsewhere, or at the next start. */
const drainMs = 3_000

/**
 * DBOS (durable workflows, dbos-transact-ts) on the database of the installation.
 * @param runs false: this process only starts jobs, which others run
 */
export function dbosJobs(database: PgliteDatabase | PostgresDatabase, runs = true): DurableJobs {
  const system = systemDatabase(database)
  let client: DBOSClient | undefined
  let endWatch: (() => void) | undefined
  let makingUp: NodeJS.Timeout | undefined
  let lease: Lease | undefined
  const known = new Map<string, JobDefinition>()
  let timedNames: readonly string[] = []
  return {
    async launch(services, definitions, schedules = []) {
      for (const definition of definitions) known.set(definition.name, definition)
      timedNames = schedules.map(({ name }) => name)
      const log = namedLogger(services.log, 'jobs')
      const logger = {
        debug: (message: unknown) => log.debug(String(message)),
        info: (message: unknown) => log.debug(String(message)),
        warn: (message: unknown) => log.warn(String(message)),
        error: (message: unknown) => log.error(String(message)),
      }
      // The embedded database has one process, which goes on with all that was left; on PostgreSQL every start has a name of its own.
      const executorID = database.adapter === 'pglite' ? 'local' : randomUUID()
      if (database.adapter === 'postgres') await prepareJobTables(database, logger)
      if (runs) {
        const recover = async (dead: string[]) => DBOSExecutor.globalInstance?.recoverPendingWorkflows(dead)
        if (database.adapter === 'postgres') lease = await holdLease({ url: database.jobs.url, id: executorID, log, recover })
        DBOS.setConfig({ name: 'aia', ...system, applicationVersion, executorID, logger })
        const run = (job: string, enterpriseId: string | null) => currentRun({ job, enterpriseId, database: services.database, log })
        for (const definition of definitions) {
          const { name } = definition
          const work = tellingOfEnd(definition)
          DBOS.registerWorkflow(async (input: JobInput) => work(services, input, run(name, input.enterpriseId)), { name })
        }
        const timed = schedules.map(({ name, cron, run: work }) => ({
          scheduleName: name,
          schedule: cron,
          cronTimezone: 'UTC',
          workflowFn: DBOS.registerWorkflow(async (_at: Date) => run(name, null).step(name, async () => void (await work(services))), { name }),
        }))
        endWatch = outliveClocksPutBack(log)
        await DBOS.launch()
        await database.identity(adoptRuns)
        await DBOS.applySchedules(timed)
        makingUp = setTimeout(() => makeUp(schedules, log), makeUpAfterMs).unref()
        for (const { name, concurrency, perEnterprise = 1, awaited } of definitions)
          await DBOS.registerQueue(name, {
            workerConcurrency: concurrency,
            partitionConcurrency: perEnterprise,
            minPollingIntervalMs: awaited ? 150 : 1_000,
            onConflict: 'always_update',
          })
      }
      // The type asks for a URL, which a given pool replaces. It only ever enqueues in transactions of ours.
      client = await DBOSClient.create({ ...system, applicationName: 'aia' } as Parameters<typeof DBOSClient.create>[0])
    },
    async start(tx: Transaction, enterpriseId, job) {
      const starter = client
      if (!starter) throw new Error('Jobs can be started only after launch.')
      const shim = {
        async query(text: string, values: unknown[] = []) {
          const found = await rows<Record<string, unknown>>(tx, bind(text, values))
          return { rows: found, rowCount: found.length }
        },
      }
      const input = { ...job.input, enterpriseId }
      await onEngineTables(tx, () =>
        starter.enqueueInTransaction(
          shim as unknown as Parameters<DBOSClient['enqueueInTransaction']>[0],
          {
            queueName: job.name,
            workflowName: job.name,
            // An enterprise with a thousand jobs must not keep others waiting: queues take from every enterprise in turn.
            queuePartitionKey: enterpriseId,
            ...(job.id ? { workflowID: job.id } : {}),
            ...(job.delaySeconds ? { delaySeconds: job.delaySeconds } : {}),
            appVersion: applicationVersion,
            attributes: input,
          },
          input,
        ),
      )
    },
    abandon: abandonRuns,
    definition: (name) => known.get(name),
    names: (installation) => [...known.keys(), ...(installation ? timedNames : [])].sort(),
    async shutdown() {
      endWatch?.()
      clearTimeout(makingUp)
      await client?.destroy()
      if (runs) await DBOS.shutdown({ deregister: true, workflowCompletionTimeoutMS: drainMs })
      await lease?.release()
    },
  }
}
