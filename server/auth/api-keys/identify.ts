import { and, eq, gt, isNull, lt, or } from 'drizzle-orm'
import { enterprises } from '../../enterprise/index.ts'
import { isPartnerLevel, isRole } from '../../gateway/decide.ts'
import { type Permission, permissions } from '../../gateway/permissions.ts'
import type { Caller, Services } from '../../gateway/services.ts'
import { grantsOf } from '../access/stored.ts'
import { noteUse } from '../note-use.ts'
import { apiKeys, memberships, people } from '../tables.ts'
import { hashApiKey, isApiKey } from './key-text.ts'

const usedEveryMs = 60_000

/** Who an API key acts for, within its scopes; null for a text that is no key, and for one that is unknown, expired or revoked. */
export async function apiKeyCaller(services: Services, text: string): Promise<Caller | null> {
  if (!isApiKey(text)) return null
  const now = new Date()
  const found = await services.database.readIdentity(async (tx) => {
    const [row] = await tx
      .select({ key: apiKeys, person: people, enterprise: enterprises, membership: memberships })
      .from(apiKeys)
      .innerJoin(people, eq(people.id, apiKeys.personId))
      .innerJoin(enterprises, eq(enterprises.id, apiKeys.enterpriseId))
      .innerJoin(memberships, and(eq(memberships.personId, apiKeys.personId), eq(memberships.enterpriseId, apiKeys.enterpriseId)))
      .where(
        and(
          eq(apiKeys.keyHash, hashApiKey(text)),
          isNull(apiKeys.revokedAt),
          isNull(memberships.suspendedAt),
          or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)),
        ),
      )
    if (!row) return null
    return { ...row, grants: await grantsOf(tx, row.enterprise.id, row.person.id, row.membership.role) }
  })
  if (!found || !isRole(found.membership.role)) return null
  const { key, person, enterprise, membership, grants } = found
  const usedBefore = new Date(now.getTime() - usedEveryMs)
  if (!key.lastUsedAt || key.lastUsedAt < usedBefore)
    await noteUse(services, (tx) =>
      tx
        .update(apiKeys)
        .set({ lastUsedAt: now })
        .where(and(eq(apiKeys.id, key.id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, usedBefore)))),
    )
  const role = found.membership.role
  return {
    kind: 'person',
    personId: person.id,
    email: person.email,
    name: person.name,
    enterpriseId: enterprise.id,
    enterpriseName: enterprise.name,
    tier: enterprise.tier,
    role,
    partnerLevel: role === 'partner' && isPartnerLevel(membership.partnerLevel) ? membership.partnerLevel : null,
    grants,
    scopes: permissions.filter((permission): permission is Permission => key.scopes.includes(permission)),
    sessionId: null,
    by: 'api_key',
    acr: 'aal1',
    amr: [],
    authenticatedAt: key.createdAt,
    hasSecondFactor: false,
    mustSecure: false,
    accessToken: null,
    impersonator: null,
  }
}
