import { eq } from 'drizzle-orm'
import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import type { Caller, Services } from '../../gateway/services.ts'
import { wantedAcr } from '../../gateway/step-up.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { verifyPassword } from '../passwords.ts'
import { accessTokenOf, type Proof, proveInSession } from '../sessions.ts'
import { forgetFailures, noteFailure, refuseWhileLocked } from '../sign-in-failures.ts'
import { people } from '../tables.ts'
import { verifyPasskey } from './passkeys.ts'
import { takeRecoveryCode } from './recovery-codes.ts'
import { steppedUp, stepUpInput } from './shapes.ts'
import { takeTotp } from './totp.ts'

type Given = ReturnType<typeof stepUpInput.parse>

/** What a proof is worth for this caller; null when it is wrong. */
async function check(services: Services, caller: Caller, given: Given): Promise<Proof | null> {
  const { database, keyring } = services
  const { personId } = caller
  if (given.passkey) {
    const proof = await verifyPasskey(services, given.passkey)
    return proof?.personId === personId ? { acr: 'aal2', amr: proof.amr } : null
  }
  const { otp, recovery_code: code, password } = given
  if (otp) return (await database.identity((tx) => takeTotp(tx, keyring, personId, otp, 'confirmed'))) ? second(caller) : null
  if (code) return (await database.identity((tx) => takeRecoveryCode(tx, personId, code))) ? second(caller) : null
  const [person] = await database.identity((tx) => tx.select({ hash: people.passwordHash }).from(people).where(eq(people.id, personId)))
  return password && person && (await verifyPassword(password, person.hash)) ? { acr: 'aal1', amr: ['pwd'] } : null
}

const second = (caller: Caller): Proof => ({ acr: 'aal2', amr: [...new Set([...caller.amr, 'otp', 'mfa'])] })

export const stepUp = longOperation
  .meta({ permission: 'account.manage', limit: 'login', audit: 'own', state: 'changed' })
  .route({ method: 'POST', path: '/v1/auth/step-up', summary: 'Prove again who is signed in (RFC 9470)', tags: ['auth'] })
  .input(stepUpInput)
  .output(steppedUp)
  .handler(async ({ input, context: { caller, services, address, userAgent, requestId, resHeaders } }) => {
    const { sessionId, email } = caller
    if (caller.kind !== 'person' || sessionId === null) throw problem('forbidden', 'Only a person who is signed in can prove who it is.')
    if (input.password !== undefined && wantedAcr(caller) === 'aal2')
      throw problem('invalid_input', 'The password alone is not enough: prove your second factor.', [
        { pointer: '/password', detail: 'is not enough' },
      ])
    return services.once('auth.sign-in', oneAtATime)(email, async () => {
      const tried = { email, address }
      await services.database.identity((tx) => refuseWhileLocked(tx, tried, resHeaders))
      const proof = await check(services, caller, input)
      const at = new Date()
      await services.database.identity(async (tx) => {
        if (proof) {
          await forgetFailures(tx, email)
          await proveInSession(tx, caller, proof, at)
        } else await noteFailure(tx, tried)
        const source = auditSource({ caller, requestId, address, userAgent })
        const states = proof && { before: { acr: caller.acr, at: caller.authenticatedAt }, after: { acr: proof.acr, at } }
        await appendAudit(tx, services, { ...source, ...states, operation: 'auth.stepUp', target: sessionId, outcome: proof ? 'done' : 'refused' })
      })
      if (!proof)
        throw problem('invalid_input', input.password !== undefined ? 'The password is wrong.' : 'That proof is wrong or was used already.', [
          { pointer: `/${Object.keys(input)[0] ?? ''}`, detail: 'is wrong or was used already' },
        ])
      return {
        acr: proof.acr,
        authenticated_at: at.toISOString(),
        access_token: caller.accessToken ? await accessTokenOf(services, sessionId) : null,
      }
    })
  })
