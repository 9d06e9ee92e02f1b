import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { appendAudit } from '../../gateway/audit.ts'
import { publicOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { weaknessOf } from '../password-policy.ts'
import { hashPassword, verifyPassword } from '../passwords.ts'
import { invitations, memberships, people } from '../tables.ts'
import { openInvitation } from './invitation.ts'

const token = z.string().min(1).max(200)
const enterprise = z.object({ name: z.string() })

export const readInvitation = publicOperation
  .meta({ permission: 'public', limit: 'login', audit: 'reads' })
  .route({ method: 'POST', path: '/v1/auth/invitations/read', summary: 'What an invitation is for', tags: ['people'] })
  .input(z.strictObject({ token }))
  .output(z.object({ email: z.string(), role: z.string(), enterprise, has_account: z.boolean(), expires_at: z.iso.datetime() }))
  .handler(async ({ input, context: { services } }) => {
    const found = await services.database.identity((tx) => openInvitation(tx, input.token))
    return {
      email: found.invitation.email,
      role: found.invitation.role,
      enterprise: { name: found.enterprise.name },
      has_account: found.person !== null,
      expires_at: found.invitation.expiresAt.toISOString(),
    }
  })

export const acceptInvitation = publicOperation
  .meta({ permission: 'public', limit: 'login', audit: 'own', state: 'changed' })
  .route({
    method: 'POST',
    path: '/v1/auth/invitations/accept',
    summary: 'Join an enterprise with an invitation: a new account with name and password, or an old one with its password',
    tags: ['people'],
  })
  .input(z.strictObject({ token, name: z.string().trim().min(1).max(200).optional(), password: z.string().min(8).max(200) }))
  .output(z.object({ email: z.string(), enterprise }))
  .handler(async ({ input, context: { services, requestId, address, userAgent } }) => {
    const { database } = services
    const found = await database.identity((tx) => openInvitation(tx, input.token))
    // The hash takes tens of milliseconds, so it runs between transactions.
    if (found.person && !(await verifyPassword(input.password, found.person.passwordHash)))
      throw problem('unauthenticated', 'This address has an account already, and this is not its password.')
    if (!found.person && !input.name) throw problem('invalid_input', 'A new account needs a name.', [{ pointer: '/name', detail: 'required' }])
    const weakness = found.person ? null : weaknessOf(input.password, [found.invitation.email, input.name ?? ''])
    if (weakness) throw problem('invalid_input', `The password ${weakness}.`, [{ pointer: '/password', detail: weakness }])
    const passwordHash = found.person ? null : await hashPassword(input.password)
    await database.identity(async (tx) => {
      const { invitation } = await openInvitation(tx, input.token)
      const [used] = await tx
        .update(invitations)
        .set({ acceptedAt: new Date() })
        .where(and(eq(invitations.id, invitation.id), isNull(invitations.acceptedAt)))
        .returning({ id: invitations.id })
      if (!used) throw problem('conflict', 'This invitation was used at the same moment.')
      const personId = found.person?.id ?? (await newPerson({ email: invitation.email, name: input.name ?? '', passwordHash: passwordHash ?? '' }))
      const [joined] = await tx
        .insert(memberships)
        .values({ enterpriseId: invitation.enterpriseId, personId, role: invitation.role, partnerLevel: invitation.partnerLevel })
        .onConflictDoNothing()
        .returning({ id: memberships.personId })
      if (!joined) throw problem('conflict', 'This person belongs to the enterprise already.')
      await appendAudit(tx, services, {
        enterpriseId: invitation.enterpriseId,
        actor: personId,
        operation: 'auth.acceptInvitation',
        target: invitation.id,
        before: { state: 'open' },
        after: { state: 'accepted', person_id: personId, role: invitation.role, partner_level: invitation.partnerLevel },
        requestId,
        address,
        userAgent,
        detail: { role: invitation.role, invited_by: invitation.invitedBy },
      })
      async function newPerson(values: typeof people.$inferInsert): Promise<string> {
        const [made] = await tx.insert(people).values(values).onConflictDoNothing().returning({ id: people.id })
        if (!made) throw problem('conflict', 'An account for this address was made at the same moment. Try again.')
        return made.id
      }
    })
    return { email: found.invitation.email, enterprise: { name: found.enterprise.name } }
  })
