import { type Logger, namedLogger } from './log.ts'
import type { Caller } from './services.ts'

/** What the request log tells of a call. */
export interface RequestFacts {
  requestId: string
  /** As declared, never as asked: what stands in a caller's path or query may be anything. Null for what is not known. */
  route: string | null
  caller: Pick<Caller, 'personId' | 'enterpriseId' | 'impersonator'> | null
}

/** Writes the one line of a request; `startedAt` is a reading of performance.now(). */
export type RequestLog = (door: string, method: string, facts: RequestFacts, status: number, startedAt: number) => void

export function requestLog(services: { log: Logger }): RequestLog {
  const log = namedLogger(services.log, 'gateway')
  return (door, method, { requestId, route, caller }, status, startedAt) =>
    log.info(
      {
        request_id: requestId,
        door,
        method,
        route,
        status,
        duration_ms: Math.round(10 * (performance.now() - startedAt)) / 10,
        caller: caller?.personId ?? null,
        enterprise: caller?.enterpriseId ?? null,
        ...(caller?.impersonator ? { impersonator: caller.impersonator.personId } : {}),
      },
      'request',
    )
}
