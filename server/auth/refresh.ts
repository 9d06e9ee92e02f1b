import { publicOperation } from '../gateway/operation.ts'
import { refreshInput, tokens } from './contract.ts'
import { refusedToken, rotateRefreshToken, tokenAnswer } from './tokens.ts'

export const refresh = publicOperation
  .meta({ permission: 'public', limit: 'login' })
  .route({ method: 'POST', path: '/v1/auth/refresh', summary: 'Exchange a refresh token for new tokens', tags: ['auth'] })
  .input(refreshInput)
  .output(tokens)
  .handler(async ({ input, context }) => {
    const rotated = await context.services.database.identity((tx) => rotateRefreshToken(tx, input.refresh_token))
    if (!rotated) throw refusedToken()
    return tokenAnswer(context.services, rotated)
  })
