import type { CallContext } from './operation.ts'

/**
 * Names the state that the answer is made from (RFC 9110, 8.8.3), so that a browser keeps the answer and asks with If-None-Match whether it still holds.
 * @param state holds the enterprise's id: whoever signs in next on the same browser must not be told that nothing has changed
 * @returns true when the caller has an answer of this state, so that 304 says everything
 */
export function isUnchanged({ resHeaders, ifNoneMatch }: Pick<CallContext, 'resHeaders' | 'ifNoneMatch'>, state: string): boolean {
  const tag = `W/"${state}"`
  resHeaders?.set('etag', tag)
  resHeaders?.set('cache-control', 'private, no-cache')
  // Compared weakly, as the method asks (RFC 9110, 13.1.2).
  const given = ifNoneMatch?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? []
  return given.includes('*') || given.includes(tag.slice(2))
}

/**
 * Has a browser drop what its own cache keeps of such answers (Clear Site Data, W3C, 3.1): with the answer that says that a session is over. Browsers
 * do it for https and for this machine only.
 */
export const dropKept = (headers: Headers | undefined): void => headers?.set('clear-site-data', '"cache"')
