import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { rightsOf } from '../../gateway/decide.ts'
import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { signAccessToken } from '../access-tokens.ts'
import { levelOf, memberOf, requireRightsOver, roleOf } from '../people/member.ts'
import { sessions } from '../tables.ts'

const mostMinutes = 60

export const impersonate = longOperation
  .meta({ permission: 'people.impersonate', limit: 'default', audit: 'own', state: 'changed' })
  .route({
    method: 'POST',
    path: '/v1/auth/impersonation',
    summary: 'Act under the name of somebody with no more rights, for a stated reason and at most an hour',
    tags: ['people'],
  })
  .input(
    z.strictObject({
      person_id: z.uuid(),
      reason: z.string().trim().min(10, 'say in at least 10 characters why').max(500),
      minutes: z.int().min(1).max(mostMinutes).default(30),
    }),
  )
  .output(
    z.object({
      person: z.object({ id: z.uuid(), name: z.string(), email: z.string() }),
      until: z.iso.datetime(),
      /** For programs: acts as the person; the browser's cookie does so by itself. */
      access_token: z.string(),
    }),
  )
  .handler(async ({ input, context }) => {
    const { caller, services } = context
    const { sessionId } = caller
    if (!sessionId) throw problem('forbidden', 'Only somebody who has signed in can act under another name; a key or a program cannot.')
    if (input.person_id === caller.personId) throw problem('conflict', 'You are that person.')
    const until = new Date(Date.now() + input.minutes * 60_000)
    const { person, session } = await services.database.identity(async (tx) => {
      const found = await memberOf(tx, caller.enterpriseId, input.person_id)
      if (found.suspendedAt) throw problem('conflict', 'This person is suspended.')
      requireRightsOver(caller, { role: roleOf(found.role), partnerLevel: levelOf(found.role, found.partnerLevel) })
      const [changed] = await tx
        .update(sessions)
        .set({ actingAs: found.id, actingReason: input.reason, actingUntil: until })
        .where(eq(sessions.id, sessionId))
        .returning()
      if (!changed) throw problem('unauthenticated', 'Your session has ended.')
      await appendAudit(tx, services, {
        ...auditSource({ ...context, caller }),
        operation: 'auth.impersonate',
        target: found.id,
        before: { acting_as: null },
        after: { acting_as: found.id, until },
        detail: { minutes: input.minutes },
        // A reason may name people, so it can be erased with the one who gave it.
        about: { personId: caller.personId, values: { reason: input.reason } },
      })
      return { person: found, session: changed }
    })
    const token = await signAccessToken(services, {
      personId: person.id,
      enterpriseId: caller.enterpriseId,
      sessionId,
      epoch: session.epoch,
      acr: session.acr,
      amr: session.amr,
      authenticatedAt: session.authenticatedAt,
      scope: rightsOf(roleOf(person.role), levelOf(person.role, person.partnerLevel)),
      actor: { personId: caller.personId, until },
    })
    return { person: { id: person.id, name: person.name, email: person.email }, until: until.toISOString(), access_token: token }
  })
