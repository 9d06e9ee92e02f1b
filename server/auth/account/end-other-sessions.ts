import { and, eq, isNull, ne } from 'drizzle-orm'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { sessions } from '../tables.ts'
import { sessionsEnded } from './shapes.ts'

export const endOtherSessions = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'POST', path: '/v1/auth/sessions/end-others', summary: 'End every own session but this one', tags: ['account'] })
  .input(noInput)
  .output(sessionsEnded)
  .handler(async ({ context: { tx, caller, audit } }) => {
    const others = caller.sessionId ? ne(sessions.id, caller.sessionId) : undefined
    const gone = await tx
      .update(sessions)
      .set({ revokedAt: new Date() })
      .where(and(eq(sessions.personId, caller.personId), isNull(sessions.revokedAt), others))
      .returning({ id: sessions.id })
    audit({ target: caller.personId, before: { others: gone.map(({ id }) => id) }, after: { others: [] }, detail: { ended: gone.length } })
    return { ended: gone.length }
  })
