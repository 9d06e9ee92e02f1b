import { eq } from 'drizzle-orm'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import type { Caller } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { apiKeys } from '../tables.ts'
import { hashApiKey, newApiKey, startOf } from './key-text.ts'
import { madeApiKey, newApiKeyInput } from './shapes.ts'
import { apiKeyView, scopesFor, selectApiKeys } from './stored.ts'

/** Stores a new key of the caller; the text is in the answer and nowhere else. */
export async function storeApiKey(tx: Transaction, caller: Caller, key: { name: string; scopes: readonly string[]; expiresAt: Date | null }) {
  const text = newApiKey()
  const { enterpriseId, personId } = caller
  const [stored] = await tx
    .insert(apiKeys)
    .values({ enterpriseId, personId, ...key, scopes: [...key.scopes], start: startOf(text), keyHash: hashApiKey(text) })
    .returning({ id: apiKeys.id })
  const [row] = stored ? await selectApiKeys(tx).where(eq(apiKeys.id, stored.id)) : []
  if (!row) throw new Error('The key was not stored.')
  return { key: text, item: apiKeyView(row) }
}

export const createApiKey = identityOperation
  .meta({ permission: 'api_keys.manage', limit: 'default', audit: 'row', state: 'made', stepUp: true })
  .route({ method: 'POST', path: '/v1/auth/api-keys', summary: 'Make an API key that is shown once', tags: ['api keys'], successStatus: 201 })
  .input(newApiKeyInput)
  .output(madeApiKey)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const own: readonly string[] = scopesFor(caller)
    const beyond = input.scopes.findIndex((scope) => !own.includes(scope))
    if (beyond >= 0)
      throw problem('invalid_input', `A key of yours cannot carry ${input.scopes[beyond]}.`, [
        { pointer: `/scopes/${beyond}`, detail: 'is not among your scopes' },
      ])
    const days = input.expires_in_days
    const expiresAt = days === null ? null : new Date(Date.now() + days * 86_400_000)
    const made = await storeApiKey(tx, caller, { name: input.name, scopes: [...new Set(input.scopes)], expiresAt })
    const kept = { scopes: made.item.scopes, expires_at: made.item.expires_at }
    audit({ target: made.item.id, after: kept, detail: kept })
    return made
  })
