import { and, count, desc, eq, gte, lt, lte, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../gateway/cursor.ts'
import { longOperation } from '../gateway/operation.ts'
import { auditEntries } from '../gateway/tables.ts'
import { auditFilter, auditList } from './contract.ts'
import { auditRows, personalOf } from './view.ts'

const place = z.strictObject({ before: z.int() })

export const listAudit = longOperation
  .meta({ permission: 'audit.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/audit/entries', summary: 'The audit log, newest first', tags: ['audit'] })
  .input(auditFilter)
  .output(auditList)
  .handler(async ({ input, context: { read, caller, services } }) => {
    const after = decodeCursor(input.cursor, place)
    const filter = and(
      eq(auditEntries.enterpriseId, caller.enterpriseId),
      input.actor ? or(eq(auditEntries.actor, input.actor), eq(auditEntries.impersonator, input.actor)) : undefined,
      input.operation ? sql`starts_with(${auditEntries.operation}, ${input.operation})` : undefined,
      input.target ? eq(auditEntries.target, input.target) : undefined,
      input.outcome ? eq(auditEntries.outcome, input.outcome) : undefined,
      input.from ? gte(auditEntries.at, new Date(input.from)) : undefined,
      input.to ? lte(auditEntries.at, new Date(input.to)) : undefined,
    )
    const { found, personal, total } = await read(async (tx) => {
      const entries = await tx
        .select()
        .from(auditEntries)
        .where(and(filter, after && lt(auditEntries.sequence, after.before)))
        .orderBy(desc(auditEntries.sequence))
        .limit(input.limit + 1)
      const [counted] = await tx.select({ n: count() }).from(auditEntries).where(filter)
      return { found: entries, personal: await personalOf(tx, services, caller.enterpriseId, entries), total: counted?.n ?? 0 }
    })
    const page = found.slice(0, input.limit)
    const last = found.length > input.limit ? page.at(-1) : undefined
    return { items: await auditRows(services, page, personal), next_cursor: last ? encodeCursor({ before: last.sequence }) : null, total }
  })
