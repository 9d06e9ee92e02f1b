import { dropKept } from '../gateway/conditional.ts'
import { identityOperation, noInput } from '../gateway/operation.ts'
import { denyToken } from './access-tokens.ts'
import { ended } from './contract.ts'
import { revokeSession } from './sessions.ts'

export const logout = identityOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'POST', path: '/v1/auth/logout', summary: 'End this session and all its tokens', tags: ['auth'] })
  .input(noInput)
  .output(ended)
  .handler(async ({ context: { caller, tx, audit, resHeaders } }) => {
    // A key has no session and no token: it goes on.
    const target = caller.sessionId ?? caller.accessToken?.tokenId
    audit({ target, before: { state: 'open' }, after: { state: target === undefined ? 'open' : 'ended' } })
    if (caller.sessionId) await revokeSession(tx, caller.sessionId)
    if (target !== undefined) dropKept(resHeaders)
    if (caller.accessToken) await denyToken(tx, caller.accessToken)
    return { ended: true as const }
  })
