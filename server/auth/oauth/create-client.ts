import { coversRights, rightsOf } from '../../gateway/decide.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { requireRightsOver } from '../people/member.ts'
import { oauthClients } from '../tables.ts'
import { clientView, clientWithSecret, newClient } from './client-shapes.ts'
import { newClientId, newClientSecret } from './clients.ts'
import { hashOf } from './records.ts'

export const createClient = identityOperation
  .meta({ permission: 'clients.manage', limit: 'default', audit: 'row', state: 'made' })
  .route({ method: 'POST', path: '/v1/auth/clients', summary: 'Register a program; its secret is shown once', tags: ['clients'] })
  .input(newClient)
  .output(clientWithSecret)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    requireRightsOver(caller, { role: input.role, partnerLevel: null })
    if (!coversRights(rightsOf(caller.role, caller.partnerLevel), input.scopes))
      throw problem('forbidden', 'A program cannot be allowed more than you are.')
    const secret = input.kind === 'confidential' ? newClientSecret() : null
    const [row] = await tx
      .insert(oauthClients)
      .values({
        enterpriseId: caller.enterpriseId,
        clientId: newClientId(),
        name: input.name,
        secretHash: secret && hashOf(secret),
        redirectUris: input.redirect_uris,
        grantTypes: [...new Set(input.grant_types)],
        scopes: [...new Set(input.scopes)],
        role: input.role,
        createdBy: caller.personId,
      })
      .returning()
    if (!row) throw new Error('The client was not stored.')
    audit({ target: row.id, after: clientView(row) })
    return { ...clientView(row), client_secret: secret }
  })
