import { isDeepStrictEqual } from 'node:util'
import { measurements, type Point, retentionMs, type SeriesStore } from './port.ts'

const hourMs = 3_600_000
// Both stores drop what is older while they are asked.
const marginMs = 2 * hourMs
const compared = ['count', 'min', 'max'] as const

/**
 * Copies points from one store into another, then asks both the same: count, least and greatest value of every measurement, by the hour.
 * @param points all of them in batches, none later than `untilMs`
 * @throws Error when the answers differ
 */
export async function copySeries(
  points: AsyncIterable<readonly Point[]>,
  { from, to, enterpriseIds, untilMs }: { from: SeriesStore; to: SeriesStore; enterpriseIds: readonly string[]; untilMs: number },
): Promise<number> {
  let copied = 0
  for await (const batch of points) {
    const { refused } = await to.write(batch)
    copied += batch.length - refused
  }
  const fromMs = Math.ceil((Date.now() - retentionMs + marginMs) / hourMs) * hourMs
  for (const enterpriseId of enterpriseIds)
    for (const measurement of measurements)
      for (const aggregate of compared) {
        const query = { measurement, enterpriseId, tags: {}, aggregate, fromMs, toMs: Math.max(fromMs, untilMs) + 1, bucketMs: hourMs }
        const [here, there] = [await from.query(query), await to.query(query)]
        if (!isDeepStrictEqual(here, there)) throw new Error(`The points of ${measurement} did not arrive as they were.`)
      }
  return copied
}
