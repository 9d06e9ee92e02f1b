import type { Services } from '../../gateway/services.ts'

/** The request as the browser sent it: the address it knows, whatever stands between. */
export function outside(services: Services, request: Request): Request {
  const url = new URL(request.url)
  const known = new URL(services.env.publicUrl)
  const headers = new Headers(request.headers)
  headers.set('host', known.host)
  headers.set('x-forwarded-host', known.host)
  headers.set('x-forwarded-proto', known.protocol.slice(0, -1))
  return new Request(new URL(url.pathname + url.search, known), { method: request.method, headers })
}
