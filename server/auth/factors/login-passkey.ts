import { publicOperation } from '../../gateway/operation.ts'
import { tokens } from '../contract.ts'
import { signInWithPasskey } from '../login.ts'
import { tokenAnswer } from '../sessions.ts'
import { passkeySignIn } from './shapes.ts'

export const loginPasskey = publicOperation
  .meta({ permission: 'public', limit: 'login', audit: 'own', state: 'made' })
  .route({ method: 'POST', path: '/v1/auth/passkeys/login', summary: 'Sign in with a passkey alone', tags: ['auth'] })
  .input(passkeySignIn)
  .output(tokens)
  .handler(async ({ input, context: { services, address, userAgent, requestId, resHeaders } }) =>
    tokenAnswer(services, await signInWithPasskey(services, input.response, { address, userAgent, requestId, headers: resHeaders })),
  )
