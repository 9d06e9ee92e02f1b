import { identityOperation, noInput } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { totpEnrolment } from './shapes.ts'
import { beginTotp } from './totp.ts'

export const enrolTotp = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'made', stepUp: true })
  .route({ method: 'POST', path: '/v1/auth/totp/enrol', summary: 'Begin to set up one-time codes from an app', tags: ['account'] })
  .input(noInput)
  .output(totpEnrolment)
  .handler(async ({ context: { tx, caller, services, audit } }) => {
    const begun = await beginTotp(tx, services.keyring, caller.personId, caller.email)
    if (!begun) throw problem('conflict', 'One-time codes are set up already. Remove them first to set up another app.')
    audit({ target: caller.personId, after: { totp: 'begun' } })
    return { secret: begun.secret, otpauth_url: begun.url }
  })
