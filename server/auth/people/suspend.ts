import { and, eq } from 'drizzle-orm'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { memberships } from '../tables.ts'
import { endSessions, keepAnOwner, levelOf, memberOf, memberView, requireRightsOver, roleOf } from './member.ts'
import { member, personInput } from './shapes.ts'

export const suspendPerson = identityOperation
  .meta({ permission: 'people.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'POST', path: '/v1/auth/people/{id}/suspend', summary: 'Lock a person out and end its sessions', tags: ['people'] })
  .input(personInput)
  .output(member)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    if (input.id === caller.personId) throw problem('conflict', 'Nobody can suspend themselves.')
    const before = await memberOf(tx, caller.enterpriseId, input.id)
    requireRightsOver(caller, { role: roleOf(before.role), partnerLevel: levelOf(before.role, before.partnerLevel) })
    if (before.role === 'owner') await keepAnOwner(tx, caller.enterpriseId, input.id)
    const suspendedAt = before.suspendedAt ?? new Date()
    await tx
      .update(memberships)
      .set({ suspendedAt })
      .where(and(eq(memberships.enterpriseId, caller.enterpriseId), eq(memberships.personId, input.id)))
    await endSessions(tx, caller.enterpriseId, input.id)
    audit({ target: input.id, before: { state: 'active' }, after: { state: 'suspended' } })
    return memberView({ ...before, suspendedAt })
  })
