import { eq } from 'drizzle-orm'
import type { z } from 'zod'
import { rightsOf } from '../../gateway/decide.ts'
import { type Permission, permissions } from '../../gateway/permissions.ts'
import type { Caller } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { apiKeys, people } from '../tables.ts'
import type { apiKey } from './shapes.ts'

/** What no key may do, or a stolen one could make more of itself or take over the account. */
const notForKeys: readonly Permission[] = [
  'account.manage',
  'api_keys.manage',
  'sessions.manage',
  'security.manage',
  'people.manage',
  'people.impersonate',
  'access.manage',
  'clients.manage',
  'provider.manage',
  'webhooks.manage',
  'enterprise.create',
]

/** The permissions that a key of this caller may carry. */
export function scopesFor(caller: Pick<Caller, 'role' | 'partnerLevel'>): Permission[] {
  const rights = rightsOf(caller.role, caller.partnerLevel)
  return permissions.filter((permission) => rights.includes(permission) && !notForKeys.includes(permission))
}

export const selectApiKeys = (tx: Transaction) =>
  tx.select({ key: apiKeys, person: people }).from(apiKeys).innerJoin(people, eq(people.id, apiKeys.personId)).$dynamic()

type Row = Awaited<ReturnType<typeof selectApiKeys>>[number]

function stateOf({ revokedAt, expiresAt, replacedBy }: Row['key'], now: number): z.infer<typeof apiKey>['state'] {
  if (revokedAt) return 'revoked'
  if (expiresAt && expiresAt.getTime() <= now) return 'expired'
  return replacedBy ? 'expiring' : 'active'
}

export const apiKeyView = ({ key, person }: Row, now = Date.now()): z.infer<typeof apiKey> => ({
  id: key.id,
  name: key.name,
  start: key.start,
  scopes: key.scopes,
  person: { id: person.id, email: person.email, name: person.name },
  state: stateOf(key, now),
  created_at: key.createdAt.toISOString(),
  expires_at: key.expiresAt?.toISOString() ?? null,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
  replaced_by: key.replacedBy,
})
