import { os } from '@orpc/server'
import { z } from 'zod'
import type { Transaction } from '../storage/database/port.ts'
import { type AuditNote, appendAudit, auditSource } from './audit.ts'
import { decide, grantsFor, type ResourceKind } from './decide.ts'
import type { LimitClass, Limits } from './limits.ts'
import type { Permission } from './permissions.ts'
import { problem } from './problem.ts'
import type { Caller, Services } from './services.ts'
import { requireRecentProof, requireSecured } from './step-up.ts'

/** What every operation declares. A missing permission or limit refuses every call. */
export interface OperationMeta {
  /** 'public' needs no sign-in. */
  permission?: Permission | 'public'
  limit?: LimitClass
  /**
   * Which grants open this operation to a caller whose role does not. `id` names the input field that holds the resource's id; without it
   * the operation lists, and must show no more than `within`.
   */
  resource?: { kind: ResourceKind; id?: string }
  /** True when it reports progress, which REST sends as server-sent events to a client that accepts them. */
  streams?: boolean
  /** True when the person must have proved who it is within 15 minutes, with the second factor if there is one (RFC 9470). */
  stepUp?: boolean
}

/** What a door brings to a call. */
export interface CallContext {
  services: Services
  limits: Limits
  caller: Caller | null
  requestId: string
  /** Network address of the caller, for limits and the audit log. */
  address: string
  /** What program calls, as it says itself; for the audit log. */
  userAgent: string | null
  resHeaders?: Headers
  /** Set by a door that streams: what operations report while they work. */
  progress?: (event: object) => void
}

/** The input of an operation that takes none: extra fields are refused. */
export const noInput = z.strictObject({}).optional()

const isUnsafe = (method: string | undefined) => method !== undefined && method !== 'GET'

/**
 * The ids a call is confined to by its grants; null where role or level open everything.
 * @throws problem forbidden with the rule that refused, or not_found for a resource that others' grants open
 */
function permittedWithin(caller: Caller, { permission, resource }: OperationMeta, input: unknown): readonly string[] | null {
  if (!permission || permission === 'public') return null
  const decision = decide(caller, permission)
  if (decision.allowed) return null
  const granted = resource && decision.rule === 'none' ? grantsFor(caller, permission, resource.kind).map(({ resourceId }) => resourceId) : []
  if (!resource || granted.length === 0) throw problem('forbidden', decision.reason)
  const id = resource.id === undefined ? null : String((input as Record<string, unknown> | null | undefined)?.[resource.id])
  // Who may see one source learns nothing about whether another exists.
  if (id !== null && !decide(caller, permission, { kind: resource.kind, id }).allowed)
    throw problem('not_found', `There is no such ${resource.kind}.`)
  return granted
}

// Index 3: the input is parsed after limit and permit. Index 4: the output is checked inside the transaction, so a wrong output rolls back.
const chain = os
  .$context<CallContext>()
  .$meta<OperationMeta>({})
  .$route({ method: 'POST' })
  .$config({ initialInputValidationIndex: 3, initialOutputValidationIndex: 4 })
  .use(async function identify({ context, procedure, next }) {
    const { permission, limit } = procedure['~orpc'].meta
    if (!permission || !limit) throw problem('forbidden', 'This operation declares no permission or limit.')
    if (permission !== 'public' && !context.caller)
      throw problem('unauthenticated', 'This needs a valid access token or a signed-in browser session.')
    return next()
  })
  .use(async function limit({ context, procedure, path, next }) {
    await context.limits.take(path.join('.'), procedure['~orpc'].meta.limit ?? 'default', context.caller, context.address, context.resHeaders)
    return next()
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

/** An operation without a caller's enterprise, such as signing in. */
export const publicOperation = chain.use(async function open({ next }) {
  return next({ context: {} })
})

/** Pure database work: one tenant transaction around the whole operation, with its audit row. */
export const operation = chain.use(async function transaction({ context, procedure, path, next }) {
  const caller = signedIn(context.caller)
  return context.services.database.tenant(caller.enterpriseId, async (tx) => {
    const note: AuditNote = {}
    const result = await next({ context: { caller, tx, audit: (about: AuditNote) => Object.assign(note, about) } })
    if (isUnsafe(procedure['~orpc'].route.method))
      await appendAudit(tx, context.services, { ...auditSource({ ...context, caller }), operation: path.join('.'), ...note })
    return result
  })
})

/** Slow or streaming work: the operation opens short transactions itself; `write` adds the audit row, `read` does not change anything. */
export const longOperation = chain.use(async function transactions({ context, path, next }) {
  const caller = signedIn(context.caller)
  const { database } = context.services
  return next({
    context: {
      caller,
      read: <T>(run: (tx: Transaction) => Promise<T>): Promise<T> => database.tenant(caller.enterpriseId, run),
      write: <T>(run: (tx: Transaction, audit: (about: AuditNote) => void) => Promise<T>): Promise<T> =>
        database.tenant(caller.enterpriseId, async (tx) => {
          const note: AuditNote = {}
          const result = await run(tx, (about) => Object.assign(note, about))
          await appendAudit(tx, context.services, { ...auditSource({ ...context, caller }), operation: path.join('.'), ...note })
          return result
        }),
    },
  })
})

/** Database work on people, sessions, clients and other identity rows: one identity transaction around the whole operation, with its audit row. */
export const identityOperation = chain.use(async function identityTransaction({ context, procedure, path, next }) {
  const caller = signedIn(context.caller)
  return context.services.database.identity(async (tx) => {
    const note: AuditNote = {}
    const result = await next({ context: { caller, tx, audit: (about: AuditNote) => Object.assign(note, about) } })
    if (isUnsafe(procedure['~orpc'].route.method))
      await appendAudit(tx, context.services, { ...auditSource({ ...context, caller }), operation: path.join('.'), ...note })
    return result
  })
})
