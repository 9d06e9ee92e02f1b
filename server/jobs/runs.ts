import { type SQL, sql } from 'drizzle-orm'
import { rows, type Transaction } from '../storage/database/port.ts'
import { onEngineTables } from './engine-tables.ts'
import type { JobInput } from './port.ts'

// What DBOS 5.3 (pinned) keeps of a workflow, read and changed in transactions of ours: its own client has connections of its own, and a
// change must stand or fall with its audit row.

export const runStates = ['queued', 'running', 'done', 'failed', 'cancelled'] as const
export type RunState = (typeof runStates)[number]

const statusesOf: Record<RunState, readonly string[]> = {
  queued: ['ENQUEUED', 'DELAYED'],
  running: ['PENDING'],
  done: ['SUCCESS'],
  failed: ['ERROR', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'],
  cancelled: ['CANCELLED'],
}
const stateOf = (status: string) => runStates.find((state) => statusesOf[state].includes(status)) ?? 'failed'
const open = [...statusesOf.queued, ...statusesOf.running]

/** A run as the engine has it. Times in milliseconds since 1970. */
export interface RunRow {
  id: string
  name: string
  state: RunState
  /** True for what comes round by the clock and belongs to no enterprise. */
  scheduled: boolean
  /** What it is about, in ids; null for what older versions started. */
  input: JobInput | null
  /** How often a process took it in hand. */
  claims: number
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  /** When a run that waits for its time is to begin. */
  notBefore: number | null
}

/** Whose runs: an enterprise's, and with `installation` those of the clock too. */
export interface RunScope {
  enterpriseId: string
  installation: boolean
}

const list = (values: readonly string[]): SQL =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )
const within = ({ enterpriseId, installation }: RunScope): SQL =>
  installation
    ? sql`(queue_partition_key = ${enterpriseId} or (queue_partition_key is null and schedule_name is not null))`
    : sql`queue_partition_key = ${enterpriseId}`
const columns = sql`workflow_uuid as id, name, status, schedule_name is not null as scheduled, attributes, recovery_attempts, created_at, started_at_epoch_ms,
  completed_at, delay_until_epoch_ms`

interface Stored {
  id: string
  name: string
  status: string
  scheduled: boolean
  attributes: JobInput | null
  recovery_attempts: number | null
  created_at: number
  started_at_epoch_ms: number | null
  completed_at: number | null
  delay_until_epoch_ms: number | null
}

const number = (value: number | string | null) => (value === null ? null : Number(value))
function asRun(row: Stored): RunRow {
  const state = stateOf(row.status)
  return {
    id: row.id,
    name: row.name,
    state,
    scheduled: row.scheduled,
    input: row.attributes,
    claims: Number(row.recovery_attempts ?? 0),
    createdAt: Number(row.created_at),
    startedAt: number(row.started_at_epoch_ms),
    endedAt: number(row.completed_at),
    notBefore: state === 'queued' ? number(row.delay_until_epoch_ms) : null,
  }
}

/** Runs, newest first. `before` is the place after which to go on. */
export async function listRuns(
  tx: Transaction,
  scope: RunScope,
  { name, state, before, limit }: { name?: string; state?: RunState; before?: { at: number; id: string }; limit: number },
): Promise<RunRow[]> {
  const where = [
    within(scope),
    ...(name ? [sql`name = ${name}`] : []),
    ...(state ? [sql`status in (${list(statusesOf[state])})`] : []),
    ...(before ? [sql`(created_at, workflow_uuid) < (${before.at}::bigint, ${before.id})`] : []),
  ]
  const found = await onEngineTables(tx, () =>
    rows<Stored>(
      tx,
      sql`select ${columns} from dbos.workflow_status where ${sql.join(where, sql` and `)} order by created_at desc, workflow_uuid desc limit ${limit}`,
    ),
  )
  return found.map(asRun)
}

/** One run; `forUpdate` keeps it as it is until the transaction ends. */
export async function findRun(tx: Transaction, scope: RunScope, id: string, forUpdate = false): Promise<RunRow | null> {
  const [found] = await onEngineTables(tx, () =>
    rows<Stored>(
      tx,
      sql`select ${columns} from dbos.workflow_status where workflow_uuid = ${id} and ${within(scope)} ${forUpdate ? sql`for update` : sql``}`,
    ),
  )
  return found ? asRun(found) : null
}

const now = sql`(extract(epoch from now()) * 1000)::bigint`
const ending = sql`status = 'CANCELLED', owner_xid = null, queue_name = null, deduplication_id = null, started_at_epoch_ms = null, updated_at = ${now}, completed_at = ${now}`

/** What DBOS.cancelWorkflow does. Waits for a run that holds itself. */
export async function cancelRun(tx: Transaction, id: string): Promise<void> {
  await onEngineTables(tx, () => tx.execute(sql`update dbos.workflow_status set ${ending} where workflow_uuid = ${id} and status in (${list(open)})`))
}

/** Cancels every run of a name of an enterprise that has not ended. */
export async function abandonRuns(tx: Transaction, enterpriseId: string, name: string): Promise<void> {
  await onEngineTables(tx, () =>
    tx.execute(
      sql`update dbos.workflow_status set ${ending} where queue_partition_key = ${enterpriseId} and name = ${name} and status in (${list(open)})`,
    ),
  )
}

/** Jobs that a version before decision 27 started and that have not ended: it named no enterprise, and without one a queue never takes them. */
export async function adoptRuns(tx: Transaction): Promise<void> {
  // As DBOS writes a workflow's arguments: JSON of superjson, the first one ours.
  const input = sql`(select inputs::json #> '{json,0}' from dbos.workflow_input where workflow_input.workflow_uuid = workflow_status.workflow_uuid)`
  await onEngineTables(tx, () =>
    tx.execute(sql`update dbos.workflow_status set attributes = ${input}::jsonb, queue_partition_key = ${input} ->> 'enterpriseId'
      where status in (${list(open)}) and queue_partition_key is null and schedule_name is null`),
  )
}

/** What DBOS.rewindWorkflow does from the step that failed on: steps that were done stay done, unless all is to be done `fromTheStart`. */
export async function repeatRun(tx: Transaction, { id, name, scheduled }: RunRow, fromTheStart = false): Promise<void> {
  // Those that come later are then not begun.
  if (fromTheStart)
    await tx.execute(sql`delete from job_steps where job_id = ${id} and started_at > (select min(started_at) from job_steps where job_id = ${id})`)
  await onEngineTables(tx, async () => {
    await tx.execute(sql`delete from dbos.operation_outputs where workflow_uuid = ${id} and function_id >=
      (select min(function_id) from dbos.operation_outputs where workflow_uuid = ${id} and (${fromTheStart} or error is not null))`)
    await tx.execute(sql`delete from dbos.workflow_output where workflow_uuid = ${id}`)
    await tx.execute(sql`update dbos.workflow_status set status = 'ENQUEUED', owner_xid = null, output = null, error = null,
      queue_name = ${scheduled ? '_dbos_internal_queue' : name}, recovery_attempts = 0, workflow_deadline_epoch_ms = null, started_at_epoch_ms = null,
      completed_at = null, updated_at = ${now} where workflow_uuid = ${id}`)
  })
}
