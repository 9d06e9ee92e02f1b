import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { resourceGrants } from '../tables.ts'

export const revokeGrant = identityOperation
  .meta({ permission: 'access.manage', limit: 'default', audit: 'row', state: 'removed' })
  .route({ method: 'DELETE', path: '/v1/auth/grants/{id}', summary: 'Close a resource that was opened', tags: ['access'] })
  .input(z.strictObject({ id: z.uuid() }))
  .output(z.object({ id: z.uuid() }))
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [gone] = await tx
      .delete(resourceGrants)
      .where(and(eq(resourceGrants.enterpriseId, caller.enterpriseId), eq(resourceGrants.id, input.id)))
      .returning()
    if (!gone) throw problem('not_found', 'There is no such grant.')
    const before = { kind: gone.kind, resource_id: gone.resourceId, permission: gone.permission }
    audit({ target: gone.id, before, detail: before })
    return { id: gone.id }
  })
