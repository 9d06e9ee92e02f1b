import { randomUUID } from 'node:crypto'
import { problem } from './problem.ts'
import type { Caller } from './services.ts'

/** A UUID, a trace id (W3C Trace Context) or a ULID: what programs make, and nobody's password. */
const idForms = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-7][0-9a-hjkmnp-tv-z]{25})$/i

/** The caller's own request id when it has the form of one, because it is logged; else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id')
  return given && idForms.test(given) ? given : randomUUID()
}

/** Address of the caller: the one entry that the edge left (edge.ts). Several entries did not pass it and say nothing. */
export function addressOf(headers: Headers): string {
  const address = headers.get('x-forwarded-for')?.trim()
  return !address || address.includes(',') ? 'unknown' : address
}

const isSafe = (method: string) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/**
 * A cookie is sent by the browser for foreign pages too, so calls that change something must come from a page of this installation.
 * Browsers say so by Sec-Fetch-Site, and by Origin where they do not send that (plain http, older ones). Neither of both is no browser
 * of today, so it is refused: programs use a token. (OWASP CSRF Prevention, Fetch Metadata and origin check.)
 * @throws problem forbidden
 */
export function requireSameOrigin(request: Request, caller: Pick<Caller, 'by'> | null, publicUrl: string): void {
  if (caller?.by !== 'cookie' || isSafe(request.method)) return
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const ownHosts = [request.headers.get('x-forwarded-host') ?? request.headers.get('host'), new URL(publicUrl).host]
  const isOwnOrigin = origin !== null && URL.canParse(origin) && ownHosts.includes(new URL(origin).host)
  const allowed = site === null ? isOwnOrigin : site === 'same-origin' && (origin === null || isOwnOrigin)
  if (!allowed) throw problem('forbidden', 'A browser session can only be used from pages of this installation.')
}

const methodsWithBody = new Set(['POST', 'PUT', 'PATCH'])
const megabyte = 1024 * 1024
/** Room for the longest JSON field (2,000,000 characters, up to 4 bytes each) and its escapes. */
const jsonLimitBytes = 12 * megabyte

/**
 * Checks media type and size before anything is decoded, and returns a request whose body cannot grow past the limit.
 * @throws problem unsupported_type, too_large
 */
export async function boundedRequest(request: Request, mostBytes: number): Promise<Request> {
  if (!methodsWithBody.has(request.method) || !request.body) return request
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  const length = request.headers.get('content-length')
  if (length === '0') return request
  if (type !== 'application/json' && type !== 'multipart/form-data')
    throw problem('unsupported_type', `The body must be application/json or multipart/form-data, not ${type || 'without a type'}.`, [
      { pointer: '', detail: 'content-type' },
    ])
  const limit = type === 'application/json' ? Math.min(jsonLimitBytes, mostBytes) : mostBytes
  if (length !== null && Number(length) > limit) throw tooLarge(limit)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return new Request(request.url, { method: request.method, headers: request.headers, body: Buffer.concat(chunks), signal: request.signal })
}

export const tooLarge = (limitBytes: number) =>
  problem(
    'too_large',
    `At most ${limitBytes < megabyte ? `${limitBytes / 1024} KB` : `${Math.floor(limitBytes / megabyte)} MB`} can be sent at once.`,
  )
