import { and, eq, isNotNull } from 'drizzle-orm'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { oauthClients } from '../tables.ts'
import { clientInput, clientView, clientWithSecret } from './client-shapes.ts'
import { newClientSecret } from './clients.ts'
import { hashOf } from './records.ts'

export const rotateClientSecret = identityOperation
  .meta({ permission: 'clients.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'POST', path: '/v1/auth/clients/{id}/secret', summary: 'A new secret, shown once; the old one stops at once', tags: ['clients'] })
  .input(clientInput)
  .output(clientWithSecret)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const ofClient = and(eq(oauthClients.enterpriseId, caller.enterpriseId), eq(oauthClients.id, input.id), isNotNull(oauthClients.secretHash))
    const [before] = await tx.select({ secretChangedAt: oauthClients.secretChangedAt }).from(oauthClients).where(ofClient).for('update')
    const secret = newClientSecret()
    const [row] = await tx
      .update(oauthClients)
      .set({ secretHash: hashOf(secret), secretChangedAt: new Date() })
      .where(ofClient)
      .returning()
    if (!before || !row) throw problem('not_found', 'There is no such client with a secret.')
    audit({ target: row.id, before: { secret_of: before.secretChangedAt }, after: { secret_of: row.secretChangedAt } })
    return { ...clientView(row), client_secret: secret }
  })
