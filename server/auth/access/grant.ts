import { and, eq } from 'drizzle-orm'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { memberships, people, resourceGrants } from '../tables.ts'
import { grantView } from './grant-view.ts'
import { grant, newGrant } from './shapes.ts'

/** A grant on something that does not exist opens nothing: every operation still looks for the resource in the enterprise's own rows. */
export const grantAccess = identityOperation
  .meta({ permission: 'access.manage', limit: 'default', audit: 'row', state: 'made' })
  .route({ method: 'POST', path: '/v1/auth/grants', summary: 'Open one resource to a person or a role', tags: ['access'] })
  .input(newGrant)
  .output(grant)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [person] = input.person_id
      ? await tx
          .select({ id: people.id, name: people.name, email: people.email })
          .from(people)
          .innerJoin(memberships, and(eq(memberships.personId, people.id), eq(memberships.enterpriseId, caller.enterpriseId)))
          .where(eq(people.id, input.person_id))
      : []
    if (input.person_id && !person) throw problem('not_found', 'There is no such person in this enterprise.')
    const [row] = await tx
      .insert(resourceGrants)
      .values({
        enterpriseId: caller.enterpriseId,
        personId: input.person_id ?? null,
        role: input.role ?? null,
        kind: input.kind,
        resourceId: input.resource_id,
        permission: input.permission,
        expiresAt: input.expires_at ? new Date(input.expires_at) : null,
        createdBy: caller.personId,
      })
      .returning()
    if (!row) throw new Error('The grant was not stored.')
    audit({ target: row.id, after: input, detail: { ...input } })
    return grantView(row, person ?? null)
  })
