import { setTimeout as sleep } from 'node:timers/promises'
import type { Cache, Outcome, Work } from './port.ts'

/** How long the others leave the making to one process, and how often they look whether it is done. */
const leaseMs = 30_000
const lookEveryMs = 50

/** Claims a name among processes for `leaseMs`; null when another has it, else what gives it free, for which nobody waits. */
type Claim = (name: string, leaseMs: number) => Promise<(() => void) | null>

/** `shared` of a cache: callers of this process wait for one promise, processes for one claim. */
export function singleFlight(claim: Claim): Cache['shared'] {
  const flights = new Map<string, Promise<Outcome<unknown>>>()

  async function makeAlone<T>(name: string, { find, make }: Work<T>): Promise<Outcome<T>> {
    // By a clock that nobody sets.
    const until = performance.now() + leaseMs
    for (;;) {
      const claiming = claim(name, leaseMs)
      try {
        // Whoever had the claim may have stored it since the last look. Asked right after the claim, so that the way there is gone once.
        const found = await find()
        if (found !== undefined) return { value: found, made: false }
        if ((await claiming) || performance.now() >= until) return { value: await make(), made: true }
      } finally {
        const release = await claiming
        release?.()
      }
      await sleep(lookEveryMs)
    }
  }

  return async function shared<T>(name: string, work: Work<T>): Promise<Outcome<T>> {
    const found = await work.find()
    if (found !== undefined) return { value: found, made: false }
    // A name stands for one kind of value: whoever uses it chose both.
    const others = flights.get(name) as Promise<Outcome<T>> | undefined
    if (others) {
      return others.then(
        ({ value }) => ({ value, made: false }),
        async () => ({ value: await work.make(), made: true }),
      )
    }
    const flight = makeAlone(name, work).finally(() => flights.delete(name))
    flights.set(name, flight)
    return flight
  }
}
