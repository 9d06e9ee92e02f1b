import { noInput, publicOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { authenticationOptions } from './passkeys.ts'
import { ceremonyOptions } from './shapes.ts'

export const challengePasskey = publicOperation
  .meta({ permission: 'public', limit: 'login', audit: 'reads' })
  .route({ method: 'POST', path: '/v1/auth/passkeys/challenge', summary: 'Options with which a browser proves a passkey', tags: ['auth'] })
  .input(noInput)
  .output(ceremonyOptions)
  .handler(async ({ context: { services } }) => {
    const options = await authenticationOptions(services)
    if (!options) throw problem('conflict', 'Passkeys need a name: AIA_PUBLIC_URL must hold one instead of a network address.')
    return { ...options }
  })
