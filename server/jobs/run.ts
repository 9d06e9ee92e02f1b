import { setTimeout as sleep } from 'node:timers/promises'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { currentOwnerXid } from '@dbos-inc/dbos-sdk/internal/context'
import { and, eq, sql } from 'drizzle-orm'
import type { Logger } from '../gateway/log.ts'
import { type Database, DatabaseUnavailable, rows, type Transaction } from '../storage/database/port.ts'
import { ObjectsUnavailable } from '../storage/objects/port.ts'
import { onEngineTables } from './engine-tables.ts'
import { reasonOf } from './failure.ts'
import { JobLost, type JobRun } from './port.ts'
import { jobSteps } from './tables.ts'

const awayForMs = 1_000
const retries = {
  retriesAllowed: true,
  maxAttempts: 3,
  intervalSeconds: 1,
  backoffRate: 2,
  shouldRetry: (error: unknown) => !(error instanceof JobLost),
}

/** Runs `run`, which may be repeated, again and again while what it needs is away: that is no failure of the job and uses up none of its attempts. */
async function whenReachable<T>(log: Logger, run: () => Promise<T>): Promise<T> {
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

/** The run of a workflow, with what its own end needs. */
export interface CurrentRun extends JobRun {
  readonly id: string
  /** Does what belongs to the end in one transaction that holds the run, once: no step that is shown, and no failure of the job when it fails. */
  end(work: (tx: Transaction) => Promise<void>): Promise<void>
}

/** The run of the workflow that calls this. `enterpriseId` is null for what belongs to the installation. */
export function currentRun(options: { job: string; enterpriseId: string | null; database: Database; log: Logger }): CurrentRun {
  const { job, enterpriseId, database, log } = options
  const id = DBOS.workflowID ?? ''
  // Given out with every claim of the job; whoever claims it later has another.
  const owner = currentOwnerXid(id)
  const transaction = <T>(run: (tx: Transaction) => Promise<T>) => (enterpriseId ? database.tenant(enterpriseId, run) : database.identity(run))
  const stepIs = (name: string) => and(eq(jobSteps.jobId, id), eq(jobSteps.name, name))
  let current = ''

  async function begun(tx: Transaction, name: string): Promise<void> {
    const fresh = { progressDone: 0, progressTotal: 0, error: null, startedAt: new Date() }
    await tx
      .insert(jobSteps)
      .values({ jobId: id, name, enterpriseId, ...fresh })
      .onConflictDoUpdate({ target: [jobSteps.jobId, jobSteps.name], set: { ...fresh, attempts: sql`${jobSteps.attempts} + 1` } })
  }
  async function attempt<T>(name: string, run: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    try {
      const result = await whenReachable(log, async () => {
        current = name
        await transaction((tx) => begun(tx, name))
        return run()
      })
      log.info({ job, step: name, duration_ms: Math.round(performance.now() - startedAt) }, 'step done')
      return result
    } catch (error) {
      if (error instanceof JobLost) log.info({ job, step: name, id }, 'the job was cancelled or taken over')
      else {
        log.error({ job, step: name, id, err: error }, 'step failed')
        await transaction((tx) =>
          tx
            .update(jobSteps)
            .set({ error: reasonOf(error) })
            .where(stepIs(name)),
        ).catch(() => {})
      }
      throw error
    }
  }

  async function hold(tx: Transaction): Promise<void> {
    const [held] = await onEngineTables(tx, () =>
      rows(tx, sql`select 1 from dbos.workflow_status where workflow_uuid = ${id} and status = 'PENDING' and owner_xid = ${owner} for share`),
    )
    if (!held) throw new JobLost(`The job ${id} is not this process's any more.`)
  }

  return {
    id,
    step: (name, run) => DBOS.runStep(() => attempt(name, run), { name, ...retries }),
    hold,
    async end(work) {
      const once = () =>
        transaction(async (tx) => {
          await hold(tx)
          await work(tx)
        })
      await DBOS.runStep(() => whenReachable(log, once), { name: 'end', ...retries }).catch((error) => {
        if (!(error instanceof JobLost)) log.error({ job, id, err: error }, 'the end of the job could not be told')
      })
    },
    async progress(tx, done, total) {
      await tx.update(jobSteps).set({ progressDone: done, progressTotal: total }).where(stepIs(current))
    },
  }
}
