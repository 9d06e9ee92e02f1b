import { longOperation, noInput } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { registrationOptions } from './passkeys.ts'
import { ceremonyOptions } from './shapes.ts'

export const beginPasskey = longOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'reads', stepUp: true })
  .route({ method: 'POST', path: '/v1/auth/passkeys/begin', summary: 'Options with which a browser makes a passkey', tags: ['account'] })
  .input(noInput)
  .output(ceremonyOptions)
  .handler(async ({ context: { caller, services } }) => {
    const options = await registrationOptions(services, { id: caller.personId, email: caller.email, name: caller.name })
    if (!options) throw problem('conflict', 'Passkeys need a name: AIA_PUBLIC_URL must hold one instead of a network address.')
    return { ...options }
  })
