import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  fullJitterGenerator,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel'

export interface TargetState {
  /** Scheme, host and port. */
  target: string
  /** `closed` lets calls through, `open` refuses them, `half_open` tries one. */
  state: 'closed' | 'open' | 'half_open'
  calls: number
  failures: number
  lastFailureAt: Date | null
}

/** The way to one target. */
export interface Circuit {
  /** A call that changes nothing: repeated twice when it fails for a moment. */
  safe<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T>
  /** A call that may change something: never repeated. An answer of 5xx counts as a failure, but is given. */
  once(run: () => Promise<Response>): Promise<Response>
}

/** After so many failures in a row a target rests, and for how long. */
const failuresInARow = 5
const restMs = 15_000
const repeats = 2
const mostTargets = 500

const names: Record<CircuitState, TargetState['state']> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  // Nobody isolates a circuit by hand here.
  [CircuitState.Isolated]: 'open',
}

class ServerFailure extends Error {
  constructor(readonly response: Response) {
    super(`status ${response.status}`)
  }
}

/** Retry with full jitter (Brooker, "Exponential Backoff and Jitter", AWS 2015) around a circuit breaker (Nygard, "Release It!"), per target. */
export function circuits({ mayPass, resting }: { mayPass: (error: unknown) => boolean; resting: (target: string) => Error }) {
  const known = new Map<string, { circuit: Circuit; state: () => TargetState }>()

  function make(target: string) {
    const counts = { calls: 0, failures: 0, lastFailureAt: null as Date | null }
    // Any error of a call that may change something counts; of a safe one only what is the target's fault.
    const isFailure = (error: Error) =>
      error instanceof ServerFailure || mayPass(error) || error.name === 'TypeError' || error.name === 'TimeoutError'
    const breaker = circuitBreaker(handleWhen(isFailure), { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(failuresInARow) })
    const again = retry(handleWhen(mayPass), {
      maxAttempts: repeats,
      backoff: new ExponentialBackoff({ initialDelay: 200, maxDelay: 2_000, generator: fullJitterGenerator }),
    })
    const repeated = wrap(again, breaker)
    async function through<T>(policy: IPolicy, signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
      try {
        return await policy.execute(async () => {
          counts.calls++
          try {
            return await run()
          } catch (error) {
            if (isFailure(error as Error)) Object.assign(counts, { failures: counts.failures + 1, lastFailureAt: new Date() })
            throw error
          }
        }, signal)
      } catch (error) {
        throw error instanceof BrokenCircuitError ? resting(target) : error
      }
    }
    return {
      circuit: {
        safe: (signal: AbortSignal, run: () => Promise<never>) => through(repeated, signal, run),
        once: (run: () => Promise<Response>) =>
          through(breaker, undefined, async () => {
            const response = await run()
            if (response.status >= 500) throw new ServerFailure(response)
            return response
          }).catch((error: unknown) => {
            if (error instanceof ServerFailure) return error.response
            throw error
          }),
      } as Circuit,
      state: (): TargetState => ({ target, state: names[breaker.state], ...counts }),
    }
  }

  return {
    of(target: string): Circuit {
      const found = known.get(target) ?? make(target)
      // The one that was called longest ago is forgotten first.
      known.delete(target)
      known.set(target, found)
      for (const oldest of known.keys()) {
        if (known.size <= mostTargets) break
        known.delete(oldest)
      }
      return found.circuit
    },
    states: () => [...known.values()].map(({ state }) => state()),
  }
}
