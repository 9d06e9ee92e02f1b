import { and, eq, gt, isNull, or } from 'drizzle-orm'
import { identityOperation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { apiKeys } from '../tables.ts'
import { storeApiKey } from './create.ts'
import { madeApiKey, rotateInput } from './shapes.ts'
import { scopesFor } from './stored.ts'

export const rotateApiKey = identityOperation
  .meta({ permission: 'api_keys.manage', limit: 'default', audit: 'row', state: 'changed', stepUp: true })
  .route({
    method: 'POST',
    path: '/v1/auth/api-keys/{id}/rotate',
    summary: 'Put a new key in the place of an own one, which goes on for the overlap',
    tags: ['api keys'],
  })
  .input(rotateInput)
  .output(madeApiKey)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const now = new Date()
    // Only the own: the new text acts as its owner, which nobody else may come to hold.
    const [old] = await tx
      .select()
      .from(apiKeys)
      .where(and(eq(apiKeys.id, input.id), eq(apiKeys.enterpriseId, caller.enterpriseId), eq(apiKeys.personId, caller.personId)))
      .for('update')
    if (!old) throw problem('not_found', 'You have no such key.')
    if (old.revokedAt || old.replacedBy || (old.expiresAt && old.expiresAt <= now))
      throw problem('conflict', 'Only an active key can be rotated, and only once.')
    const own: readonly string[] = scopesFor(caller)
    const scopes = old.scopes.filter((scope) => own.includes(scope))
    if (scopes.length === 0) throw problem('conflict', 'Your role includes nothing any more that this key may do.')
    // The new one lives as long as the old one was made for.
    const expiresAt = old.expiresAt && new Date(now.getTime() + old.expiresAt.getTime() - old.createdAt.getTime())
    const made = await storeApiKey(tx, caller, { name: old.name, scopes, expiresAt })
    const until = new Date(now.getTime() + input.overlap_hours * 3_600_000)
    await tx.update(apiKeys).set({ replacedBy: made.item.id }).where(eq(apiKeys.id, old.id))
    await tx
      .update(apiKeys)
      .set({ expiresAt: until })
      .where(and(eq(apiKeys.id, old.id), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, until))))
    const after = { expires_at: old.expiresAt && old.expiresAt < until ? old.expiresAt : until, replaced_by: made.item.id }
    audit({
      target: old.id,
      before: { expires_at: old.expiresAt, replaced_by: null },
      after,
      detail: { replaced_by: made.item.id, overlap_hours: input.overlap_hours },
    })
    return made
  })
