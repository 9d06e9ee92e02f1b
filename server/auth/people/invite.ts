import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { invitations, memberships, people } from '../tables.ts'
import { invitationDays, invitationView, newInvitationToken } from './invitation.ts'
import { requireRightsOver } from './member.ts'
import { foldedEmail, newInvitation, standing } from './shapes.ts'

export const invitePerson = identityOperation
  .meta({ permission: 'people.manage', limit: 'default', audit: 'row', state: 'made' })
  .route({
    method: 'POST',
    path: '/v1/auth/invitations',
    summary: 'Make a link, shown once, with which a person joins this enterprise',
    tags: ['people'],
  })
  .input(z.strictObject({ email: foldedEmail, ...standing }))
  .output(newInvitation)
  .handler(async ({ input, context: { tx, caller, audit, services } }) => {
    requireRightsOver(caller, { role: input.role, partnerLevel: input.partner_level })
    const [already] = await tx
      .select({ id: people.id })
      .from(people)
      .innerJoin(memberships, and(eq(memberships.personId, people.id), eq(memberships.enterpriseId, caller.enterpriseId)))
      .where(eq(people.email, input.email))
    if (already) throw problem('conflict', 'This person belongs to the enterprise already.')
    // Inviting again replaces the link that was never used.
    await tx
      .delete(invitations)
      .where(and(eq(invitations.enterpriseId, caller.enterpriseId), eq(invitations.email, input.email), isNull(invitations.acceptedAt)))
    const { token, tokenHash } = newInvitationToken()
    const [row] = await tx
      .insert(invitations)
      .values({
        enterpriseId: caller.enterpriseId,
        email: input.email,
        role: input.role,
        partnerLevel: input.role === 'partner' ? input.partner_level : 'none',
        tokenHash,
        invitedBy: caller.personId,
        expiresAt: new Date(Date.now() + invitationDays * 86_400_000),
      })
      .returning()
    if (!row) throw new Error('The invitation was not stored.')
    const kept = { role: row.role, partner_level: row.partnerLevel }
    audit({ target: row.id, after: kept, detail: kept })
    // Behind the #, so that the token reaches no server log and no other site.
    return { ...invitationView(row), link: `${services.env.publicUrl}/invitation#${token}` }
  })
