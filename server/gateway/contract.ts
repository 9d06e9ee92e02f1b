// What goes out of the gateway's own operations. Plain schemas.
import { z } from 'zod'

const tierNames = ['standard', 'enterprise', 'fortune_500'] as const

export const limitUse = z.object({
  /** Tier of the enterprise, which decides how much each of its callers may use. */
  tier: z.enum(tierNames),
  /** Calls an hour, for each caller and each operation. */
  calls_per_hour: z.int(),
  /** Where calls are counted. While Redis is away each process of AIA counts for itself. */
  store: z.object({ adapter: z.enum(['memory', 'redis', 'redis-cluster']), away: z.boolean() }),
  policies: z.array(z.object({ name: z.string(), per_hour: z.int(), counts: z.string() })),
  items: z.array(
    z.object({
      caller: z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }),
      operation: z.string(),
      /** Calls within the last hour. */
      used: z.int(),
      limit: z.int(),
    }),
  ),
})

export const targetList = z.object({
  items: z.array(
    z.object({
      target: z.string(),
      state: z.enum(['closed', 'open', 'half_open']),
      calls: z.int(),
      failures: z.int(),
      last_failure_at: z.iso.datetime().nullable(),
    }),
  ),
})
