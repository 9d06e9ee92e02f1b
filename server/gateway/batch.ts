import { z } from 'zod'
import { longOperation } from './operation.ts'
import { problem } from './problem.ts'

const mostCalls = 50

const call = z.strictObject({
  /** Comes back with the answer. */
  id: z.string().min(1).max(100).optional(),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** Path and query of an operation, for example /api/v2/neural/sources?limit=10. */
  path: z
    .string()
    .max(4_000)
    .regex(/^\/api\/v[12]\/[^\s#]+$/, 'must be the path of an operation, from /api/v1/ or /api/v2/ on')
    .refine((path) => !/^\/api\/v\d\/(?:batch|events)\b/.test(path), 'a batch can hold neither another nor a stream of events'),
  body: z.unknown().optional(),
  idempotency_key: z
    .string()
    .regex(/^[\x21\x23-\x7e]{1,255}$/)
    .optional(),
})

const answer = z.object({
  id: z.string().nullable(),
  status: z.int(),
  /** What the operation answered, or its problem document; text where it answers no JSON. */
  body: z.unknown(),
})

/**
 * Several operations in one request, one after the other. Each passes the whole gateway by itself: it takes from its own limit, is
 * permitted, audited and answered by itself, and what one of them did stays when another fails.
 */
export const batch = longOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'own', state: 'event' })
  .route({ method: 'POST', path: '/v2/batch', summary: `Up to ${mostCalls} operations in one request, each with its own status`, tags: ['gateway'] })
  .input(z.strictObject({ operations: z.array(call).min(1).max(mostCalls) }))
  .output(z.object({ results: z.array(answer) }))
  .handler(async ({ input, context: { dispatch } }) => {
    if (!dispatch) throw problem('unavailable', 'A batch can only be sent to the REST door.')
    const results = []
    for (const { id, method, path, body, idempotency_key: key } of input.operations) {
      const headers = new Headers({ accept: 'application/json', ...(key ? { 'idempotency-key': key } : {}) })
      const hasBody = body !== undefined && method !== 'GET'
      if (hasBody) headers.set('content-type', 'application/json')
      const response = await dispatch(
        new Request(new URL(path, 'http://batch'), { method, headers, ...(hasBody ? { body: JSON.stringify(body) } : {}) }),
      )
      const text = await response.text()
      const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
      results.push({ id: id ?? null, status: response.status, body: text === '' ? null : isJson ? JSON.parse(text) : text })
    }
    return { results }
  })
