import type { ObjectStore } from './port.ts'

/**
 * Copies every object of some enterprises that is not there yet, and reads each back: a store gives nothing whose bytes do not match their key.
 * @param onObject hears after each one how many are there
 * @throws Error when an object is damaged on either side
 */
export async function copyObjects(
  from: ObjectStore,
  to: ObjectStore,
  enterpriseIds: readonly string[],
  onObject: (done: number) => void = () => {},
): Promise<number> {
  let done = 0
  for (const enterpriseId of enterpriseIds) {
    const there = new Set(await to.list(enterpriseId))
    for (const key of await from.list(enterpriseId)) {
      if (!there.has(key)) await to.put(enterpriseId, await from.get(key))
      await to.get(key)
      onObject(++done)
    }
  }
  return done
}
