import { randomUUID } from 'node:crypto'
import { problem } from './problem.ts'
import type { Caller } from './services.ts'

/** The caller's own request id when it is harmless to log, else a new one. */
export function requestIdOf(headers: Headers): string {
  const given = headers.get('x-request-id')
  return given && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID()
}

/** Address of the caller as the server in front of the routes saw it. */
export const addressOf = (headers: Headers): string => headers.get('x-forwarded-for')?.split(',')[0]?.trim() || 'unknown'

/** A cookie is sent by the browser for foreign pages too, so calls that change something must come from our own. */
export function requireSameOrigin(request: Request, caller: Caller | null): void {
  if (caller?.by !== 'cookie' || request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers.get('sec-fetch-site')
  const origin = request.headers.get('origin')
  const host = request.headers.get('host')
  const foreign = site ? site !== 'same-origin' && site !== 'none' : origin !== null && URL.canParse(origin) && new URL(origin).host !== host
  if (foreign || origin === 'null') throw problem('forbidden', 'A browser session can only be used from pages of this installation.')
}

const methodsWithBody = new Set(['POST', 'PUT', 'PATCH'])
const megabyte = 1024 * 1024
/** Room for the longest JSON field (2,000,000 characters, up to 4 bytes each) and its escapes. */
const jsonLimitBytes = 12 * megabyte

/**
 * Checks media type and size before anything is decoded, and returns a request whose body cannot grow past the limit.
 * @throws problem unsupported_type, too_large
 */
export async function boundedRequest(request: Request, multipartLimitBytes: number): Promise<Request> {
  if (!methodsWithBody.has(request.method) || !request.body) return request
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  const length = request.headers.get('content-length')
  if (length === '0') return request
  if (type !== 'application/json' && type !== 'multipart/form-data')
    throw problem('unsupported_type', `The body must be application/json or multipart/form-data, not ${type || 'without a type'}.`, [
      { pointer: '', detail: 'content-type' },
    ])
  const limit = type === 'application/json' ? jsonLimitBytes : multipartLimitBytes
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

export const tooLarge = (limitBytes: number) => problem('too_large', `At most ${Math.floor(limitBytes / megabyte)} MB can be sent at once.`)
