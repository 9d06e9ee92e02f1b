import { and, desc, eq, isNull } from 'drizzle-orm'
import { decide } from '../../gateway/decide.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import type { Caller } from '../../gateway/services.ts'
import { sessionIsOpen } from '../sessions.ts'
import { memberships, people, sessions } from '../tables.ts'
import { sessionList, whose } from './shapes.ts'

const listed = 500

/** @throws problem forbidden unless the caller may see the sessions of everybody in its enterprise */
function requireSessionRights(caller: Caller): void {
  const decision = decide(caller, 'sessions.manage')
  if (!decision.allowed) throw problem('forbidden', decision.reason)
}

export const listSessions = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/sessions', summary: 'Who is signed in where: oneself, or everybody of the enterprise', tags: ['account'] })
  .input(whose)
  .output(sessionList)
  .handler(async ({ input, context: { tx, caller } }) => {
    if (input.of === 'enterprise') requireSessionRights(caller)
    const mine = input.of === 'me' ? eq(sessions.personId, caller.personId) : eq(sessions.enterpriseId, caller.enterpriseId)
    const rows = await tx
      .select({ session: sessions, person: people })
      .from(sessions)
      .innerJoin(people, eq(people.id, sessions.personId))
      .innerJoin(memberships, and(eq(memberships.personId, sessions.personId), eq(memberships.enterpriseId, sessions.enterpriseId)))
      .where(and(mine, sessionIsOpen(), isNull(memberships.suspendedAt)))
      .orderBy(desc(sessions.lastSeenAt))
      .limit(listed)
    return {
      items: rows.map(({ session, person }) => ({
        id: session.id,
        person: { id: person.id, email: person.email, name: person.name },
        created_at: session.createdAt.toISOString(),
        last_seen_at: session.lastSeenAt.toISOString(),
        expires_at: session.expiresAt.toISOString(),
        address: session.address,
        user_agent: session.userAgent,
        acr: session.acr,
        amr: session.amr,
        current: session.id === caller.sessionId,
      })),
    }
  })
