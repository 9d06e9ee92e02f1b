import { eq } from 'drizzle-orm'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { denyToken } from '../access-tokens.ts'
import { ended } from '../contract.ts'
import { sessions } from '../tables.ts'

export const endImpersonation = identityOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'DELETE', path: '/v1/auth/impersonation', summary: 'Act under the own name again', tags: ['people'] })
  .input(noInput)
  .output(ended)
  .handler(async ({ context: { tx, caller, audit } }) => {
    if (!caller.impersonator || !caller.sessionId) throw problem('conflict', 'Nobody acts under another name here.')
    await tx.update(sessions).set({ actingAs: null, actingReason: null, actingUntil: null }).where(eq(sessions.id, caller.sessionId))
    if (caller.accessToken) await denyToken(tx, caller.accessToken)
    audit({ target: caller.personId, before: { acting_as: caller.personId }, after: { acting_as: null } })
    return { ended: true as const }
  })
