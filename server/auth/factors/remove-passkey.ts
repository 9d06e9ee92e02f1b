import { and, eq } from 'drizzle-orm'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { passkeys } from '../tables.ts'
import { passkeyId, removed } from './shapes.ts'
import { factorsOf, forgetCodesWithoutFactor, mfaIsRequired } from './stored.ts'

export const removePasskey = identityOperation
  .meta({ permission: 'account.manage', limit: 'default', audit: 'row', state: 'removed', stepUp: true })
  .route({ method: 'DELETE', path: '/v1/auth/passkeys/{id}', summary: 'Forget a passkey of this person', tags: ['account'] })
  .input(passkeyId)
  .output(removed)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const { totp, passkeys: own } = await factorsOf(tx, caller.personId)
    if (!own.some(({ id }) => id === input.id)) throw problem('not_found', 'You have no such passkey.')
    if (!totp && own.length === 1 && (await mfaIsRequired(tx, caller.enterpriseId)))
      throw problem('conflict', 'Your enterprise requires a second factor, and this is your last one.')
    await tx.delete(passkeys).where(and(eq(passkeys.id, input.id), eq(passkeys.personId, caller.personId)))
    await forgetCodesWithoutFactor(tx, caller.personId)
    audit({ target: input.id, before: { id: input.id } })
    return { removed: true as const }
  })
