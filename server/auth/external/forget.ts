import { eq } from 'drizzle-orm'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { ended } from '../contract.ts'
import { externalIdentities, identityProviders } from '../tables.ts'
import { providerView } from './shapes.ts'

export const forgetProvider = identityOperation
  .meta({ permission: 'provider.manage', limit: 'default', audit: 'row', state: 'removed' })
  .route({ method: 'DELETE', path: '/v1/auth/provider', summary: 'Sign in with AIA only, from now on', tags: ['sign-in'] })
  .input(noInput)
  .output(ended)
  .handler(async ({ context: { tx, caller, audit } }) => {
    const [gone] = await tx.delete(identityProviders).where(eq(identityProviders.enterpriseId, caller.enterpriseId)).returning()
    if (!gone) throw problem('not_found', 'This enterprise has no provider of its own.')
    await tx.delete(externalIdentities).where(eq(externalIdentities.enterpriseId, caller.enterpriseId))
    audit({ target: gone.issuer, before: providerView(gone) })
    return { ended: true as const }
  })
