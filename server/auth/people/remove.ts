import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { memberships, resourceGrants } from '../tables.ts'
import { endSessions, keepAnOwner, levelOf, memberOf, requireRightsOver, roleOf } from './member.ts'
import { personInput } from './shapes.ts'

export const removePerson = identityOperation
  .meta({ permission: 'people.manage', limit: 'default', audit: 'row', state: 'removed' })
  .route({
    method: 'DELETE',
    path: '/v1/auth/people/{id}',
    summary: 'Take a person out of this enterprise; its account in other enterprises stays',
    tags: ['people'],
  })
  .input(personInput)
  .output(z.object({ id: z.uuid() }))
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    if (input.id === caller.personId) throw problem('conflict', 'Nobody can remove themselves.')
    const before = await memberOf(tx, caller.enterpriseId, input.id)
    requireRightsOver(caller, { role: roleOf(before.role), partnerLevel: levelOf(before.role, before.partnerLevel) })
    if (before.role === 'owner') await keepAnOwner(tx, caller.enterpriseId, input.id)
    const here = { enterpriseId: caller.enterpriseId, personId: input.id }
    await endSessions(tx, here.enterpriseId, here.personId)
    await tx.delete(resourceGrants).where(and(eq(resourceGrants.enterpriseId, here.enterpriseId), eq(resourceGrants.personId, here.personId)))
    await tx.delete(memberships).where(and(eq(memberships.enterpriseId, here.enterpriseId), eq(memberships.personId, here.personId)))
    audit({ target: input.id, before: { role: before.role, partner_level: before.partnerLevel }, detail: { role: before.role } })
    return { id: input.id }
  })
