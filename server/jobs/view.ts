import { asc, inArray, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { decide } from '../gateway/decide.ts'
import { problem } from '../gateway/problem.ts'
import type { Caller, Services } from '../gateway/services.ts'
import { rows, type Transaction } from '../storage/database/port.ts'
import type { job, jobStep } from './contract.ts'
import { onEngineTables } from './engine-tables.ts'
import type { RunRow, RunScope, RunState } from './runs.ts'
import { jobSteps } from './tables.ts'

type Step = z.infer<typeof jobStep>
type StepRow = typeof jobSteps.$inferSelect
interface Ended {
  job_id: string
  name: string
  failed: boolean
  ended_at: number
}

/** Work of the installation itself is for those who manage its keys. */
export const scopeOf = (caller: Caller): RunScope => ({
  enterpriseId: caller.enterpriseId,
  installation: decide(caller, 'security.manage').allowed,
})

export const noSuchJob = () => problem('not_found', 'There is no such job.')

const moment = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

function stepState(run: RunState, ended: Ended | undefined): Step['state'] {
  if (ended) return ended.failed ? 'failed' : 'done'
  if (run === 'running') return 'running'
  return run === 'failed' ? 'failed' : 'interrupted'
}

/** Steps of some runs, in their order, by run. Shows those that `tx` may see: a tenant's, or in an identity transaction the installation's. */
export async function stepsOf(tx: Transaction, runs: readonly RunRow[]): Promise<Map<string, Step[]>> {
  const states = new Map(runs.map(({ id, state }) => [id, state]))
  const ids = [...states.keys()]
  if (ids.length === 0) return new Map()
  const begun: StepRow[] = await tx.select().from(jobSteps).where(inArray(jobSteps.jobId, ids)).orderBy(asc(jobSteps.startedAt))
  const ended = await onEngineTables(tx, () =>
    rows<Ended>(
      tx,
      sql`select workflow_uuid as job_id, function_name as name, error is not null as failed, completed_at_epoch_ms as ended_at
        from dbos.operation_outputs where workflow_uuid in (select value from json_array_elements_text(${JSON.stringify(ids)}::json))`,
    ),
  )
  const all = new Map<string, Step[]>()
  for (const row of begun) {
    const end = ended.find((each) => each.job_id === row.jobId && each.name === row.name)
    const steps = all.get(row.jobId) ?? []
    all.set(row.jobId, steps)
    steps.push({
      name: row.name,
      state: stepState(states.get(row.jobId) ?? 'failed', end),
      attempts: row.attempts,
      progress: row.progressTotal > 0 ? { done: row.progressDone, total: row.progressTotal } : null,
      error: end && !end.failed ? null : row.error,
      started_at: row.startedAt.toISOString(),
      ended_at: end ? moment(Number(end.ended_at)) : null,
    })
  }
  return all
}

/** A run as the contract shows it. */
export function jobView(services: Services, run: RunRow, steps: readonly Step[] = []): z.infer<typeof job> {
  const { enterpriseId: _, ...input } = run.input ?? { enterpriseId: '' }
  const about = Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  )
  const definition = services.jobs.definition(run.name)
  const isOpen = run.state === 'queued' || run.state === 'running'
  return {
    id: run.id,
    name: run.name,
    state: run.state,
    scheduled: run.scheduled,
    about,
    attempts: run.claims,
    step: steps.at(-1) ?? null,
    created_at: new Date(run.createdAt).toISOString(),
    not_before: moment(run.notBefore),
    started_at: moment(run.startedAt),
    ended_at: moment(run.endedAt),
    can_cancel: isOpen && definition?.cancelled !== undefined,
    can_retry: (run.state === 'failed' || run.state === 'cancelled') && (run.scheduled || definition !== undefined),
  }
}
