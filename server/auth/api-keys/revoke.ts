import { and, eq } from 'drizzle-orm'
import { decide } from '../../gateway/decide.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { apiKeys } from '../tables.ts'
import { apiKey, apiKeyId } from './shapes.ts'
import { apiKeyView, selectApiKeys } from './stored.ts'

export const revokeApiKey = identityOperation
  .meta({ permission: 'api_keys.manage', limit: 'default', audit: 'row', state: 'changed' })
  .route({ method: 'DELETE', path: '/v1/auth/api-keys/{id}', summary: 'End an API key at once', tags: ['api keys'] })
  .input(apiKeyId)
  .output(apiKey)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [found] = await selectApiKeys(tx)
      .where(and(eq(apiKeys.id, input.id), eq(apiKeys.enterpriseId, caller.enterpriseId)))
      .for('update')
    if (!found || !(found.key.personId === caller.personId || decide(caller, 'security.manage').allowed))
      throw problem('not_found', 'There is no such key.')
    const revokedAt = found.key.revokedAt ?? new Date()
    await tx.update(apiKeys).set({ revokedAt }).where(eq(apiKeys.id, input.id))
    audit({ target: input.id, before: { revoked_at: found.key.revokedAt }, after: { revoked_at: revokedAt }, detail: { person: found.key.personId } })
    return apiKeyView({ ...found, key: { ...found.key, revokedAt } })
  })
