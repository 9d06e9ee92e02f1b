import { identityOperation, noInput } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { recoveryCodesLeft, renewRecoveryCodes as renew } from './recovery-codes.ts'
import { recoveryCodeList } from './shapes.ts'

export const renewRecoveryCodes = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'changed', stepUp: true })
  .route({ method: 'POST', path: '/v1/auth/recovery-codes', summary: 'Ten new recovery codes in place of the old ones', tags: ['account'] })
  .input(noInput)
  .output(recoveryCodeList)
  .handler(async ({ context: { tx, caller, audit } }) => {
    if (!caller.hasSecondFactor) throw problem('conflict', 'Set up a second factor first: recovery codes stand in for it.')
    const left = await recoveryCodesLeft(tx, caller.personId)
    const codes = await renew(tx, caller.personId)
    audit({ target: caller.personId, before: { left }, after: { left: codes.length } })
    return { recovery_codes: codes }
  })
