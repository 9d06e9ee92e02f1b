import type { OperationMeta } from './operation.ts'

/**
 * Tells callers that an operation should not be used any more (Deprecation, RFC 9745) and when it will end (Sunset, RFC 8594), with a
 * link to what takes its place.
 */
export function describeEnd({ deprecated }: OperationMeta, headers: Headers): void {
  if (!deprecated) return
  headers.set('deprecation', `@${Math.floor(Date.parse(deprecated.since) / 1_000)}`)
  if (deprecated.sunset) headers.set('sunset', new Date(deprecated.sunset).toUTCString())
  if (deprecated.link) headers.append('link', `<${deprecated.link}>; rel="deprecation"; type="text/html"`)
}
