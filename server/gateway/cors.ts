/** Our own sites: 013a.tech and everything below it, over https (MISSION.md, API gateway). */
const ownSites = /^https:\/\/(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*013a\.tech$/
const methods = 'GET, POST, PUT, DELETE'
const requestHeaders = 'Authorization, Content-Type'
const readable = 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Deprecation, Sunset'
const preflightSeconds = 600

/** Whether pages of this origin may call the REST door. `extra` are origins that the operator added, exactly as browsers write them. */
export const isAllowedOrigin = (origin: string, extra: readonly string[]): boolean => ownSites.test(origin) || extra.includes(origin)

/**
 * Adds what an answer tells browsers about other origins (WHATWG Fetch, CORS protocol). Credentials are never allowed: programs on other
 * origins send a bearer token, so the browser session stays where it is. Every answer varies by Origin, also one without it.
 */
export function addCorsHeaders(headers: Headers, origin: string | null, extra: readonly string[]): void {
  headers.append('vary', 'Origin')
  // To another site without CORS our answers are closed; pages that may read them must be able to load them.
  if (!origin || !isAllowedOrigin(origin, extra)) return
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', readable)
  headers.set('cross-origin-resource-policy', 'cross-origin')
}

/** The answer to OPTIONS. It needs no sign-in, because browsers send none with it; another origin gets no permission from it. */
export function preflight(request: Request, extra: readonly string[]): Response {
  const headers = new Headers({ allow: `${methods}, OPTIONS` })
  const origin = request.headers.get('origin')
  if (origin && isAllowedOrigin(origin, extra) && request.headers.has('access-control-request-method')) {
    headers.set('access-control-allow-methods', methods)
    headers.set('access-control-allow-headers', requestHeaders)
    headers.set('access-control-max-age', String(preflightSeconds))
  }
  headers.append('vary', 'Access-Control-Request-Method, Access-Control-Request-Headers')
  return new Response(null, { status: 204, headers })
}
