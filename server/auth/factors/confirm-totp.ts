import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { proveInSession } from '../sessions.ts'
import { recoveryCodesIfNone } from './recovery-codes.ts'
import { enrolled, totpConfirmation } from './shapes.ts'
import { takeTotp } from './totp.ts'

export const confirmTotp = identityOperation
  .meta({ permission: 'account.manage', limit: 'login', audit: 'row', state: 'changed', stepUp: true })
  .route({ method: 'POST', path: '/v1/auth/totp/confirm', summary: 'Finish setting up one-time codes with the first code', tags: ['account'] })
  .input(totpConfirmation)
  .output(enrolled)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    if (!(await takeTotp(tx, services.keyring, caller.personId, input.code, 'unconfirmed')))
      throw problem('invalid_input', 'The code does not match. Check the clock of the device and enter the code it shows now.', [
        { pointer: '/code', detail: 'does not match' },
      ])
    await proveInSession(tx, caller, { acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] })
    audit({ target: caller.personId, before: { totp: 'begun' }, after: { totp: 'confirmed' } })
    return { recovery_codes: await recoveryCodesIfNone(tx, caller.personId) }
  })
