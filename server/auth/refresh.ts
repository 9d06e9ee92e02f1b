import { appendAudit } from '../gateway/audit.ts'
import { publicOperation } from '../gateway/operation.ts'
import { refreshInput, tokens } from './contract.ts'
import { refusedToken, rotateRefreshToken } from './refresh-tokens.ts'
import { tokenAnswer } from './sessions.ts'

export const refresh = publicOperation
  .meta({ permission: 'public', limit: 'login', audit: 'own', state: 'event' })
  .route({ method: 'POST', path: '/v1/auth/refresh', summary: 'Exchange a refresh token for new tokens', tags: ['auth'] })
  .input(refreshInput)
  .output(tokens)
  .handler(async ({ input, context: { services, address, userAgent, requestId } }) => {
    const rotation = await services.database.identity(async (tx) => {
      const done = await rotateRefreshToken(tx, input.refresh_token, { address, userAgent })
      if (done.outcome === 'unknown') return done
      const { enterpriseId, personId, sessionId } = done
      await appendAudit(tx, services, {
        enterpriseId,
        actor: personId,
        operation: 'auth.refresh',
        target: sessionId,
        requestId,
        address,
        userAgent,
        ...(done.outcome === 'reused' ? { outcome: 'refused', detail: { reason: 'A used refresh token came again; the session was ended.' } } : {}),
      })
      return done
    })
    if (rotation.outcome === 'unknown' || rotation.outcome === 'reused') throw refusedToken()
    return tokenAnswer(services, rotation)
  })
