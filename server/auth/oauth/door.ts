import { problem, problemDocument, problemResponse } from '../../gateway/problem.ts'
import { addressOf, requestIdOf, requireSameOrigin } from '../../gateway/request.ts'
import { requestLog } from '../../gateway/request-log.ts'
import type { Caller, Services } from '../../gateway/services.ts'
import { finishExternalSignIn, startExternalSignIn } from '../external/sign-in.ts'
import { type OauthCall, oauthCalls } from './call.ts'
import { answerInteraction, readInteraction } from './consent.ts'
import { outside } from './door-request.ts'
import { answerByNode } from './node-bridge.ts'
import { oauthProvider } from './provider.ts'

const mostBytes = 64 * 1024

/** The endpoints that check a secret, with the stricter limit of signing in. */
const secretPaths = new Set(['/oauth/token', '/oauth/introspect', '/oauth/revoke'])

async function bodyOf(request: Request): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length
    if (length > mostBytes) throw problem('too_large', 'At most 64 kB can be sent here.')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** The paths below /oauth as the request log names them. */
const routes = [
  '/oauth/authorize',
  '/oauth/token',
  '/oauth/introspect',
  '/oauth/revoke',
  '/oauth/interaction',
  '/oauth/external/start',
  '/oauth/external/callback',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]
/** Where the browser goes on after the consent page; its last part is a secret of the interaction. */
const resumePath = '/oauth/authorize/'
const routeOf = (pathname: string) => routes.find((route) => route === pathname) ?? (pathname.startsWith(resumePath) ? `${resumePath}{uid}` : null)

/**
 * The door of OAuth 2.0 and OpenID Connect below /oauth, and its two discovery documents. The protocol's own endpoints are
 * oidc-provider's; the consent page asks `/oauth/interaction` what is asked for, and answers there.
 */
export async function oauthDoor(services: Services, request: Request): Promise<Response> {
  const startedAt = performance.now()
  const { headers } = request
  const call: OauthCall = {
    services,
    caller: null,
    requestId: requestIdOf(headers),
    address: addressOf(headers),
    userAgent: headers.get('user-agent'),
  }
  const { pathname } = new URL(request.url)
  const response = await answer(call, request, pathname)
  response.headers.set('x-request-id', call.requestId)
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store')
  const { client } = call
  const caller = call.caller ?? (client ? { personId: client.id, enterpriseId: client.enterpriseId, impersonator: null } : null)
  requestLog(services)(
    'oauth',
    request.method,
    { requestId: call.requestId, route: routeOf(pathname), operation: 'oauth', caller },
    response.status,
    startedAt,
  )
  return response
}

async function answer(call: OauthCall, request: Request, pathname: string): Promise<Response> {
  const { services, requestId, address } = call
  const headers = new Headers()
  try {
    call.caller = request.headers.has('cookie') ? await cookieCaller(services, request.headers) : null
    const limitClass = secretPaths.has(pathname) ? 'login' : 'default'
    const limited = { endpoint: 'oauth', limitClass, caller: call.caller, address } as const
    await services.limits.take(limited, headers)
    const body = await bodyOf(request)
    if (pathname === '/oauth/interaction') {
      requireSameOrigin(request, call.caller, services.env.publicUrl)
      return Response.json(request.method === 'POST' ? await answerInteraction(call, request, body) : await readInteraction(call, request))
    }
    if (pathname === '/oauth/external/start') return await startExternalSignIn(services, request)
    if (pathname === '/oauth/external/callback') return await finishExternalSignIn(services, request, { requestId, address })
    const provider = await oauthProvider(services)
    const handler = provider.callback()
    const response = await answerByNode(
      (incoming, outgoing) => {
        oauthCalls.set(incoming, call)
        return handler(incoming, outgoing)
      },
      outside(services, request),
      body,
      { address },
    )
    // Who answers with a right secret is not counted, as with a right password.
    if (response.ok) await services.limits.forgive(limited)
    return response
  } catch (error) {
    const document = problemDocument(error, requestId)
    if (document.status >= 500) services.log.error({ request_id: requestId, err: error }, 'request failed')
    return problemResponse(document, headers)
  }
}

/** A bearer token names no browser, so only the cookie signs somebody in here. */
async function cookieCaller(services: Services, given: Headers): Promise<Caller | null> {
  return services.identify(new Headers({ cookie: given.get('cookie') ?? '' }))
}
