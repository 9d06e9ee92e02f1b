import { and, desc, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { invitations } from '../tables.ts'
import { invitationView } from './invitation.ts'
import { invitation } from './shapes.ts'

export const listInvitations = identityOperation
  .meta({ permission: 'people.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/invitations', summary: 'Invitations nobody has used yet, newest first', tags: ['people'] })
  .input(noInput)
  .output(z.object({ items: z.array(invitation) }))
  .handler(async ({ context: { tx, caller } }) => {
    const rows = await tx
      .select()
      .from(invitations)
      .where(and(eq(invitations.enterpriseId, caller.enterpriseId), isNull(invitations.acceptedAt)))
      .orderBy(desc(invitations.createdAt))
      .limit(500)
    return { items: rows.map(invitationView) }
  })
