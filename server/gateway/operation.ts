import { ORPCError, os } from '@orpc/server'
import { z } from 'zod'
import { type Planning, repeated, type Transaction } from '../storage/database/port.ts'
import { publish } from '../storage/outbox/port.ts'
import { type AuditNote, appendAudit, auditSource, recordRefusal } from './audit.ts'
import { decideCall, type ResourceKind } from './decide.ts'
import { claim, type KeyedCall, keep, keyedCall, noteChange, runOnce } from './idempotency.ts'
import type { LimitClass, LimitedCall } from './limits.ts'
import { isAdministrative, type Permission } from './permissions.ts'
import { problem } from './problem.ts'
import { scrub } from './scrub.ts'
import type { Caller, Services } from './services.ts'
import { requireRecentProof, requireSecured } from './step-up.ts'

/** What every operation declares. One without permission, limit or audit refuses every call. */
export interface OperationMeta {
  /** 'public' needs no sign-in. */
  permission?: Permission | 'public'
  limit?: LimitClass
  /**
   * Which grants open this operation to a caller whose role does not. `id` names the input field that holds the resource's id; without it
   * the operation lists, and must show no more than `within`.
   */
  resource?: { kind: ResourceKind; id?: string }
  /**
   * `row`: a row of the audit log in the transaction of the change; the chain writes it. `own`: the operation writes its rows itself, in
   * identity transactions. `none`: it only reads; for GET alone. `reads`: the same by another method, because its input must not stand in
   * an address. Refused calls leave a row whatever is declared.
   */
  audit?: 'row' | 'own' | 'none' | 'reads'
  /**
   * What a call does with its target, and so which digests its audit row carries: what was `made` (after; before too, where it replaces),
   * `changed` (before and after) or `removed` (before). `event`: nothing is left to compare, such as an answer. Declared by every operation
   * that leaves rows; one of `row` that does not tell them fails and changes nothing.
   */
  state?: 'made' | 'changed' | 'removed' | 'event'
  /** The field of its output that is the list, where it is not `items`: version 2 gives it in pages. */
  list?: string
  /** Since when it should not be used any more, and until when it will answer (dates). */
  deprecated?: { since: string; sunset?: string; link?: string }
  /** True when it reports progress, which REST sends as server-sent events to a client that accepts them. */
  streams?: boolean
  /** True when the person must have proved who it is within 15 minutes, with the second factor if there is one (RFC 9470). */
  stepUp?: boolean
}

/** What a door brings to a call. */
export interface CallContext {
  services: Services
  caller: Caller | null
  requestId: string
  /** Network address of the caller, for limits and the audit log. */
  address: string
  /** What program calls, as it says itself; for the audit log. */
  userAgent: string | null
  resHeaders?: Headers
  /** What the caller sends to run a call once (idempotency.ts). */
  idempotencyKey?: string | undefined
  /** Which states of an answer the caller has (conditional.ts). */
  ifNoneMatch?: string | null
  /** Set by a door that took this call from its limit before it read the body. */
  isLimited?: boolean
  /** Set by the REST door: sends another request through it, as the same caller. */
  dispatch?: (request: Request) => Promise<Response>
  /** Who the credential of this call belongs to now; null when it opens nothing any more. For calls that go on for long. */
  identifyAgain(): Promise<Caller | null>
  /** Set by a door that streams: what operations report while they work. */
  progress?: (event: object) => void
}

/** The input of an operation that takes none: extra fields are refused. */
export const noInput = z.strictObject({}).optional()

/**
 * The ids a call is confined to by its grants; null where role or level open everything.
 * @throws problem forbidden with the rule that refused, or not_found for a resource that others' grants open
 */
function permittedWithin(caller: Caller, { permission, resource }: OperationMeta, input: unknown): readonly string[] | null {
  if (!permission || permission === 'public') return null
  const id = resource?.id === undefined ? null : String((input as Record<string, unknown> | null | undefined)?.[resource.id])
  const { allowed, reason, within } = decideCall(caller, { permission, resource }, id)
  if (allowed) return within
  // Who may see one source learns nothing about whether another exists.
  if (resource && within?.length) throw problem('not_found', `There is no such ${resource.kind}.`)
  throw problem('forbidden', reason)
}

/** True when a row tells what its operation declares about its target. */
export function tellsState(state: OperationMeta['state'], { before, after }: { before?: unknown; after?: unknown }): boolean {
  if (state === 'made') return after != null
  return (before != null) === (state === 'changed' || state === 'removed') && (after != null) === (state === 'changed')
}

