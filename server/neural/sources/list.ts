import { and, count, desc, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../gateway/cursor.ts'
import { operation } from '../../gateway/operation.ts'
import { sourceFilter, sourceList, sourceStateNames } from '../contract.ts'
import { sources } from '../tables.ts'
import { sourceColumns, sourceViews } from './view.ts'

const place = z.object({ at: z.string(), id: z.uuid() })
/** `%` and `_` of the caller are letters, not wildcards. */
export const containing = (text: string) => `%${text.trim().replace(/[\\%_]/g, '\\$&')}%`

export const listSources = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none', resource: { kind: 'source' } })
  .route({ method: 'GET', path: '/v1/neural/sources', summary: 'Sources, newest first', tags: ['neural'] })
  .input(sourceFilter)
  .output(sourceList)
  .handler(async ({ input, context: { tx, caller, within } }) => {
    const after = decodeCursor(input.cursor, place)
    const own = and(eq(sources.enterpriseId, caller.enterpriseId), within ? inArray(sources.id, [...within]) : undefined)
    // Microseconds matter: many sources are made in one transaction, and a Date holds milliseconds only.
    const exactTime = sql<string>`${sources.createdAt}::text`
    const list = await tx
      .select({ ...sourceColumns, exactTime })
      .from(sources)
      .where(
        and(
          own,
          input.state && eq(sources.state, input.state),
          input.q ? sql`(${sources.title} ilike ${containing(input.q)} or ${sources.location} ilike ${containing(input.q)})` : undefined,
          after && sql`(${sources.createdAt}, ${sources.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`,
        ),
      )
      .orderBy(desc(sources.createdAt), desc(sources.id))
      .limit(input.limit + 1)
    const byState = await tx.select({ state: sources.state, n: count() }).from(sources).where(own).groupBy(sources.state)
    const page = list.slice(0, input.limit)
    const last = list.length > input.limit ? page.at(-1) : undefined
    return {
      items: await sourceViews(tx, caller.enterpriseId, page),
      next_cursor: last ? encodeCursor({ at: last.exactTime, id: last.id }) : null,
      counts: Object.fromEntries(sourceStateNames.map((state) => [state, byState.find((row) => row.state === state)?.n ?? 0])) as Record<
        (typeof sourceStateNames)[number],
        number
      >,
    }
  })
