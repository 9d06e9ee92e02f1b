// Which addresses the service worker keeps, and which it leaves to the server. Pure, so that it can be tested without a browser.

export const offlinePage = '/offline'
export const sharePath = '/share'

/** Doors, documents of the API and what must always come from the server. */
const doors = /^\/(?:api|rpc|oauth|docs|redoc|openapi|health|ready|metrics|share|lab)(?:[/.-]|$)/
/** Pages that are about signing in: seen by whoever sits there, kept by nobody. */
const thresholds = /^\/(?:signin|invitation|consent|offline)(?:\/|$)/

const isFile = (pathname: string) => /\.[^/]*$/.test(pathname)

/** A file whose name changes with its content. */
export const isAppFile = (url: URL): boolean => url.pathname.startsWith('/_next/static/')

export const staysWithServer = (url: URL): boolean => doors.test(url.pathname) || isFile(url.pathname)

/** A page of the console, which may be kept once it was seen. */
export const isPage = (url: URL): boolean => !staysWithServer(url) && !thresholds.test(url.pathname) && !url.pathname.startsWith('/_next/')

/** A whole page of ours with its policy, and nothing that another page was answered with. */
export function keepsPage(response: Response): boolean {
  const { ok, redirected, headers } = response
  const isHtml = headers.get('content-type')?.startsWith('text/html') ?? false
  return ok && !redirected && isHtml && /'nonce-/.test(headers.get('content-security-policy') ?? '')
}
