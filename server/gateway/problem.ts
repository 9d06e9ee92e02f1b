import { ORPCError } from '@orpc/server'
import { DatabaseFull, DatabaseUnavailable } from '../storage/database/port.ts'
import { ObjectsFull, ObjectsUnavailable } from '../storage/objects/port.ts'

/** The closed list of problem codes and their HTTP status (RFC 9457 `status`). */
export const problemStatus = {
  invalid_input: 400,
  unauthenticated: 401,
  mfa_required: 401,
  step_up_required: 401,
  forbidden: 403,
  mfa_enrolment_required: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_type: 415,
  broken_document: 422,
  encrypted_document: 422,
  archive_bomb: 422,
  invalid_encoding: 422,
  empty_document: 422,
  key_reused: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const
export type ProblemCode = keyof typeof problemStatus

/** One thing that is wrong with the input: a JSON pointer (RFC 6901) to the field and the reason. */
export interface FieldError {
  pointer: string
  detail: string
}

/** A problem document, RFC 9457, media type application/problem+json. */
export interface ProblemDocument {
  type: string
  title: string
  status: number
  code: ProblemCode
  detail?: string
  errors?: FieldError[]
  request_id: string
  /** Members of one kind of problem (RFC 9457, 3.2), such as the ways to prove a second factor. */
  [extension: string]: unknown
}

const titles: Record<ProblemCode, string> = {
  invalid_input: 'The input is not valid',
  unauthenticated: 'Sign in first',
  mfa_required: 'A second factor is needed',
  step_up_required: 'Prove again who you are',
  forbidden: 'Not allowed',
  mfa_enrolment_required: 'Set up a second factor first',
  not_found: 'Not found',
  method_not_allowed: 'Method not allowed',
  conflict: 'Conflict',
  too_large: 'Too large',
  unsupported_type: 'Unsupported type',
  broken_document: 'The document cannot be read',
  encrypted_document: 'The document is encrypted',
  archive_bomb: 'The document unpacks to too much',
  invalid_encoding: 'The text encoding is not valid',
  empty_document: 'The document holds no text',
  key_reused: 'The key was used before',
  rate_limited: 'Too many requests',
  internal: 'Something went wrong on our side',
  unavailable: 'Not available right now',
}

interface ProblemData {
  errors?: FieldError[]
  extensions?: Record<string, unknown>
}

/** What operations throw. `detail` is for people; never put a cause, a query or a secret in it. `extensions` become members of the document. */
export function problem(
  code: ProblemCode,
  detail: string,
  errors?: FieldError[],
  extensions?: Record<string, unknown>,
): ORPCError<string, ProblemData> {
  return new ORPCError(code, {
    status: problemStatus[code],
    message: detail,
    data: { ...(errors ? { errors } : {}), ...(extensions ? { extensions } : {}) },
  })
}

// oRPC's own codes, for what fails before an operation runs.
const ownCodes: Record<string, ProblemCode> = {
  BAD_REQUEST: 'invalid_input',
  UNAUTHORIZED: 'unauthenticated',
  FORBIDDEN: 'forbidden',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'method_not_allowed',
  CONFLICT: 'conflict',
  PAYLOAD_TOO_LARGE: 'too_large',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_type',
  TOO_MANY_REQUESTS: 'rate_limited',
}

interface Issue {
  message: string
  path?: readonly (PropertyKey | { key: PropertyKey })[]
}

const pointerOf = (path: Issue['path'] = []) =>
  path
    .map(
      (part) =>
        `/${String(typeof part === 'object' ? part.key : part)
          .replace(/~/g, '~0')
          .replace(/\//g, '~1')}`,
    )
    .join('')

/** What `problem` was given as members of the document, from an error that travelled through a door. */
export const extensionsOf = (error: unknown): Record<string, unknown> | undefined =>
  error instanceof ORPCError ? (error.data as ProblemData | undefined)?.extensions : undefined

const unstorable = () => problem('invalid_input', 'A text holds the character U+0000, which cannot be stored.')

/** The database refuses U+0000 in any text (SQLSTATE 22021) and in JSON (22P05), wherever it came from. */
function isUnstorable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown }
    if (code === '22021' || code === '22P05') return true
  }
  return false
}

const cutShort = () => problem('invalid_input', 'The request ended before its body did.')

/** What Node throws to whoever reads the body of a request whose caller has gone; a connection of ours that breaks says something else. */
const isCutShort = (error: unknown): boolean =>
  error instanceof Error && error.message === 'aborted' && (error as NodeJS.ErrnoException).code === 'ECONNRESET'

const unreachable = (what: string) =>
  problem('unavailable', `${what} cannot be reached just now. Try again in a moment, with the same Idempotency-Key where there was one.`)

const full = () => problem('unavailable', 'The disk is full: nothing can be changed until there is room again. What is there can be read.')

/** A thrown error as the problem it is, where it is one that we know. */
function knownProblem(error: unknown): ORPCError<string, unknown> | undefined {
  if (error instanceof ORPCError) return error
  if (isUnstorable(error)) return unstorable()
  if (isCutShort(error)) return cutShort()
  if (error instanceof DatabaseFull || error instanceof ObjectsFull) return full()
  if (error instanceof DatabaseUnavailable) return unreachable('The database')
  return error instanceof ObjectsUnavailable ? unreachable('The store of originals') : undefined
}

/** The problem document of any thrown error. What is not a known problem becomes `internal` without a detail. */
export function problemDocument(error: unknown, requestId: string): ProblemDocument {
  const known = knownProblem(error)
  const code: ProblemCode = known ? (known.code in problemStatus ? (known.code as ProblemCode) : (ownCodes[known.code] ?? 'internal')) : 'internal'
  const document: ProblemDocument = { type: `urn:aia:problem:${code}`, title: titles[code], status: problemStatus[code], code, request_id: requestId }
  if (code === 'internal' || !known) return document
  const data = known.data as (ProblemData & { issues?: Issue[] }) | undefined
  const errors = data?.errors ?? data?.issues?.map((issue) => ({ pointer: pointerOf(issue.path), detail: issue.message }))
  const detail = data?.issues && errors?.length ? errors.map((e) => `${e.pointer || 'input'}: ${e.detail}`).join('; ') : known.message
  return { ...data?.extensions, ...document, ...(detail ? { detail } : {}), ...(errors?.length ? { errors } : {}) }
}

export function problemResponse(document: ProblemDocument, headers: Headers = new Headers()): Response {
  headers.set('content-type', 'application/problem+json')
  headers.set('x-request-id', document.request_id)
  headers.delete('content-length')
  return new Response(JSON.stringify(document), { status: document.status, headers })
}
