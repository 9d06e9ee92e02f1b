import { eq } from 'drizzle-orm'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { totpFactors } from '../tables.ts'
import { removed } from './shapes.ts'
import { factorsOf, forgetCodesWithoutFactor, mfaIsRequired } from './stored.ts'

export const removeTotp = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'removed', stepUp: true })
  .route({ method: 'DELETE', path: '/v1/auth/totp', summary: 'Stop using one-time codes', tags: ['account'] })
  .input(noInput)
  .output(removed)
  .handler(async ({ context: { tx, caller, audit } }) => {
    const { totp, passkeys } = await factorsOf(tx, caller.personId)
    if (!totp) throw problem('not_found', 'One-time codes are not set up.')
    if (passkeys.length === 0 && (await mfaIsRequired(tx, caller.enterpriseId)))
      throw problem('conflict', 'Your enterprise requires a second factor, and this is your last one.')
    await tx.delete(totpFactors).where(eq(totpFactors.personId, caller.personId))
    await forgetCodesWithoutFactor(tx, caller.personId)
    audit({ target: caller.personId, before: { totp: 'confirmed' } })
    return { removed: true as const }
  })
