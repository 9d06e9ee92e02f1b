import { reportReachable } from '@/components/offline/connection'
import { beforeAsking } from '@/components/offline/leaving'
import { readProblem, toProblem } from './problem'

/** Marks a request as coming from our own pages; a foreign form cannot send it. */
export const ownHeaders = { 'x-browser': '1' } as const

/**
 * `fetch` whose failures are all Problems: no answer, and every answer that is not ok (an unchanged 304 apart).
 * Aborting still throws the browser's AbortError.
 */
export async function call(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response
  try {
    await beforeAsking()
    response = await fetch(input, init)
  } catch (error) {
    if (error instanceof DOMException) throw error
    reportReachable(false)
    throw toProblem(error)
  }
  reportReachable(true)
  if (response.ok || response.status === 304) return response
  const text = await response.text().catch(() => '')
  let body: unknown = null
  try {
    body = JSON.parse(text)
  } catch {
    body = null
  }
  throw readProblem(body, response.status, response.headers)
}

/** POSTs JSON to the REST door and gives the decoded answer, whose shape the caller names. */
export async function postJson<T>(path: string, body: unknown, idempotencyKey?: string): Promise<T> {
  const key: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }
  const headers = { ...ownHeaders, ...key, 'content-type': 'application/json' }
  const response = await call(path, { method: 'POST', headers, body: JSON.stringify(body) })
  return (await response.json()) as T
}
