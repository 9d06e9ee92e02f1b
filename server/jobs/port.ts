import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'

/** Durable background work. A job runs if and only if the transaction that started it commits, and goes on after a restart. */
export interface Jobs {
  /** Starts a job inside `tx`, a tenant's or an identity's. The same `id` again is the same job. It runs `delaySeconds` later. */
  start(tx: Transaction, enterpriseId: string, job: { name: string; input: JobInput; id?: string; delaySeconds?: number }): Promise<void>
  /** Ends every job of this name of an enterprise that has not ended, in its tenant transaction: their runs stop where they next hold. */
  abandon(tx: Transaction, enterpriseId: string, name: string): Promise<void>
  /** What this version knows of a kind of job. */
  definition(name: string): JobDefinition | undefined
  /** The kinds of jobs there are; with `installation` also what comes round by the clock. */
  names(installation: boolean): string[]
}

/** Always says for whom: every step opens that enterprise's own transactions. Ids and names, no content: it stands outside the tenant policies. */
export interface JobInput {
  enterpriseId: string
  [key: string]: string | number | boolean | null
}

/** One execution of a job in this process. */
export interface JobRun {
  /**
   * Runs a step and keeps its result, which is small and JSON: a step that was done is not done again when the job goes on elsewhere. One that was killed or failed
   * runs again from its start, so it must be repeatable. Tried three times with back-off; while the database is away it waits for it.
   */
  step<T>(name: string, run: () => Promise<T>): Promise<T>
  /**
   * Holds the run for this process until `tx` ends: nobody cancels it or takes it over before. What must not happen twice at once says this
   * first in each of its transactions.
   * @throws JobLost when it was cancelled, or another process has taken it over
   */
  hold(tx: Transaction): Promise<void>
  /** Says in `tx`, a tenant's, how far the step is. */
  progress(tx: Transaction, done: number, total: number): Promise<void>
}

/** The run is not this process's any more: it was cancelled, or taken over while this process seemed dead. Nothing is to be done about it. */
export class JobLost extends Error {}

/** Work that comes round by the clock, for the whole installation. A run may be repeated, so it must be idempotent. */
export interface ScheduleDefinition {
  name: string
  /** Crontab, five fields, UTC. */
  cron: string
  /**
   * For what comes once a day: a time that went by while no process ran is made up for some seconds after the next start, once in all processes. An AIA that
   * is off at night would else never do what is due. Others miss their times.
   */
  daily?: true
  run(services: Services): Promise<void>
}

/** What a module contributes: registered once, in the composition root. */
export interface JobDefinition {
  name: string
  /** How many of these may run at once in one process. */
  concurrency: number
  /** How many may run at once for one enterprise, in all processes together; 1 where it is not said. */
  perEnterprise?: number
  /** True when a person waits for it to begin: it then begins within a fifth of a second, else within a second or two. */
  awaited?: boolean
  /** True when people wait for its end and nothing else tells them: it is then an event, as a failure always is. */
  announced?: boolean
  /** Everything it does stands in steps; what stands between them runs again whenever the job goes on. */
  run(services: Services, input: JobInput, run: JobRun): Promise<void>
  /** Puts right what a run may have left half done, in the tenant transaction that cancels it. A job without this cannot be cancelled. */
  cancelled?(tx: Transaction, services: Services, input: JobInput): Promise<void>
  /**
   * Puts right what a run left half done whose step failed for good, after its last attempt: once, in the tenant transaction that tells of the
   * failure. An attempt that fails tells nobody and undoes nothing that the next one does over.
   */
  failed?(tx: Transaction, services: Services, input: JobInput): Promise<void>
  /**
   * Makes ready for another run, in the tenant transaction that starts a failed or cancelled job again.
   * @throws problem conflict when there is nothing to be done again
   */
  again?(tx: Transaction, services: Services, input: JobInput): Promise<void>
  /** True when `cancelled` and `failed` take away what earlier steps did: another run then begins with the first one. */
  fromTheStart?: boolean
}
