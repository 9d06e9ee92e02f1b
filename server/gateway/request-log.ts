import { type Logger, namedLogger } from './log.ts'
import type { Measurements } from './measurements.ts'
import type { Caller } from './services.ts'

/** What the request log tells of a call. */
export interface RequestFacts {
  requestId: string
  /** As declared, never as asked: what stands in a caller's path or query may be anything. Null for what is not known. */
  route: string | null
  /** Name of the operation; null where there is none. */
  operation: string | null
  caller: Pick<Caller, 'personId' | 'enterpriseId' | 'impersonator'> | null
}

/** Writes the one line of a request and measures it; `startedAt` is a reading of performance.now(). */
export type RequestLog = (door: string, method: string, facts: RequestFacts, status: number, startedAt: number) => void

const outcomeOf = (status: number) => (status < 400 ? 'ok' : status < 500 ? 'refused' : 'failed')

export function requestLog({ log: root, measurements }: { log: Logger; measurements: Measurements }): RequestLog {
  const log = namedLogger(root, 'gateway')
  return (door, method, { requestId, route, operation, caller }, status, startedAt) => {
    const durationMs = performance.now() - startedAt
    log.info(
      {
        request_id: requestId,
        door,
        method,
        route,
        status,
        duration_ms: Math.round(10 * durationMs) / 10,
        caller: caller?.personId ?? null,
        enterprise: caller?.enterpriseId ?? null,
        ...(caller?.impersonator ? { impersonator: caller.impersonator.personId } : {}),
      },
      'request',
    )
    const of = { enterpriseId: caller?.enterpriseId ?? null, tags: { operation: operation ?? 'unknown' } }
    measurements.observe({ ...of, measurement: 'system_performance', metric: 'latency_ms' }, durationMs)
    measurements.count({ ...of, measurement: 'enterprise_usage', metric: 'calls', tags: { ...of.tags, door, outcome: outcomeOf(status) } })
  }
}
