import { and, eq } from 'drizzle-orm'
import { identityOperation } from '../../gateway/operation.ts'
import { memberships } from '../tables.ts'
import { levelOf, memberOf, memberView, requireRightsOver, roleOf } from './member.ts'
import { member, personInput } from './shapes.ts'

export const resumePerson = identityOperation
  .meta({ permission: 'people.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'POST', path: '/v1/auth/people/{id}/resume', summary: 'Let a suspended person in again', tags: ['people'] })
  .input(personInput)
  .output(member)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const before = await memberOf(tx, caller.enterpriseId, input.id)
    requireRightsOver(caller, { role: roleOf(before.role), partnerLevel: levelOf(before.role, before.partnerLevel) })
    await tx
      .update(memberships)
      .set({ suspendedAt: null })
      .where(and(eq(memberships.enterpriseId, caller.enterpriseId), eq(memberships.personId, input.id)))
    audit({ target: input.id, before: { state: 'suspended' }, after: { state: 'active' } })
    return memberView({ ...before, suspendedAt: null })
  })
