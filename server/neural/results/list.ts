import { and, desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../gateway/cursor.ts'
import { operation } from '../../gateway/operation.ts'
import { pageInput, type processingTypes, resultList, type resultSummary } from '../contract.ts'
import { results } from '../tables.ts'

const place = z.object({ at: z.string(), id: z.uuid() })

export const listResults = operation
  .meta({ permission: 'knowledge.ask', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/neural/results', summary: 'Your earlier questions, newest first', tags: ['neural'] })
  .input(pageInput)
  .output(resultList)
  .handler(async ({ input, context: { tx, caller } }) => {
    const after = decodeCursor(input.cursor, place)
    const list = await tx
      .select({
        id: results.id,
        question: results.question,
        status: results.status,
        confidence: results.confidence,
        mode: results.mode,
        createdAt: results.createdAt,
        exactTime: sql<string>`${results.createdAt}::text`,
      })
      .from(results)
      .where(
        and(
          eq(results.enterpriseId, caller.enterpriseId),
          eq(results.personId, caller.personId),
          after && sql`(${results.createdAt}, ${results.id}) < (${after.at}::timestamptz, ${after.id}::uuid)`,
        ),
      )
      .orderBy(desc(results.createdAt), desc(results.id))
      .limit(input.limit + 1)
    const page = list.slice(0, input.limit)
    const last = list.length > input.limit ? page.at(-1) : undefined
    return {
      items: page.map((row) => ({
        id: row.id,
        question: row.question,
        status: row.status as z.infer<typeof resultSummary>['status'],
        confidence: row.confidence,
        mode: row.mode as (typeof processingTypes)[number],
        created_at: row.createdAt.toISOString(),
      })),
      next_cursor: last ? encodeCursor({ at: last.exactTime, id: last.id }) : null,
    }
  })
