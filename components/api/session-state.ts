// Whether the session was found to have ended. A small store, because any call, in or out of React, may find it.
let ended = false
const listeners = new Set<() => void>()

export const sessionEnded = () => ended

export function reportSessionEnded(): void {
  if (ended) return
  ended = true
  for (const listener of listeners) listener()
}

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The sign-in page that leads back to `path` (path and query of this site). */
export const signInPath = (path: string, notice?: 'ended') => {
  const params = new URLSearchParams()
  if (path !== '/' && path !== '') params.set('next', path)
  if (notice) params.set('notice', notice)
  const query = params.toString()
  return query ? `/signin?${query}` : '/signin'
}

/** Only paths of this site may be returned to after signing in; anything else gives the start. */
export function safeReturnPath(next: string | null | undefined): string {
  if (!next?.startsWith('/') || /^\/[/\\]/.test(next) || /[\p{Cc}\\]/u.test(next)) return '/overview'
  return next.startsWith('/signin') ? '/overview' : next
}
