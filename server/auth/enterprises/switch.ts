import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { denyToken } from '../access-tokens.ts'
import { tokens } from '../contract.ts'
import { issueRefreshToken } from '../refresh-tokens.ts'
import { tokenAnswer } from '../sessions.ts'
import { memberships, refreshTokens, sessions } from '../tables.ts'

export const switchEnterprise = longOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'own', state: 'changed' })
  .route({
    method: 'POST',
    path: '/v1/auth/switch',
    summary: 'Move this session to another enterprise of the caller; its tokens of before stop, and new ones are given',
    tags: ['enterprises'],
  })
  .input(z.strictObject({ enterprise_id: z.uuid() }))
  .output(tokens)
  .handler(async ({ input, context }) => {
    const { caller, services } = context
    const { sessionId, personId } = caller
    if (!sessionId || caller.impersonator) throw problem('forbidden', 'Only somebody who has signed in, under the own name, can switch.')
    const refreshToken = await services.database.identity(async (tx) => {
      const [target] = await tx
        .select({ id: memberships.enterpriseId })
        .from(memberships)
        .where(and(eq(memberships.personId, personId), eq(memberships.enterpriseId, input.enterprise_id), isNull(memberships.suspendedAt)))
      if (!target) throw problem('not_found', 'There is no such enterprise that you belong to.')
      const [moved] = await tx
        .update(sessions)
        .set({ enterpriseId: target.id })
        .where(and(eq(sessions.id, sessionId), eq(sessions.isBound, false)))
        .returning()
      if (!moved) throw problem('forbidden', 'You signed in by your enterprise’s own provider. Sign in with your AIA password to switch.')
      await tx.delete(refreshTokens).where(eq(refreshTokens.sessionId, sessionId))
      if (caller.accessToken) await denyToken(tx, caller.accessToken)
      const issued = await issueRefreshToken(tx, sessionId, moved.expiresAt)
      const event = { ...auditSource({ ...context, caller }), operation: 'auth.switchEnterprise', target: sessionId }
      // The smaller id first: two people who switch in opposite directions must not wait for one another.
      for (const enterpriseId of [...new Set([caller.enterpriseId, target.id])].sort()) {
        const at = (id: string) => ({ session: id === enterpriseId ? 'here' : 'elsewhere' })
        const states = { before: at(caller.enterpriseId), after: at(target.id) }
        await appendAudit(tx, services, { ...event, ...states, enterpriseId, detail: { to: states.after.session } })
      }
      return issued
    })
    return tokenAnswer(services, { personId, enterpriseId: input.enterprise_id, sessionId, refreshToken })
  })
