import { eq } from 'drizzle-orm'
import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { weaknessOf } from '../password-policy.ts'
import { hashPassword, verifyPassword } from '../passwords.ts'
import { endEverything } from '../sessions.ts'
import { forgetFailures, noteFailure, refuseWhileLocked } from '../sign-in-failures.ts'
import { people } from '../tables.ts'
import { passwordChange, passwordChanged } from './shapes.ts'

const wrong = (pointer: string, detail: string) => problem('invalid_input', detail, [{ pointer, detail }])

export const changePassword = longOperation
  .meta({ permission: 'account.manage', limit: 'login', audit: 'own', state: 'changed', stepUp: true })
  .route({ method: 'POST', path: '/v1/auth/password', summary: 'Change the own password and end all other sessions', tags: ['account'] })
  .input(passwordChange)
  .output(passwordChanged)
  .handler(async ({ input, context: { caller, services, address, userAgent, requestId, resHeaders } }) => {
    const { personId, email, name, sessionId } = caller
    const weakness = weaknessOf(input.new_password, [email, name, caller.enterpriseName])
    if (weakness) throw wrong('/new_password', weakness)
    if (input.new_password === input.current_password) throw wrong('/new_password', 'must differ from the current password')
    return services.once('auth.sign-in', oneAtATime)(email, async () => {
      const { database } = services
      const [person] = await database.identity(async (tx) => {
        await refuseWhileLocked(tx, { email, address }, resHeaders)
        return tx.select({ hash: people.passwordHash, changedAt: people.passwordChangedAt }).from(people).where(eq(people.id, personId))
      })
      const right = person && (await verifyPassword(input.current_password, person.hash))
      const passwordHash = right ? await hashPassword(input.new_password) : null
      const now = new Date()
      await database.identity(async (tx) => {
        if (passwordHash) {
          await tx.update(people).set({ passwordHash, passwordChangedAt: now }).where(eq(people.id, personId))
          await endEverything(tx, personId, sessionId ?? undefined)
          await forgetFailures(tx, email)
        } else await noteFailure(tx, { email, address })
        const outcome = passwordHash ? 'done' : 'refused'
        const source = auditSource({ caller, requestId, address, userAgent })
        const states = passwordHash ? { before: { changed_at: person?.changedAt }, after: { changed_at: now } } : {}
        await appendAudit(tx, services, { ...source, ...states, operation: 'auth.changePassword', target: personId, outcome })
      })
      if (!passwordHash) throw wrong('/current_password', 'is wrong')
      return { changed: true as const }
    })
  })
