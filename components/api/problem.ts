/** An error as the server tells it (RFC 9457), or the browser's own when no answer came: code `offline`, status 0. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly fields: readonly { pointer: string; detail: string }[]
  /** Seconds after which the server wants to be asked again. */
  readonly retryAfterS: number | null
  /** The same call was made before under the same Idempotency-Key and has not ended: its answer can be had in a moment. */
  readonly isStillRunning: boolean

  constructor(init: {
    status: number
    code: string
    detail: string
    requestId?: string | null
    fields?: readonly { pointer: string; detail: string }[]
    retryAfterS?: number | null
    isStillRunning?: boolean
  }) {
    super(init.detail)
    this.status = init.status
    this.code = init.code
    this.requestId = init.requestId ?? null
    this.fields = init.fields ?? []
    this.retryAfterS = init.retryAfterS ?? null
    this.isStillRunning = init.isStillRunning ?? false
  }
}

const record = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
const string = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const words: Record<number, string> = {
  0: 'The server cannot be reached. Check the connection, then try again.',
  401: 'You are not signed in.',
  403: 'You are not allowed to do this.',
  404: 'This does not exist, or no longer does.',
  413: 'This is larger than the limit.',
  415: 'This type of file cannot be read.',
  429: 'Too many requests at once. Wait a moment, then try again.',
}
const fallback = (status: number) => words[status] ?? (status >= 500 ? 'Something failed on the server. Try again.' : 'The request was refused.')

function fieldErrors(value: unknown): { pointer: string; detail: string }[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((entry) => {
    const item = record(entry)
    const detail = string(item?.detail) ?? string(item?.message)
    if (!item || !detail) return []
    const path = Array.isArray(item.path) ? `/${item.path.join('/')}` : null
    return [{ pointer: string(item.pointer) ?? path ?? '', detail }]
  })
}

/** Reads a problem document, or the error envelope of the browser's door, from a decoded body. Never throws. */
export function readProblem(body: unknown, status: number, headers?: { get(name: string): string | null }): Problem {
  const outer = record(body)
  const inner = record(outer?.json) ?? outer
  const data = record(inner?.data)
  const shown = status >= 500 ? null : (string(inner?.detail) ?? string(data?.detail) ?? string(inner?.message))
  const fields = fieldErrors(inner?.errors ?? data?.errors ?? data?.issues)
  const retryAfter = Number(headers?.get('retry-after') ?? Number.NaN)
  return new Problem({
    status,
    code: (string(data?.code) ?? string(inner?.code) ?? `http-${status}`).toLowerCase().replaceAll('_', '-'),
    detail: shown ?? fallback(status),
    requestId: string(inner?.request_id) ?? string(data?.request_id) ?? headers?.get('x-request-id') ?? null,
    fields,
    retryAfterS: Number.isFinite(retryAfter) && retryAfter >= 0 ? retryAfter : null,
    isStillRunning: inner?.still_running === true,
  })
}

/** Anything that was thrown, as a Problem. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof TypeError) return new Problem({ status: 0, code: 'offline', detail: fallback(0) })
  const item = record(error)
  if (typeof item?.status === 'number') return readProblem(item, item.status)
  return new Problem({ status: 500, code: 'unexpected', detail: 'Something failed here in the browser. Try again.' })
}

export const isAborted = (error: unknown) => error instanceof DOMException && error.name === 'AbortError'
