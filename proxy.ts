// Runs before every page: the content security policy with a fresh nonce, and the way to the sign-in page. The other security headers
// are set on every answer by server/gateway/edge.ts.
import { type NextRequest, NextResponse } from 'next/server'

const development = process.env.NODE_ENV === 'development'

/** Elements and scripts need the nonce; style attributes are allowed because server-rendered components write them. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    // The development server evaluates modules as strings; a build never does.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    "worker-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    // blob: is what the page itself has made. Models of headsets carry their pictures inside, and three.js reads those that way.
    `connect-src 'self' blob:${development ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** A hint, not a check: whether the session lives is decided by the server on every call. The name is that of server/auth/identify.ts. */
const hasSessionCookie = (request: NextRequest) => request.cookies.has('aia.session')

/** The laboratory shows made-up graphs, no one's knowledge. */
const isLab = (pathname: string) => pathname.startsWith('/lab/')
const openToAll = new Set(['/signin', '/invitation', '/offline'])
const isOpen = (pathname: string) => openToAll.has(pathname) || isLab(pathname)

export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl
  // Its page asks server/env.ts too, but a page that has begun to stream answers 200, and this is none.
  if (isLab(pathname) && process.env.AIA_LAB !== '1') return new NextResponse('There is no such page.\n', { status: 404 })
  if (!isOpen(pathname) && !hasSessionCookie(request)) {
    const target = request.nextUrl.clone()
    target.pathname = '/signin'
    target.search = pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`
    return NextResponse.redirect(target)
  }
  const nonce = btoa(crypto.randomUUID())
  const policy = contentSecurityPolicy(nonce)
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

export const config = {
  matcher: [
    {
      // Pages only: doors, documents with their own policy, and files are left alone.
      source: '/((?!api|rpc|oauth|docs|redoc|openapi|health|ready|metrics|share|vendor|_next/static|_next/image|.*\\..*).*)',
      missing: [
        { type: 'header', key: 'next-router-prefetch' },
        { type: 'header', key: 'purpose', value: 'prefetch' },
      ],
    },
  ],
}
