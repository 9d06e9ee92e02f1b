import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import type { Tier } from '../enterprise/tables.ts'
import { problem } from './problem.ts'

const hourSeconds = 3_600

/** Points an hour, per caller and per endpoint (MISSION.md, API gateway). */
const pointsPerHour = { anonymous: 100, standard: 1_000, enterprise: 10_000, fortune_500: 10_000 } as const satisfies Record<
  Tier | 'anonymous',
  number
>
/** Sign-in attempts an hour from one address. */
const loginsPerHour = 120

export type LimitClass = 'default' | 'login'

export interface Limits {
  /**
   * Takes one point and returns the headers that say what is left.
   * @throws problem rate_limited with a Retry-After header in `headers`
   */
  take(
    endpoint: string,
    limitClass: LimitClass,
    caller: { tier: Tier; personId: string } | null,
    address: string,
    headers: Headers | undefined,
  ): Promise<void>
}

/** Limits in this process's memory. */
export function memoryLimits(): Limits {
  const limiters = new Map<string, RateLimiterMemory>()
  function limiter(name: string, points: number): RateLimiterMemory {
    const known = limiters.get(name) ?? new RateLimiterMemory({ keyPrefix: name, points, duration: hourSeconds })
    limiters.set(name, known)
    return known
  }
  return {
    async take(endpoint, limitClass, caller, address, headers) {
      const group = limitClass === 'login' ? 'login' : (caller?.tier ?? 'anonymous')
      const points = group === 'login' ? loginsPerHour : pointsPerHour[group]
      const key = `${endpoint}:${limitClass === 'login' || !caller ? address : caller.personId}`
      let state: RateLimiterRes
      let refused = false
      try {
        state = await limiter(group, points).consume(key)
      } catch (rejection) {
        if (rejection instanceof Error) throw rejection
        state = rejection as RateLimiterRes
        refused = true
      }
      const resetSeconds = Math.ceil(state.msBeforeNext / 1_000)
      headers?.set('ratelimit-limit', String(points))
      headers?.set('ratelimit-remaining', String(state.remainingPoints))
      headers?.set('ratelimit-reset', String(resetSeconds))
      if (refused) {
        headers?.set('retry-after', String(resetSeconds))
        throw problem('rate_limited', `At most ${points} calls an hour are allowed here. Try again in ${resetSeconds} seconds.`)
      }
    },
  }
}