/** Leaves the row of a call that is done, as the last thing in its transaction. */
async function leaveRow(tx: Transaction, context: CallContext, caller: Caller, meta: OperationMeta, path: readonly string[], note: AuditNote) {
  if (!tellsState(meta.state, note)) throw new Error(`${path.join('.')} does not tell before and after as it declares (${meta.state}).`)
  const { permission } = meta
  if (isAdministrative(permission)) await publish(tx, caller.enterpriseId, { kind: 'administration.changed', operation: path.join('.'), permission })
  await appendAudit(tx, context.services, auditRow(context, caller, path, note))
}

const auditRow = (context: CallContext, caller: Caller, path: readonly string[], note: AuditNote) => ({
  ...auditSource({ ...context, caller }),
  operation: path.join('.'),
  ...note,
})

/** Which thing a call was about, for the audit row of a refusal. */
function targetOf(input: unknown): string | undefined {
  const id = (input as { id?: unknown } | null | undefined)?.id
  return typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id) ? scrub(id) : undefined
}

/** The call as its limit sees it. `input` is as it came: a sign-in is limited by account before anything is parsed. */
function limitedCall(context: CallContext, meta: OperationMeta, endpoint: string, input?: unknown): LimitedCall {
  const email = (input as { email?: unknown } | null | undefined)?.email
  const account = typeof email === 'string' ? email.slice(0, 320) : undefined
  return { endpoint, limitClass: meta.limit ?? 'default', caller: context.caller, address: context.address, account }
}

/** Why an operation may not run as it is declared; null when it may. The tests over the table ask the same. */
export function undeclared(meta: OperationMeta, method: string | undefined): string | null {
  const missing = (['permission', 'limit', 'audit'] as const).filter((name) => !meta[name])
  if (missing.length > 0) return `This operation declares no ${missing.join(' and no ')}.`
  if (meta.audit === 'none' && method !== 'GET') return 'This operation changes something, so it must be audited.'
  if ((meta.audit === 'row' || meta.audit === 'own') && !meta.state) return 'This operation does not declare what becomes of its target (state).'
  return null
}

// Index 3: the input is parsed after limit and permit. Index 4: the output is checked inside the transaction, so a wrong output rolls back.
const chain = os
  .$context<CallContext>()
  .$meta<OperationMeta>({})
  .$route({ method: 'POST' })
  .$config({ initialInputValidationIndex: 3, initialOutputValidationIndex: 4 })
  .use(async function identify({ context, procedure, path, next }, input) {
    const { meta, route } = procedure['~orpc']
    const reason = undeclared(meta, route.method)
    if (reason) throw problem('forbidden', reason)
    const { caller } = context
    if (meta.permission !== 'public' && !caller) throw problem('unauthenticated', 'This needs a valid access token or a signed-in browser session.')
    try {
      return await next()
    } catch (error) {
      // Somebody who is signed in reached for what is not theirs or does not exist: that is recorded, outside what was rolled back.
      if (caller && error instanceof ORPCError && (error.code === 'forbidden' || error.code === 'not_found')) {
        const refusal = { target: targetOf(input), detail: { code: error.code } }
        await recordRefusal(context.services, { ...auditRow(context, caller, path, refusal), outcome: 'refused' })
      }
      throw error
    }
  })
  .use(async function limit({ context, procedure, path, next }, input) {
    const { meta } = procedure['~orpc']
    const call = limitedCall(context, meta, path.join('.'), input)
    if (!context.isLimited || meta.limit === 'login') await context.services.limits.take(call, context.resHeaders)
    const result = await next()
    await context.services.limits.forgive(call)
    return result
  })
  .use(async function permit({ context, procedure, next }, input) {
    const { permission, stepUp } = procedure['~orpc'].meta
    const { caller } = context
    const within = caller && permittedWithin(caller, procedure['~orpc'].meta, input)
    if (caller && permission && permission !== 'public') {
      requireSecured(caller, permission)
      if (stepUp) requireRecentProof(caller, context.resHeaders)
    }
    return next({ context: { within } })
  })

function signedIn(caller: Caller | null): Caller {
  if (!caller) throw problem('unauthenticated', 'This needs a valid access token or a signed-in browser session.')
  return caller
}

/** The result of an earlier call in place of this one's. It was checked against the operation's own output before it was kept. */
function replayed<T>(context: CallContext, output: (value: never) => unknown, earlier: unknown): T {
  context.resHeaders?.set('idempotency-replayed', 'true')
  return output(earlier as never) as T
}

