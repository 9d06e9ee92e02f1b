import { and, asc, count, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../gateway/cursor.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { memberships, people } from '../tables.ts'
import { memberView, selectMembers } from './member.ts'
import { peopleFilter, peopleList } from './shapes.ts'

const place = z.object({ email: z.string() })

export const listPeople = identityOperation
  .meta({ permission: 'people.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/people', summary: 'The people of this enterprise by email address', tags: ['people'] })
  .input(peopleFilter)
  .output(peopleList)
  .handler(async ({ input, context: { tx, caller } }) => {
    const after = decodeCursor(input.cursor, place)
    const like = input.q && `%${input.q.replace(/[\\%_]/g, '\\$&')}%`
    const wanted = and(
      eq(memberships.enterpriseId, caller.enterpriseId),
      like ? sql`(${people.email} ilike ${like} or ${people.name} ilike ${like})` : undefined,
    )
    const rows = await selectMembers(tx)
      .where(and(wanted, after && sql`${people.email} > ${after.email}`))
      .orderBy(asc(people.email))
      .limit(input.limit + 1)
    const [total] = await tx.select({ n: count() }).from(memberships).innerJoin(people, eq(people.id, memberships.personId)).where(wanted)
    const page = rows.slice(0, input.limit)
    const last = rows.length > input.limit ? page.at(-1) : undefined
    return { items: page.map(memberView), next_cursor: last ? encodeCursor({ email: last.email }) : null, total: total?.n ?? 0 }
  })
