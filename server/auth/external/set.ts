import { eq } from 'drizzle-orm'
import { appendAudit, auditSource } from '../../gateway/audit.ts'
import { longOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { requireRightsOver } from '../people/member.ts'
import { externalIdentities, identityProviders } from '../tables.ts'
import { relyingParty } from './relying-party.ts'
import { newProvider, providerState, providerView, redirectUri, secretContext } from './shapes.ts'

/** Asks the provider before it stores anything, so that nobody saves a sign-in that cannot work. */
export const setProvider = longOperation
  .meta({ permission: 'provider.manage', limit: 'default', audit: 'own', state: 'made' })
  .route({ method: 'PUT', path: '/v1/auth/provider', summary: 'Let people of this enterprise sign in by its own OpenID provider', tags: ['sign-in'] })
  .input(newProvider)
  .output(providerState)
  .handler(async ({ input, context }) => {
    const { caller, services } = context
    const { database, keyring } = services
    requireRightsOver(caller, { role: input.default_role, partnerLevel: null })
    const mine = eq(identityProviders.enterpriseId, caller.enterpriseId)
    const [before] = await database.identity((tx) => tx.select().from(identityProviders).where(mine))
    const same = before?.issuer === input.issuer && before.clientId === input.client_id
    const sealedIn = secretContext(caller.enterpriseId)
    // A stored secret is never sent to another address than the one it was given for.
    const secret = input.client_secret ?? (same ? new TextDecoder().decode(keyring.open(before.sealedClientSecret, sealedIn)) : null)
    if (secret === null)
      throw problem('invalid_input', 'Another issuer or client needs its secret.', [{ pointer: '/client_secret', detail: 'required' }])
    const config = await relyingParty(services, { issuer: input.issuer, clientId: input.client_id, clientSecret: secret })
    const { issuer } = config.serverMetadata()
    const values = {
      name: input.name,
      issuer,
      clientId: input.client_id,
      sealedClientSecret: keyring.seal(new TextEncoder().encode(secret), sealedIn),
      emailDomains: [...new Set(input.email_domains)],
      joinsPeople: input.joins_people,
      defaultRole: input.default_role,
      updatedAt: new Date(),
    }
    const stored = await database.identity(async (tx) => {
      const [row] = await tx
        .insert(identityProviders)
        .values({ enterpriseId: caller.enterpriseId, ...values })
        .onConflictDoUpdate({ target: identityProviders.enterpriseId, set: values })
        .returning()
      if (!row) throw new Error('The provider was not stored.')
      if (before && before.issuer !== issuer) await tx.delete(externalIdentities).where(eq(externalIdentities.enterpriseId, caller.enterpriseId))
      await appendAudit(tx, services, {
        ...auditSource({ ...context, caller }),
        operation: 'auth.setProvider',
        target: issuer,
        before: before ? providerView(before) : null,
        after: providerView(row),
      })
      return row
    })
    return { provider: providerView(stored), redirect_uri: redirectUri(services.env.publicUrl) }
  })
