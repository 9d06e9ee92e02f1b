import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { type AuditRecord, digestOf, leafOf } from '../crypto/transparency/audit-record.ts'
import { concat, hex } from '../crypto/transparency/bytes.ts'
import { appendLeaf } from '../crypto/transparency/merkle.ts'
import { asJson, type Transaction } from '../storage/database/port.ts'
import { sealPersonal } from './personal-keys.ts'
import type { Caller, Services } from './services.ts'
import { type AuditOutcome, auditLogs } from './tables.ts'

const hashBytes = 32

/** The job that signs a log after it grew (audit/job.ts), and how long it waits for more. */
export const checkpointJobName = 'audit-checkpoint'
export const checkpointDelaySeconds = 5

/** Who calls and from where, as an audit row names it. */
interface AuditSource {
  enterpriseId: string
  /** Id of a person or client; 'system' for work AIA starts by itself, 'anonymous' for nobody. */
  actor: string
  /** Id of the person who acts under the actor's name. */
  impersonator?: string | null | undefined
  requestId: string
  /** Kept sealed under the key of the actor (of the impersonator, where there is one), so both can be erased. */
  address?: string | null | undefined
  userAgent?: string | null | undefined
}

/** What an operation says about itself. */
export interface AuditNote {
  /** Id of the thing that was changed. */
  target?: string | undefined
  /** The thing before and after, as JSON: only their SHA-256 is kept. Nothing personal that could be guessed and tried against it. */
  before?: unknown
  after?: unknown
  /** Stays readable for ever and cannot be erased: no names, addresses or other personal values, those belong into `about`. */
  detail?: Record<string, unknown> | undefined
  /** Personal values of one person that the row must show, for example the address somebody was invited at. Sealed under that person's key. */
  about?: { personId: string; values: Record<string, string> } | undefined
}

export interface AuditEvent extends AuditSource, AuditNote {
  /** Name of the operation as in the table of server/api.ts, for example `auth.login`. */
  operation: string
  /** `done` unless said otherwise. */
  outcome?: AuditOutcome | undefined
}

/** The caller's part of an audit event. */
export const auditSource = (call: { caller: Caller; requestId: string; address: string; userAgent: string | null }): AuditSource => ({
  enterpriseId: call.caller.enterpriseId,
  actor: call.caller.personId,
  impersonator: call.caller.impersonator?.personId,
  requestId: call.requestId,
  address: call.address,
  userAgent: call.userAgent,
})

/**
 * Appends one row to the log of an enterprise and to its Merkle tree, inside the transaction of the change: both happen or neither. It is
 * the only way into `audit_entries`. `operation`, `identityOperation` and the `write` of a `longOperation` call it by themselves with what
 * `audit({…})` was told. Only who works outside of them, such as signing in, calls it:
 *
 *     await services.database.identity(async (tx) => {
 *       …the change…
 *       await appendAudit(tx, services, { enterpriseId, actor: personId, requestId, address, userAgent, operation: 'auth.login', target: sessionId })
 *     })
 *
 * Works in tenant and in identity transactions. It locks the enterprise's counter until the transaction ends, which is what keeps the
 * numbers without gaps: call it last. Refusals have no transaction to be part of: see `recordRefusal`.
 */
