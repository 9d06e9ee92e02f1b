import { and, eq } from 'drizzle-orm'
import { decideCall } from '../../gateway/decide.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { levelOf, roleOf, selectMembers } from '../people/member.ts'
import { memberships } from '../tables.ts'
import { answer, question } from './shapes.ts'
import { grantsOf } from './stored.ts'

export const explainAccess = identityOperation
  .meta({ permission: 'access.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/auth/access/decision',
    summary: 'Whether a person may call an operation, on a resource where one is named, and which rule says so',
    tags: ['access'],
  })
  .input(question)
  .output(answer)
  .handler(async ({ input, context: { tx, caller, services } }) => {
    const route = services.operations().find(({ name }) => name === input.operation)
    if (!route?.meta.permission) throw problem('not_found', 'There is no such operation.', [{ pointer: '/operation', detail: 'unknown' }])
    const [person] = await selectMembers(tx).where(and(eq(memberships.enterpriseId, caller.enterpriseId), eq(memberships.personId, input.person_id)))
    if (!person) throw problem('not_found', 'There is no such person in this enterprise.')
    const { permission, resource } = route.meta
    if (permission === 'public') return { allowed: true, rule: 'public' as const, reason: 'Everybody may call this.', permission, grant_id: null }
    if (person.suspendedAt)
      return { allowed: false, rule: 'suspended' as const, reason: 'The person is suspended in this enterprise.', permission, grant_id: null }
    const role = roleOf(person.role)
    const subject = {
      role,
      partnerLevel: levelOf(person.role, person.partnerLevel),
      scopes: null,
      grants: await grantsOf(tx, caller.enterpriseId, person.id, person.role),
      impersonator: null,
    }
    const { allowed, rule, reason, grantId } = decideCall(subject, { permission, resource }, input.resource_id ?? null)
    return { allowed, rule, reason, permission, grant_id: grantId }
  })
