import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { proveInSession } from '../sessions.ts'
import { passkeys } from '../tables.ts'
import { verifyNewPasskey } from './passkeys.ts'
import { recoveryCodesIfNone } from './recovery-codes.ts'
import { enrolled, newPasskey } from './shapes.ts'

export const addPasskey = longOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'own', state: 'made', stepUp: true })
  .route({ method: 'POST', path: '/v1/auth/passkeys', summary: 'Keep a passkey that a browser made', tags: ['account'] })
  .input(newPasskey)
  .output(enrolled)
  .handler(async ({ input, context: { caller, services, requestId, address, userAgent } }) => {
    // Checking a signature awaits, so it stands before the transaction.
    const verified = await verifyNewPasskey(services, caller.personId, input.response)
    if (!verified)
      throw problem('invalid_input', 'The passkey could not be verified. Begin again.', [{ pointer: '/response', detail: 'does not verify' }])
    return services.database.identity(async (tx) => {
      const [stored] = await tx
        .insert(passkeys)
        .values({ ...verified, name: input.name })
        .onConflictDoNothing()
        .returning({ id: passkeys.id })
      if (!stored) throw problem('conflict', 'This passkey is known already.')
      await proveInSession(tx, caller, { acr: 'aal2', amr: [...new Set([...caller.amr, verified.synced ? 'swk' : 'hwk', 'user', 'mfa'])] })
      const codes = await recoveryCodesIfNone(tx, caller.personId)
      const source = auditSource({ caller, requestId, address, userAgent })
      await appendAudit(tx, services, { ...source, operation: 'auth.addPasskey', target: stored.id, after: { id: stored.id } })
      return { recovery_codes: codes }
    })
  })
