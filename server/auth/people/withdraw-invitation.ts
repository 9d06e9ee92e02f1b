import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { invitations } from '../tables.ts'

export const withdrawInvitation = identityOperation
  .meta({ permission: 'people.manage', limit: 'default', audit: 'row', state: 'removed' })
  .route({ method: 'DELETE', path: '/v1/auth/invitations/{id}', summary: 'Make an unused invitation worthless', tags: ['people'] })
  .input(z.strictObject({ id: z.uuid() }))
  .output(z.object({ id: z.uuid() }))
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [gone] = await tx
      .delete(invitations)
      .where(and(eq(invitations.enterpriseId, caller.enterpriseId), eq(invitations.id, input.id), isNull(invitations.acceptedAt)))
      .returning({ id: invitations.id, role: invitations.role, partnerLevel: invitations.partnerLevel })
    if (!gone) throw problem('not_found', 'There is no such open invitation.')
    audit({ target: gone.id, before: { role: gone.role, partner_level: gone.partnerLevel } })
    return { id: gone.id }
  })
