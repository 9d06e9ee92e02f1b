import { and, asc, count, eq, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../gateway/cursor.ts'
import { operation } from '../../gateway/operation.ts'
import { rows } from '../../storage/database/port.ts'
import { atomFilter, atomList } from '../contract.ts'
import { containing } from '../sources/list.ts'
import { knowledgeAtoms } from '../tables.ts'
import { atomColumns, atomView } from './view.ts'
import { saidWithin, sourcesWithin, titleWithin } from './within.ts'

const place = z.object({ title: z.string(), id: z.uuid() })

export const listAtoms = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none', resource: { kind: 'source' } })
  .route({ method: 'GET', path: '/v1/neural/atoms', summary: 'Knowledge atoms by title, with facets', tags: ['neural'] })
  .input(atomFilter)
  .output(atomList)
  .handler(async ({ input, context: { tx, caller, within } }) => {
    const after = decodeCursor(input.cursor, place)
    const title = titleWithin(caller.enterpriseId, within, sql`${knowledgeAtoms.number}`, sql`${knowledgeAtoms.title}`)
    const base: (SQL | undefined)[] = [
      eq(knowledgeAtoms.enterpriseId, caller.enterpriseId),
      saidWithin(caller.enterpriseId, within, sql`${knowledgeAtoms.number}`),
      input.q ? sql`(${title} ilike ${containing(input.q)} or ${knowledgeAtoms.text} ilike ${containing(input.q)})` : undefined,
      input.source_id
        ? sql`exists (select 1 from occurrences o where o.enterprise_id = ${caller.enterpriseId} and o.source_id = ${input.source_id} and o.atom = ${knowledgeAtoms.number})`
        : undefined,
    ]
    const domain = input.domain ? sql`${input.domain} = any(${knowledgeAtoms.knowledgeDomains})` : undefined
    const kind = input.kind ? eq(knowledgeAtoms.kind, input.kind) : undefined
    const list = await tx
      .select({ ...atomColumns, title, sourceCount: sourcesWithin(caller.enterpriseId, within) })
      .from(knowledgeAtoms)
      .where(and(...base, domain, kind, after && sql`(${title}, ${knowledgeAtoms.id}) > (${after.title}, ${after.id}::uuid)`))
      .orderBy(asc(title), asc(knowledgeAtoms.id))
      .limit(input.limit + 1)
    const [total] = await tx
      .select({ n: count() })
      .from(knowledgeAtoms)
      .where(and(...base, domain, kind))
    // A facet counts what choosing another of its values would show, so its own filter is left out.
    const kinds = await tx
      .select({ value: knowledgeAtoms.kind, count: count() })
      .from(knowledgeAtoms)
      .where(and(...base, domain))
      .groupBy(knowledgeAtoms.kind)
    const domains = await rows<{ value: string; count: number }>(
      tx,
      sql`select d as value, count(*)::int as count from ${knowledgeAtoms}, unnest(${knowledgeAtoms.knowledgeDomains}) as d where ${and(...base, kind)} group by d`,
    )
    const page = list.slice(0, input.limit)
    const last = list.length > input.limit ? page.at(-1) : undefined
    const byCount = (a: { value: string; count: number }, b: { value: string; count: number }) => b.count - a.count || a.value.localeCompare(b.value)
    return {
      items: page.map(atomView),
      next_cursor: last ? encodeCursor({ title: last.title, id: last.id }) : null,
      total: total?.n ?? 0,
      facets: { domains: domains.sort(byCount), kinds: kinds.sort(byCount) },
    }
  })
