import { SmartCoercionPlugin } from '@orpc/json-schema'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { type AnyRouter, ORPCError, onError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/fetch'
import { ResponseHeadersPlugin } from '@orpc/server/plugins'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import { batch } from './batch.ts'
import { dropKept } from './conditional.ts'
import { addCorsHeaders, preflight } from './cors.ts'
import { describeEnd } from './deprecation.ts'
import { idempotencyKeyOf } from './idempotency.ts'
import { namedLogger } from './log.ts'
import type { CallContext } from './operation.ts'
import { extensionsOf, type FieldError, problem, problemDocument, problemResponse } from './problem.ts'
import { addressOf, boundedRequest, requestIdOf, requireSameOrigin } from './request.ts'
import { type RequestFacts, requestLog } from './request-log.ts'
import { type RouteEntry, routeFinder, routeTable } from './route-table.ts'
import { secondVersion } from './second-version.ts'
import { eventStream } from './server-sent-events.ts'
import type { Services } from './services.ts'

/** The two HTTP doors to one table. Both only translate; the chain in operation.ts decides. */
export interface Doors {
  /** REST below /api. */
  rest(request: Request): Promise<Response>
  /** The browser's typed client below /rpc. */
  rpc(request: Request): Promise<Response>
}

interface ServedRoute extends RouteEntry {
  openapi: OpenAPIHandler<CallContext>
}

/** Nobody needs more than this to sign in. */
const publicLimitBytes = 64 * 1024
const notSignedIn = () => problem('unauthenticated', 'This needs a valid access token or a signed-in browser session.')

export function createDoors(router: AnyRouter, services: Services): Doors {
  const log = namedLogger(services.log, 'gateway')
  const logRequest = requestLog(services)
  const multipartLimitBytes = 4 * services.env.maxUploadBytes + 1024 * 1024
  // The chain throws what a client may see; anything else is logged with its cause and answered without it.
  const report = (error: unknown, requestId: string) => {
    const document = problemDocument(error, requestId)
    if (document.status >= 500) log.error({ request_id: requestId, err: error }, 'request failed')
    return document
  }
  // Plugins push into the arrays they are given, so every handler gets its own.
  const interceptors = () => [
    async (options: { context: CallContext; next: () => Promise<unknown> }) => {
      try {
        return await options.next()
      } catch (error) {
        const document = report(error, options.context.requestId)
        throw problem(document.code, document.detail ?? document.title, document.errors, extensionsOf(error))
      }
    },
  ]
  // What fails outside the chain is malformed input or a fault of ours; only the answer's status tells, so the cause waits for it.
  const causes = new Map<string, unknown>()
  const outer = () => [onError((error: unknown, options: unknown) => void causes.set((options as { context: CallContext }).context.requestId, error))]
  const versions = [router, secondVersion(router, { batch })].map((table) => {
    const openapi = new OpenAPIHandler<CallContext>(table, {
      interceptors: outer() as never,
      plugins: [new ResponseHeadersPlugin(), new SmartCoercionPlugin({ schemaConverters: [new ZodToJsonSchemaConverter()] })],
      clientInterceptors: interceptors() as never,
    })
    return routeTable(table, '/api').map((route) => ({ ...route, openapi }))
  })
  const routesOf = routeFinder(versions.flat(), '/api')
  const operations = new Map(versions[0]?.map((route) => [route.name, route]))
  const rpcHandler = new RPCHandler<CallContext>(router, {
    interceptors: outer() as never,
    plugins: [new ResponseHeadersPlugin()],
    clientInterceptors: interceptors() as never,
  })

  function settle(requestId: string, status = 404): void {
    const cause = causes.get(requestId)
    causes.delete(requestId)
    // The chain's own errors were reported where they were caught.
    if (status >= 500 && cause !== undefined && !(cause instanceof ORPCError)) log.error({ request_id: requestId, err: cause }, 'request failed')
  }

  async function callContext(request: Request, facts: RequestFacts): Promise<CallContext> {
    const caller = await services.identify(request.headers)
    facts.caller = caller
    requireSameOrigin(request, caller, services.env.publicUrl)
    const { headers } = request
    return {
      services,
      caller,
      requestId: facts.requestId,
      address: addressOf(headers),
      userAgent: headers.get('user-agent'),
      idempotencyKey: idempotencyKeyOf(headers),
      ifNoneMatch: headers.get('if-none-match'),
      identifyAgain: () => services.identify(headers),
    }
  }

  /** Runs a call, whatever comes of it ends in an answer and in one line of the request log. */
  async function logged(request: Request, door: string, answer: (facts: RequestFacts) => Promise<Response>): Promise<Response> {
    const facts: RequestFacts = { requestId: requestIdOf(request.headers), route: null, operation: null, caller: null }
    const startedAt = performance.now()
    let response: Response
    try {
      response = await answer(facts)
    } catch (error) {
      response = problemResponse(report(error, facts.requestId))
    }
    response.headers.set('x-request-id', facts.requestId)
    response.headers.set('cache-control', response.headers.get('cache-control') ?? 'no-store')
    // A browser whose session ended by itself.
    if (response.status === 401 && !facts.caller && request.headers.has('cookie')) dropKept(response.headers)
    if (door === 'rest') addCorsHeaders(response.headers, request.headers.get('origin'), services.env.corsOrigins)
    logRequest(door, request.method, facts, response.status, startedAt)
    return response
  }

  /** Takes a call from its limit before its body is read. A sign-in names its account in the body, so the chain takes that. */
  async function limited(route: RouteEntry, context: CallContext, headers: Headers): Promise<CallContext> {
    if (route.meta.limit === 'login') return context
    await services.limits.take({ endpoint: route.name, limitClass: 'default', caller: context.caller, address: context.address }, headers)
    return { ...context, isLimited: true }
  }

  async function callRest(route: ServedRoute, request: Request, context: CallContext): Promise<Response> {
    const { matched, response } = await route.openapi.handle(request, { prefix: '/api', context })
    settle(context.requestId, response?.status)
    if (!matched) throw problem('not_found', 'There is no such path.')
    if (response.status < 400) return response.status === 204 || response.status === 304 ? new Response(null, response) : response
    // oRPC encodes its own error format as application/json; clients get a problem document.
    const error = (await response.json()) as { code: string; message: string; data: { errors?: FieldError[] } }
    return problemResponse(
      problemDocument(new ORPCError(error.code, { message: error.message, data: error.data }), context.requestId),
      new Headers(response.headers),
    )
  }

  async function answerRest(request: Request, context: CallContext, facts: RequestFacts): Promise<Response> {
    const { pathname } = new URL(request.url)
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const here = routesOf(pathname)
    const route = here.find((candidate) => candidate.method === method)
    facts.route = (route ?? here[0])?.path ?? null
    facts.operation = route?.name ?? null
    if (!route) {
      // Who is not signed in learns nothing about which paths exist.
      if (!context.caller) throw notSignedIn()
      if (here.length === 0) throw problem('not_found', 'There is no such path.')
      const allow = here.map((candidate) => candidate.method).join(', ')
      const refusal = problem('method_not_allowed', `This path answers ${allow}.`)
      return problemResponse(problemDocument(refusal, facts.requestId), new Headers({ allow }))
    }
    const headers = new Headers()
    let admitted: CallContext
    try {
      admitted = await limited(route, context, headers)
      if (!context.caller && route.meta.permission !== 'public') {
        headers.set('www-authenticate', 'Bearer')
        throw notSignedIn()
      }
    } catch (error) {
      return problemResponse(report(error, facts.requestId), headers)
    }
    const bounded = await boundedRequest(
      request.method === 'HEAD' ? new Request(request.url, { headers: request.headers }) : request,
      route.meta.permission === 'public' ? publicLimitBytes : multipartLimitBytes,
    )
    if (route.meta.streams && request.headers.get('accept')?.includes('text/event-stream'))
      return eventStream((progress) => callRest(route, bounded, { ...admitted, progress }))
    describeEnd(route.meta, headers)
    const response = await callRest(route, bounded, admitted)
    for (const [name, value] of headers) if (!response.headers.has(name)) response.headers.set(name, value)
    if (request.method !== 'HEAD') return response
    // A stream would go on for nobody.
    await response.body?.cancel()
    return new Response(null, response)
  }

  /** One operation of a batch: as the caller of the batch, under its request id. */
  function answerPart(part: Request, whole: CallContext, facts: RequestFacts): Promise<Response> {
    Object.assign(facts, { requestId: whole.requestId, caller: whole.caller })
    return answerRest(part, { ...whole, idempotencyKey: idempotencyKeyOf(part.headers), ifNoneMatch: null }, facts)
  }

  return {
    rest: (request) =>
      logged(request, 'rest', async (facts) => {
        if (request.method === 'OPTIONS') return preflight(request, services.env.corsOrigins)
        const context = await callContext(request, facts)
        const dispatch = (part: Request) => logged(part, 'batch', (partFacts) => answerPart(part, context, partFacts))
        return answerRest(request, { ...context, dispatch }, facts)
      }),
    rpc: (request) =>
      logged(request, 'rpc', async (facts) => {
        const context = await callContext(request, facts)
        const name = new URL(request.url).pathname.replace(/^\/rpc\//, '').replaceAll('/', '.')
        const route = operations.get(name)
        facts.route = route?.name ?? null
        facts.operation = facts.route
        const headers = new Headers()
        let admitted = context
        try {
          if (route) admitted = await limited(route, context, headers)
        } catch (error) {
          return problemResponse(report(error, facts.requestId), headers)
        }
        const { matched, response } = await rpcHandler.handle(await boundedRequest(request, multipartLimitBytes), {
          prefix: '/rpc',
          context: admitted,
        })
        settle(context.requestId, response?.status)
        if (!matched) throw problem('not_found', 'There is no such operation.')
        for (const [field, value] of headers) if (!response.headers.has(field)) response.headers.set(field, value)
        return response
      }),
  }
}
