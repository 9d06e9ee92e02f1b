const second = 1
const minute = 60
const hour = 3_600

/** Seconds after each failed attempt until the next: about a day in all, longer and longer. */
export const retryAfterSeconds = [5 * second, 30 * second, 2 * minute, 10 * minute, 1 * hour, 4 * hour, 8 * hour, 12 * hour] as const
/** Receivers that were away are not asked by everybody at the same moment when they are back. */
const jitter = 0.2

/** When to try again after so many attempts made by themselves before; null when it is given up. @param random from 0 to 1 */
export function nextDelaySeconds(retries: number, random = Math.random()): number | null {
  const base = retryAfterSeconds[retries]
  return base === undefined ? null : Math.round(base * (1 - jitter + 2 * jitter * random))
}