/** An operation without a caller's enterprise, such as signing in. */
export const publicOperation = chain.use(async function open({ context, procedure, path, next }, input, output) {
  const { services } = context
  const key = await keyedCall(context, path.join('.'), procedure['~orpc'].route.method, input)
  const run = async () => next({ context: {} })
  return runOnce(services, key, {
    transact: (work) => services.database.identity(work),
    replay: (earlier) => replayed<Awaited<ReturnType<typeof run>>>(context, output, earlier),
    run,
  })
})

type Audit = (about: AuditNote) => void

/** Whether a call that was cut in its very end may run again: it changes nothing, or what it did is found under its key. */
const isRepeatable = ({ audit }: OperationMeta, key: KeyedCall | null): boolean => key !== null || audit === 'none' || audit === 'reads'

/**
 * Pure database work: one tenant transaction around the whole operation, with its audit row. Lost in the middle, it runs again as a whole: a
 * failover costs it time, not an error. So it does nothing but by `tx`.
 */
export const operation = chain.use(async function transaction({ context, procedure, path, next }, input, output) {
  const caller = signedIn(context.caller)
  const { services } = context
  const { meta, route } = procedure['~orpc']
  const key = await keyedCall(context, path.join('.'), route.method, input)
  const run = (tx: Transaction, audit: Audit) => next({ context: { caller, tx, audit } })
  if (route.method === 'GET' && meta.audit === 'none') return services.database.read(caller.enterpriseId, async (tx) => run(tx, () => {}))
  const once = async (tx: Transaction) => {
    const earlier = key && (await claim(tx, services, key))
    if (earlier) return replayed<Awaited<ReturnType<typeof run>>>(context, output, earlier.output)
    const note: AuditNote = {}
    const result = await run(tx, (about) => Object.assign(note, about))
    if (key) await keep(tx, services, key, result.output)
    if (meta.audit === 'row') await leaveRow(tx, context, caller, meta, path, note)
    return result
  }
  return repeated(() => services.database.tenant(caller.enterpriseId, once), isRepeatable(meta, key))
})

/** Slow or streaming work: the operation opens short transactions itself; `write` adds the audit row, `read` does not change anything. */
export const longOperation = chain.use(async function transactions({ context, procedure, path, next }, input, output) {
  const caller = signedIn(context.caller)
  const { services } = context
  const { meta, route } = procedure['~orpc']
  const transact = <T>(work: (tx: Transaction) => Promise<T>, planning?: Planning): Promise<T> =>
    services.database.tenant(caller.enterpriseId, work, planning)
  // Run again when the database is lost in the middle.
  const read = <T>(work: (tx: Transaction) => Promise<T>, planning?: Planning): Promise<T> =>
    services.database.read(caller.enterpriseId, work, planning)
  const key = await keyedCall(context, path.join('.'), route.method, input)
  const write = <T>(work: (tx: Transaction, audit: Audit) => Promise<T>, planning?: Planning): Promise<T> =>
    transact(async (tx) => {
      if (meta.audit !== 'row') throw new Error(`${path.join('.')} writes, but declares no audit row.`)
      const note: AuditNote = {}
      const result = await work(tx, (about) => Object.assign(note, about))
      if (key) await noteChange(tx, key)
      await leaveRow(tx, context, caller, meta, path, note)
      return result
    }, planning)
  const run = async () => next({ context: { caller, read, write } })
  return runOnce(services, key, {
    transact,
    replay: (earlier) => replayed<Awaited<ReturnType<typeof run>>>(context, output, earlier),
    run,
  })
})

/** Database work on people, sessions, clients and other identity rows: one identity transaction around the whole operation, with its audit row; else as `operation`. */
export const identityOperation = chain.use(async function identityTransaction({ context, procedure, path, next }, input, output) {
  const caller = signedIn(context.caller)
  const { services } = context
  const { meta, route } = procedure['~orpc']
  const key = await keyedCall(context, path.join('.'), route.method, input)
  const run = (tx: Transaction, audit: Audit) => next({ context: { caller, tx, audit } })
  const once = async (tx: Transaction) => {
    const earlier = key && (await claim(tx, services, key))
    if (earlier) return replayed<Awaited<ReturnType<typeof run>>>(context, output, earlier.output)
    const note: AuditNote = {}
    const result = await run(tx, (about) => Object.assign(note, about))
    if (key) await keep(tx, services, key, result.output)
    if (meta.audit === 'row') await leaveRow(tx, context, caller, meta, path, note)
    return result
  }
  return repeated(() => services.database.identity(once), isRepeatable(meta, key))
})
