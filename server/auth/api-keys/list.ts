import { and, desc, eq } from 'drizzle-orm'
import { decide } from '../../gateway/decide.ts'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { whose } from '../account/shapes.ts'
import { apiKeys } from '../tables.ts'
import { apiKeyList } from './shapes.ts'
import { apiKeyView, scopesFor, selectApiKeys } from './stored.ts'

const listed = 500

export const listApiKeys = identityOperation
  .meta({ permission: 'api_keys.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/api-keys', summary: 'API keys: the own, or those of everybody in the enterprise', tags: ['api keys'] })
  .input(whose)
  .output(apiKeyList)
  .handler(async ({ input, context: { tx, caller } }) => {
    const everybody = input.of === 'enterprise'
    const decision = decide(caller, 'security.manage')
    if (everybody && !decision.allowed) throw problem('forbidden', decision.reason)
    const rows = await selectApiKeys(tx)
      .where(and(eq(apiKeys.enterpriseId, caller.enterpriseId), everybody ? undefined : eq(apiKeys.personId, caller.personId)))
      .orderBy(desc(apiKeys.createdAt))
      .limit(listed)
    return { items: rows.map((row) => apiKeyView(row)), scopes: scopesFor(caller) }
  })
