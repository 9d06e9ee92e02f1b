import { api } from './api.ts'
import { signingKeysOf } from './auth/signing-keys.ts'
import { batch } from './gateway/batch.ts'
import { openapi30, openapi31 } from './gateway/openapi.ts'
import { problem, problemDocument, problemResponse } from './gateway/problem.ts'
import { requestIdOf } from './gateway/request.ts'
import { secondVersion } from './gateway/second-version.ts'
import { getRuntime } from './runtime.ts'

/** Answers a signed-in caller with a document about the API; everybody else is sent to sign in. */
async function forSignedIn(request: Request, answer: () => Promise<Response>): Promise<Response> {
  const { services } = await getRuntime()
  if (await services.identify(request.headers)) return answer()
  if (request.headers.get('accept')?.includes('text/html'))
    return new Response(null, { status: 302, headers: { location: `/signin?next=${encodeURIComponent(new URL(request.url).pathname)}` } })
  return problemResponse(problemDocument(problem('unauthenticated', 'Sign in to read about the API.'), requestIdOf(request.headers)))
}

let document31: Promise<Record<string, unknown>> | undefined
const document = () => {
  document31 ??= openapi31(api, secondVersion(api, { batch }))
  return document31
}

export const openapiDocument = (request: Request, version: '3.1' | '3.0') =>
  forSignedIn(request, async () => Response.json(version === '3.1' ? await document() : openapi30(await document())))

// The readers bring styles and workers of their own, so their pages have a policy of their own; scripts come from our files only.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** The public halves of the current, the next and the retiring signing keys; anybody may read them, and keep them for five minutes. */
export async function publicKeySet(): Promise<Response> {
  const { keySet } = await signingKeysOf((await getRuntime()).services)
  return Response.json(keySet, {
    headers: { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
  })
}

const page = (title: string, head: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${head}</head><body>${body}</body></html>`

export const apiReference = (request: Request, reader: 'swagger' | 'redoc') =>
  forSignedIn(request, async () => {
    const html =
      reader === 'swagger'
        ? page(
            'API · AIA',
            '<link rel="stylesheet" href="/vendor/swagger-ui.css">',
            '<main id="reference"></main><script src="/vendor/swagger-ui-bundle.js"></script><script src="/api-reference.js"></script>',
          )
        : page(
            'API reference · AIA',
            '',
            '<main id="reference"></main><script src="/vendor/redoc.standalone.js"></script><script src="/api-reference.js"></script>',
          )
    return new Response(html, {
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'cache-control': 'no-store' },
    })
  })
