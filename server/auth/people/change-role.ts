import { and, eq } from 'drizzle-orm'
import { identityOperation } from '../../gateway/operation.ts'
import { memberships } from '../tables.ts'
import { keepAnOwner, levelOf, memberOf, memberView, requireRightsOver, roleOf } from './member.ts'
import { member, personInput, standing } from './shapes.ts'

export const changeRole = identityOperation
  .meta({ permission: 'people.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'PUT', path: '/v1/auth/people/{id}/role', summary: 'Give a person another role, or a partner another level', tags: ['people'] })
  .input(personInput.extend(standing))
  .output(member)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const before = await memberOf(tx, caller.enterpriseId, input.id)
    requireRightsOver(caller, { role: roleOf(before.role), partnerLevel: levelOf(before.role, before.partnerLevel) })
    requireRightsOver(caller, { role: input.role, partnerLevel: input.partner_level })
    if (before.role === 'owner' && input.role !== 'owner') await keepAnOwner(tx, caller.enterpriseId, input.id)
    const change = { role: input.role, partnerLevel: input.role === 'partner' ? input.partner_level : 'none' }
    await tx
      .update(memberships)
      .set(change)
      .where(and(eq(memberships.enterpriseId, caller.enterpriseId), eq(memberships.personId, input.id)))
    const standing = {
      before: { role: before.role, partner_level: before.partnerLevel },
      after: { role: change.role, partner_level: change.partnerLevel },
    }
    audit({ target: input.id, ...standing, detail: standing })
    return memberView({ ...before, ...change })
  })
