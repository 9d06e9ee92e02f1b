import { eq } from 'drizzle-orm'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { identityProviders } from '../tables.ts'
import { providerState, providerView, redirectUri } from './shapes.ts'

export const getProvider = identityOperation
  .meta({ permission: 'provider.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/provider', summary: 'The OpenID provider by which people of this enterprise sign in', tags: ['sign-in'] })
  .input(noInput)
  .output(providerState)
  .handler(async ({ context: { tx, caller, services } }) => {
    const [row] = await tx.select().from(identityProviders).where(eq(identityProviders.enterpriseId, caller.enterpriseId))
    return { provider: row ? providerView(row) : null, redirect_uri: redirectUri(services.env.publicUrl) }
  })
