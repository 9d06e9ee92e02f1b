import { and, eq, isNull } from 'drizzle-orm'
import { decide } from '../../gateway/decide.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { ended } from '../contract.ts'
import { revokeSession as revoke } from '../sessions.ts'
import { sessions } from '../tables.ts'
import { sessionId } from './shapes.ts'

export const revokeSession = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'DELETE', path: '/v1/auth/sessions/{id}', summary: 'End a session, the own or one of the enterprise', tags: ['account'] })
  .input(sessionId)
  .output(ended)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [found] = await tx
      .select()
      .from(sessions)
      .where(and(eq(sessions.id, input.id), isNull(sessions.revokedAt)))
      .for('update')
    // The own sessions in other enterprises are the person's too; those of others are seen by their enterprise's administrators only.
    const own = found?.personId === caller.personId
    const administers = found?.enterpriseId === caller.enterpriseId && decide(caller, 'sessions.manage').allowed
    if (!found || !(own || administers)) throw problem('not_found', 'There is no such session.')
    await revoke(tx, input.id)
    audit({ target: input.id, before: { state: 'open' }, after: { state: 'ended' }, detail: { person: found.personId } })
    return { ended: true as const }
  })
