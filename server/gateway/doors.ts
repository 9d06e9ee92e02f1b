import { SmartCoercionPlugin } from '@orpc/json-schema'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { type AnyRouter, ORPCError, onError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/fetch'
import { ResponseHeadersPlugin } from '@orpc/server/plugins'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import type { Limits } from './limits.ts'
import { namedLogger } from './log.ts'
import type { CallContext } from './operation.ts'
import { extensionsOf, type FieldError, problem, problemDocument, problemResponse } from './problem.ts'
import { addressOf, boundedRequest, requestIdOf, requireSameOrigin } from './request.ts'
import { routeTable } from './route-table.ts'
import { eventStream } from './server-sent-events.ts'
import type { Services } from './services.ts'

/** The two HTTP doors to one table. Both only translate; the chain in operation.ts decides. */
export interface Doors {
  /** REST below /api. */
  rest(request: Request): Promise<Response>
  /** The browser's typed client below /rpc. */
  rpc(request: Request): Promise<Response>
}

export function createDoors(router: AnyRouter, services: Services, limits: Limits): Doors {
  const log = namedLogger(services.log, 'gateway')
  const routes = routeTable(router, '/api')
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
  const openapi = new OpenAPIHandler<CallContext>(router, {
    interceptors: outer() as never,
    plugins: [new ResponseHeadersPlugin(), new SmartCoercionPlugin({ schemaConverters: [new ZodToJsonSchemaConverter()] })],
    clientInterceptors: interceptors() as never,
  })
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

  async function callContext(request: Request, requestId: string): Promise<CallContext> {
    const caller = await services.identify(request.headers)
    requireSameOrigin(request, caller)
    return { services, limits, caller, requestId, address: addressOf(request.headers), userAgent: request.headers.get('user-agent') }
  }

  async function logged(request: Request, door: string, answer: (requestId: string) => Promise<Response>): Promise<Response> {
    const requestId = requestIdOf(request.headers)
    const startedAt = performance.now()
    let response: Response
    try {
      response = await answer(requestId)
    } catch (error) {
      response = problemResponse(report(error, requestId))
    }
    response.headers.set('x-request-id', requestId)
    response.headers.set('cache-control', response.headers.get('cache-control') ?? 'no-store')
    log.info(
      {
        request_id: requestId,
        door,
        method: request.method,
        path: new URL(request.url).pathname,
        status: response.status,
        duration_ms: Math.round(10 * (performance.now() - startedAt)) / 10,
      },
      'request',
    )
    return response
  }

  async function callRest(request: Request, context: CallContext): Promise<Response> {
    const { matched, response } = await openapi.handle(request, { prefix: '/api', context })
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

  return {
    rest: (request) =>
      logged(request, 'rest', async (requestId) => {
        const { pathname } = new URL(request.url)
        const method = request.method === 'HEAD' ? 'GET' : request.method
        const here = routes.filter((route) => route.pattern.test(pathname))
        const route = here.find((candidate) => candidate.method === method)
        const context = await callContext(request, requestId)
        if (!route) {
          // Who is not signed in learns nothing about which paths exist.
          if (!context.caller) throw problem('unauthenticated', 'This needs a valid access token or a signed-in browser session.')
          if (here.length === 0) throw problem('not_found', 'There is no such path.')
          const allow = here.map((candidate) => candidate.method).join(', ')
          return problemResponse(problemDocument(problem('method_not_allowed', `This path answers ${allow}.`), requestId), new Headers({ allow }))
        }
        if (!context.caller && route.meta.permission !== 'public') {
          const headers = new Headers({ 'www-authenticate': 'Bearer' })
          try {
            await limits.take(route.name, 'default', null, context.address, headers)
          } catch (error) {
            return problemResponse(problemDocument(error, requestId), headers)
          }
          return problemResponse(
            problemDocument(problem('unauthenticated', 'This needs a valid access token or a signed-in browser session.'), requestId),
            headers,
          )
        }
        const bounded = await boundedRequest(
          request.method === 'HEAD' ? new Request(request.url, { headers: request.headers }) : request,
          multipartLimitBytes,
        )
        if (route.meta.streams && request.headers.get('accept')?.includes('text/event-stream'))
          return eventStream((progress) => callRest(bounded, { ...context, progress }))
        const response = await callRest(bounded, context)
        return request.method === 'HEAD' ? new Response(null, response) : response
      }),
    rpc: (request) =>
      logged(request, 'rpc', async (requestId) => {
        const context = await callContext(request, requestId)
        const { matched, response } = await rpcHandler.handle(await boundedRequest(request, multipartLimitBytes), { prefix: '/rpc', context })
        settle(requestId, response?.status)
        if (!matched) throw problem('not_found', 'There is no such operation.')
        return response
      }),
  }
}