export async function appendAudit(tx: Transaction, services: Pick<Services, 'keyring' | 'jobs'>, event: AuditEvent): Promise<void> {
  const { enterpriseId } = event
  const id = randomUUID()
  const personal = await sealPersonal(tx, services.keyring, enterpriseId, `audit_entries/${id}/personal`, personalParts(event))
  const log = await lockLog(tx, enterpriseId)
  const record: AuditRecord = {
    sequence: log.size + 1,
    id,
    enterprise_id: enterpriseId,
    at: new Date().toISOString(),
    actor: storable(event.actor),
    impersonator: event.impersonator ?? null,
    operation: event.operation,
    target: event.target === undefined ? null : storable(event.target),
    request_id: event.requestId,
    outcome: event.outcome ?? 'done',
    before: event.before == null ? null : digestOf(event.before),
    after: event.after == null ? null : digestOf(event.after),
    detail: event.detail === undefined ? null : storableJson(event.detail),
    personal: personal.map(({ person, digest }) => ({ person, digest })),
  }
  const leaf = leafOf(record)
  const { frontier, completed } = appendLeaf(log.size, log.frontier, leaf)
  const nodes = [{ level: 0, index: log.size, hash: leaf }, ...completed].map(({ level, index, hash }) => ({ level, index, hash: hex(hash) }))
  // One statement for three tables: the embedded engine answers statements one at a time.
  await tx.execute(sql`
    with entry as (
      insert into audit_entries
        (id, enterprise_id, sequence, at, actor, impersonator, operation, target, request_id, outcome, before_digest, after_digest, detail, personal, leaf_hash)
      values (${id}, ${enterpriseId}, ${record.sequence}, ${record.at}, ${record.actor}, ${record.impersonator}, ${record.operation}, ${record.target},
        ${record.request_id}, ${record.outcome}, ${record.before}, ${record.after}, ${record.detail === null ? null : asJson(record.detail)}::jsonb,
        ${asJson(personal)}::jsonb, decode(${hex(leaf)}, 'hex'))
    ), nodes as (
      insert into audit_nodes (enterprise_id, level, index, hash)
      select ${enterpriseId}::uuid, n.level, n.index, decode(n.hash, 'hex') from json_to_recordset(${asJson(nodes)}) as n(level bigint, index bigint, hash text)
    )
    update audit_logs set size = ${record.sequence}, checkpoint_due = true, frontier = decode(${hex(concat(...frontier))}, 'hex') where enterprise_id = ${enterpriseId}`)
  if (!log.checkpointDue)
    await services.jobs.start(tx, enterpriseId, { name: checkpointJobName, input: { enterpriseId }, delaySeconds: checkpointDelaySeconds })
}

/**
 * Records in a transaction of its own that a call was refused (403, or 404 on an id that is not the caller's) or failed. Call it after
 * the refused call's transaction has ended, never inside one.
 */
export async function recordRefusal(
  services: Pick<Services, 'database' | 'keyring' | 'jobs'>,
  event: AuditEvent & { outcome: 'refused' | 'failed' },
): Promise<void> {
  await services.database.tenant(event.enterpriseId, (tx) => appendAudit(tx, services, event))
}

async function lockLog(tx: Transaction, enterpriseId: string): Promise<{ size: number; checkpointDue: boolean; frontier: Uint8Array[] }> {
  const locked = () =>
    tx
      .select({ size: auditLogs.size, checkpointDue: auditLogs.checkpointDue, frontier: auditLogs.frontier })
      .from(auditLogs)
      .where(eq(auditLogs.enterpriseId, enterpriseId))
      .for('update')
  let [row] = await locked()
  if (!row) {
    await tx.insert(auditLogs).values({ enterpriseId }).onConflictDoNothing()
    ;[row] = await locked()
  }
  if (!row) throw new Error('The audit log of this enterprise cannot be locked.')
  const { size, checkpointDue, frontier } = row
  return {
    size,
    checkpointDue,
    frontier: Array.from({ length: frontier.length / hashBytes }, (_, i) => frontier.subarray(i * hashBytes, (i + 1) * hashBytes)),
  }
}

function personalParts({ actor, impersonator, address, userAgent, about }: AuditEvent): { personId: string; values: Record<string, string> }[] {
  const from = { ...(address ? { address: storable(address) } : {}), ...(userAgent ? { user_agent: storable(userAgent).slice(0, 400) } : {}) }
  const nobody = actor === 'system' || (actor === 'anonymous' && !impersonator)
  const parts = nobody || Object.keys(from).length === 0 ? [] : [{ personId: impersonator ?? actor, values: from }]
  return about
    ? [...parts, { personId: about.personId, values: Object.fromEntries(Object.entries(about.values).map(([k, v]) => [k, storable(v)])) }]
    : parts
}

/** The database holds no NUL and no half of a surrogate pair, and what it gives back must have the same digest. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

const storableJson = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, member) =>
    typeof member === 'string'
      ? storable(member)
      : member && typeof member === 'object' && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).map(([key, each]) => [storable(key), each]))
        : member,
  )
