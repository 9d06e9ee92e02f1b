import { setTimeout as sleep } from 'node:timers/promises'
import { DBOS, DBOSClient, type DBOSConfig } from '@dbos-inc/dbos-sdk'
import { migrateSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database'
import { type SQL, sql } from 'drizzle-orm'
import { type Logger, namedLogger } from '../gateway/log.ts'
import type { Services } from '../gateway/services.ts'
import type { PgliteDatabase } from '../storage/database/pglite.ts'
import { DatabaseUnavailable, rows, type Transaction } from '../storage/database/port.ts'
import type { PostgresDatabase } from '../storage/database/postgres.ts'
import { ObjectsUnavailable } from '../storage/objects/port.ts'
import { PglitePool } from './pglite-pool.ts'
import type { JobDefinition, JobInput, Jobs, ScheduleDefinition } from './port.ts'
import { outliveClocksPutBack } from './put-back-clock.ts'

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

const awayForMs = 1_000

/** Runs `run`, which may be repeated, again and again while what it needs is away: that is no failure of the job and uses up none of its attempts. */
async function whenReachable(log: Logger, run: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable || error instanceof ObjectsUnavailable)) throw error
      log.warn({ err: error }, 'what the job needs is away, it waits for it')
      await sleep(awayForMs)
    }
  }
}

type SystemDatabase = Pick<DBOSConfig, 'systemDatabaseUrl' | 'systemDatabasePool' | 'runMigrations' | 'useListenNotify'>

/** Where DBOS keeps its tables and how it reaches them: through a pool of ours, or by connections of its own to PostgreSQL. */
function systemDatabase(database: PgliteDatabase | PostgresDatabase): SystemDatabase {
  if (database.adapter === 'pglite') {
    // It has what DBOS calls of a pool.
    const systemDatabasePool = new PglitePool(database.engine) as unknown as NonNullable<DBOSConfig['systemDatabasePool']>
    return { systemDatabasePool, useListenNotify: false }
  }
  return { systemDatabaseUrl: database.jobs.url, runMigrations: false }
}

type Say = (message: unknown) => void

/** Brings the tables of durable jobs on a PostgreSQL server up to date: what DBOS.migrate does, with a logger of ours. */
export async function prepareJobTables({ jobs }: PostgresDatabase, logger: Record<'debug' | 'info' | 'warn' | 'error', Say>): Promise<void> {
  await jobs.prepare((ownerUrl) => migrateSystemDatabase(ownerUrl, logger as never, 'dbos', jobs.role))
}

/** DBOS (durable workflows, dbos-transact-ts) on the database of the installation. */
export function dbosJobs(database: PgliteDatabase | PostgresDatabase): DurableJobs {
  const system = systemDatabase(database)
  let client: DBOSClient | undefined
  let endWatch: (() => void) | undefined
  return {
    async launch(services, definitions, schedules = []) {
      const log = namedLogger(services.log, 'jobs')
      const logger = {
        debug: (message: unknown) => log.debug(String(message)),
        info: (message: unknown) => log.debug(String(message)),
        warn: (message: unknown) => log.warn(String(message)),
        error: (message: unknown) => log.error(String(message)),
      }
      if (database.adapter === 'postgres') await prepareJobTables(database, logger)
      DBOS.setConfig({
        name: 'aia',
        ...system,
        systemDatabasePoolSize: 10,
        applicationVersion,
        logger,
      })
      const step = (name: string, run: () => Promise<void>) =>
        DBOS.runStep(
          async () => {
            const startedAt = performance.now()
            try {
              await whenReachable(log, run)
              log.info({ job: name, duration_ms: Math.round(performance.now() - startedAt) }, 'job done')
            } catch (error) {
              log.error({ job: name, err: error }, 'job failed')
              throw error
            }
          },
          { name, retriesAllowed: true, maxAttempts: 3, intervalSeconds: 1, backoffRate: 2 },
        )
      for (const { name, run } of definitions) DBOS.registerWorkflow(async (input: JobInput) => step(name, () => run(services, input)), { name })
      const timed = schedules.map(({ name, cron, run }) => ({
        scheduleName: name,
        schedule: cron,
        cronTimezone: 'UTC',
        workflowFn: DBOS.registerWorkflow(async (_at: Date) => step(name, () => run(services)), { name }),
      }))
      endWatch = outliveClocksPutBack(log)
      await DBOS.launch()
      await DBOS.applySchedules(timed)
      for (const { name, concurrency, awaited } of definitions)
        await DBOS.registerQueue(name, { workerConcurrency: concurrency, minPollingIntervalMs: awaited ? 150 : 1_000, onConflict: 'always_update' })
      // The type asks for a URL, which a given pool replaces. It only ever enqueues in transactions of ours.
      client = await DBOSClient.create({ ...system, systemDatabasePoolSize: 1, applicationName: 'aia' } as Parameters<typeof DBOSClient.create>[0])
    },
    async start(tx: Transaction, enterpriseId, job) {
      if (!client) throw new Error('Jobs can be started only after launch.')
      // The transaction's role has no rights to DBOS's tables; the one that logged in has. Back to it right after.
      const [before] = await rows<{ role: string }>(tx, sql`select current_setting('role') as role`)
      await tx.execute(sql`select set_config('role', 'none', true)`)
      const shim = {
        async query(text: string, values: unknown[] = []) {
          const found = await rows<Record<string, unknown>>(tx, bind(text, values))
          return { rows: found, rowCount: found.length }
        },
      }
      await client.enqueueInTransaction(
        shim as unknown as Parameters<DBOSClient['enqueueInTransaction']>[0],
        {
          queueName: job.name,
          workflowName: job.name,
          ...(job.id ? { workflowID: job.id } : {}),
          ...(job.delaySeconds ? { delaySeconds: job.delaySeconds } : {}),
          appVersion: applicationVersion,
        },
        { ...job.input, enterpriseId },
      )
      await tx.execute(sql`select set_config('role', ${before?.role ?? 'aia_app'}, true)`)
    },
    async shutdown() {
      endWatch?.()
      await client?.destroy()
      await DBOS.shutdown({ deregister: true })
    },
  }
}
