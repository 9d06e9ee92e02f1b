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

const apiVersions = ['v1', 'v2'] as const
type ApiVersion = (typeof apiVersions)[number]

/** The version of the API that `?version=` asks for: undefined for all of them, null for one that does not exist. */
function askedVersion(request: Request): ApiVersion | undefined | null {
  const asked = new URL(request.url).searchParams.get('version')
  return asked === null ? undefined : (apiVersions.find((version) => version === asked) ?? null)
}

const unknownVersion = (request: Request) =>
  problemResponse(
    problemDocument(
      problem('invalid_input', 'There is no such version of the API.', [{ pointer: '/version', detail: `must be one of ${apiVersions.join(', ')}` }]),
      requestIdOf(request.headers),
    ),
  )

/** The OpenAPI document in one of its two forms; `?version=v1` keeps the paths of one version of the API. */
export const openapiDocument = (request: Request, form: '3.1' | '3.0') =>
  forSignedIn(request, async () => {
    const version = askedVersion(request)
    if (version === null) return unknownVersion(request)
    const { paths, ...rest } = await document()
    const kept = Object.entries(paths as object).filter(([path]) => !version || path.startsWith(`/${version}/`))
    const described = { ...rest, paths: Object.fromEntries(kept) }
    return Response.json(form === '3.1' ? described : openapi30(described))
  })

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

/** One version at a time: a reader takes seconds to lay out all of two versions. */
const versionLinks = (shown: ApiVersion) =>
  apiVersions
    .map((version) => `<a href="?version=${version}"${version === shown ? ' aria-current="page"' : ''}>Version ${version.slice(1)}</a>`)
    .join('')

const page = (title: string, shown: ApiVersion, head: string, script: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${head}<link rel="stylesheet" href="/api-reference.css"></head><body><nav aria-label="Versions of the API"><a href="/ask">AIA</a>${versionLinks(shown)}</nav><main id="reference" data-document="/openapi.json?version=${shown}"></main>${script}<script src="/api-reference.js"></script></body></html>`

/** A page that reads the OpenAPI document to a person, version 1 unless asked for another. */
export const apiReference = (request: Request, reader: 'swagger' | 'redoc') =>
  forSignedIn(request, async () => {
    const version = askedVersion(request)
    if (version === null) return unknownVersion(request)
    const shown = version ?? apiVersions[0]
    const html =
      reader === 'swagger'
        ? page('API · AIA', shown, '<link rel="stylesheet" href="/vendor/swagger-ui.css">', '<script src="/vendor/swagger-ui-bundle.js"></script>')
        : page('API reference · AIA', shown, '', '<script src="/vendor/redoc.standalone.js"></script>')
    return new Response(html, {
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy, 'cache-control': 'no-store' },
    })
  })
