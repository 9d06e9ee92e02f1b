import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'

/** Durable background work. A job runs if and only if the transaction that started it commits, and goes on after a restart. */
export interface Jobs {
  /** Starts a job inside `tx`, a tenant's or an identity's. The same `id` again is the same job. It runs `delaySeconds` later. */
  start(tx: Transaction, enterpriseId: string, job: { name: string; input: JobInput; id?: string; delaySeconds?: number }): Promise<void>
}

/** Always says for whom: every step opens that enterprise's own transactions. */
export interface JobInput {
  enterpriseId: string
  [key: string]: string | number | boolean | null
}

/** Work that comes round by the clock, for the whole installation. A time that was missed is not made up for; a run may be repeated, so it must be idempotent. */
export interface ScheduleDefinition {
  name: string
  /** Crontab, five fields, UTC. */
  cron: string
  run(services: Services): Promise<void>
}

/** What a module contributes: registered once, in the composition root. A run may be repeated from its start after a crash, so it must be idempotent. */
export interface JobDefinition {
  name: string
  /** How many of these may run at once in one process. */
  concurrency: number
  /** True when a person waits for it to begin: it then begins within a fifth of a second, else within a second or two. */
  awaited?: boolean
  run(services: Services, input: JobInput): Promise<void>
}
