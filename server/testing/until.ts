import { setTimeout as sleep } from 'node:timers/promises'

const limitMs = 120_000

/**
 * Asks until the answer is as wanted, by default anything that is not false.
 * @returns that answer
 * @throws Error with the last answer after two minutes: on a busy machine everything takes several times as long
 */
export async function until<T>(ask: () => T | Promise<T>, isSo: (found: T) => boolean = Boolean): Promise<T> {
  let last: T | undefined
  for (const givenUpAt = Date.now() + limitMs; Date.now() < givenUpAt; await sleep(50)) {
    last = await ask()
    if (isSo(last)) return last
  }
  throw new Error(`It did not come to this within two minutes: ${isSo === Boolean ? ask : isSo}, only to ${JSON.stringify(last)}`)
}
