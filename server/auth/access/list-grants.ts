import { desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { people, resourceGrants } from '../tables.ts'
import { grantView } from './grant-view.ts'
import { grant } from './shapes.ts'

export const listGrants = identityOperation
  .meta({ permission: 'access.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/grants', summary: 'Single resources opened to people and roles, newest first', tags: ['access'] })
  .input(noInput)
  .output(z.object({ items: z.array(grant) }))
  .handler(async ({ context: { tx, caller } }) => {
    const rows = await tx
      .select({ grant: resourceGrants, person: people })
      .from(resourceGrants)
      .leftJoin(people, eq(people.id, resourceGrants.personId))
      .where(eq(resourceGrants.enterpriseId, caller.enterpriseId))
      .orderBy(desc(resourceGrants.createdAt))
      .limit(500)
    return { items: rows.map((row) => grantView(row.grant, row.person)) }
  })
