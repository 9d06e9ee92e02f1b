import { longOperation, noInput } from '../gateway/operation.ts'
import { auditEntries } from '../gateway/tables.ts'
import { ended } from './contract.ts'
import { revokeSession } from './tokens.ts'

export const logout = longOperation
  .meta({ permission: 'profile.read', limit: 'default' })
  .route({ method: 'POST', path: '/v1/auth/logout', summary: 'End this session and all its tokens', tags: ['auth'] })
  .input(noInput)
  .output(ended)
  .handler(async ({ context: { caller, services, requestId } }) => {
    await services.database.identity(async (tx) => {
      if (caller.sessionId) await revokeSession(tx, caller.sessionId)
      await tx.insert(auditEntries).values({
        enterpriseId: caller.enterpriseId,
        actor: caller.personId,
        operation: 'auth.logout',
        target: caller.sessionId,
        requestId,
        outcome: 'done',
      })
    })
    return { ended: true as const }
  })
