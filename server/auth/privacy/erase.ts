import { z } from 'zod'
import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { levelOf, memberOf, requireRightsOver, roleOf } from '../people/member.ts'
import { enterprisesOf, eraseFrom } from './account.ts'

const erased = z.object({
  id: z.uuid(),
  /** False when the person still belongs to another enterprise. */
  account_gone: z.boolean(),
})

export const eraseMyself = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'removed', stepUp: true })
  .route({
    method: 'POST',
    path: '/v1/privacy/erase',
    summary: 'Erase your account and your personal data in all your enterprises; cannot be undone',
    tags: ['privacy'],
  })
  .input(z.strictObject({ /** Your own address, so that it happens on purpose. */ email: z.string().max(320) }))
  .output(erased)
  .handler(async ({ input, context }) => {
    const { tx, caller, services, audit } = context
    if (caller.kind !== 'person' || caller.impersonator) throw problem('forbidden', 'Only the person itself can erase its account.')
    if (input.email.trim().toLowerCase() !== caller.email.toLowerCase())
      throw problem('invalid_input', 'This is not the address of your account.', [{ pointer: '/email', detail: 'not your address' }])
    const places = await enterprisesOf(tx, caller.personId)
    let gone = false
    for (const { id, role } of places) {
      gone = (await eraseFrom(tx, services, { personId: caller.personId, enterpriseId: id })).accountGone
      // The operation's own row stands in the log of the enterprise it was called in; the others learn of it here.
      if (id !== caller.enterpriseId)
        await appendAudit(tx, services, {
          ...auditSource({ ...context, caller }),
          enterpriseId: id,
          operation: 'auth.eraseMyself',
          target: caller.personId,
          before: { role },
        })
    }
    audit({ target: caller.personId, before: { role: caller.role }, detail: { account_gone: gone } })
    return { id: caller.personId, account_gone: gone }
  })

export const erasePerson = identityOperation
  .meta({ permission: 'privacy.manage', limit: 'default', audit: 'row', state: 'removed', stepUp: true })
  .route({
    method: 'POST',
    path: '/v1/privacy/people/{id}/erase',
    summary: 'Erase a person and its personal data from this enterprise, for a data subject request; cannot be undone',
    tags: ['privacy'],
  })
  .input(z.strictObject({ id: z.uuid(), /** The person's address, so that it happens on purpose. */ email: z.string().max(320) }))
  .output(erased)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    const member = await memberOf(tx, caller.enterpriseId, input.id)
    if (input.id === caller.personId) throw problem('conflict', 'Erase yourself in My account.')
    requireRightsOver(caller, { role: roleOf(member.role), partnerLevel: levelOf(member.role, member.partnerLevel) })
    if (input.email.trim().toLowerCase() !== member.email.toLowerCase())
      throw problem('invalid_input', 'This is not the address of this person.', [{ pointer: '/email', detail: 'another address' }])
    const { accountGone } = await eraseFrom(tx, services, { personId: input.id, enterpriseId: caller.enterpriseId })
    audit({ target: input.id, before: { role: member.role }, detail: { account_gone: accountGone } })
    return { id: input.id, account_gone: accountGone }
  })
