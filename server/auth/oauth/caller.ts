import { and, eq, isNull } from 'drizzle-orm'
import type { JWTPayload } from 'jose'
import { enterprises } from '../../enterprise/index.ts'
import { isRole } from '../../gateway/decide.ts'
import { type Permission, permissions } from '../../gateway/permissions.ts'
import type { Caller, Services } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { grantsOf } from '../access/stored.ts'
import { ownClientId, verifiedClaims } from '../access-tokens.ts'
import { levelOf } from '../people/member.ts'
import { deniedTokens, memberships, oauthClients, oauthRecords, people } from '../tables.ts'

type Identified = Omit<Caller, 'by'>

/** An access token that AIA's OAuth provider signed. */
export interface OauthToken {
  clientId: string
  tokenId: string
  expiresAt: Date
  claims: JWTPayload
  /** Who calls with it now; null when it was revoked, or client, person or grant have gone. */
  caller(): Promise<Identified | null>
}

/** Null for any text that is not such a token. */
export async function verifyOauthToken(services: Services, text: string): Promise<OauthToken | null> {
  const claims = await verifiedClaims(services, text)
  const { client_id: clientId, jti, exp, sub, eid, scope } = claims ?? {}
  if (!claims || typeof clientId !== 'string' || clientId === ownClientId || !jti || !exp || !sub || typeof eid !== 'string') return null
  const scopes = typeof scope === 'string' ? scope.split(' ') : []
  const token = {
    clientId,
    tokenId: jti,
    expiresAt: new Date(exp * 1_000),
    subject: sub,
    enterpriseId: eid,
    grantHash: typeof claims.gid === 'string' ? claims.gid : null,
    scopes: permissions.filter((permission) => scopes.includes(permission)),
    at: new Date(1_000 * (claims.iat ?? 0)),
  }
  return { clientId, tokenId: token.tokenId, expiresAt: token.expiresAt, claims, caller: () => callerOf(services, token) }
}

interface Named {
  clientId: string
  tokenId: string
  expiresAt: Date
  subject: string
  enterpriseId: string
  grantHash: string | null
  scopes: readonly Permission[]
  at: Date
}

const callerOf = (services: Services, token: Named): Promise<Identified | null> =>
  services.database.readIdentity(async (tx) => {
    const [row] = await tx
      .select({ client: oauthClients, enterprise: enterprises, denied: deniedTokens.tokenId })
      .from(oauthClients)
      .innerJoin(enterprises, eq(enterprises.id, oauthClients.enterpriseId))
      .leftJoin(deniedTokens, eq(deniedTokens.tokenId, token.tokenId))
      .where(and(eq(oauthClients.clientId, token.clientId), eq(oauthClients.enterpriseId, token.enterpriseId)))
    if (!row || row.denied) return null
    const base = {
      enterpriseId: row.enterprise.id,
      enterpriseName: row.enterprise.name,
      tier: row.enterprise.tier,
      scopes: token.scopes,
      sessionId: null,
      acr: 'aal1' as const,
      amr: [],
      authenticatedAt: token.at,
      hasSecondFactor: false,
      mustSecure: false,
      accessToken: { tokenId: token.tokenId, expiresAt: token.expiresAt },
      impersonator: null,
    }
    const { client } = row
    if (token.subject === client.clientId) {
      if (!isRole(client.role)) return null
      const grants = await grantsOf(tx, base.enterpriseId, client.id, client.role)
      return { ...base, kind: 'client', personId: client.id, email: '', name: client.name, role: client.role, partnerLevel: null, grants }
    }
    return personWith(tx, base, token)
  })

async function personWith(
  tx: Transaction,
  base: Omit<Identified, 'kind' | 'personId' | 'email' | 'name' | 'role' | 'partnerLevel' | 'grants'>,
  token: Named,
) {
  if (!token.grantHash) return null
  const [row] = await tx
    .select({ person: people, membership: memberships })
    .from(people)
    .innerJoin(memberships, and(eq(memberships.personId, people.id), eq(memberships.enterpriseId, base.enterpriseId)))
    // The grant is what the person allowed the program: once it is revoked, its tokens count no more.
    .innerJoin(oauthRecords, and(eq(oauthRecords.model, 'Grant'), eq(oauthRecords.idHash, token.grantHash)))
    .where(and(eq(people.id, token.subject), isNull(memberships.suspendedAt)))
  if (!row || !isRole(row.membership.role)) return null
  const { role, partnerLevel } = row.membership
  const grants = await grantsOf(tx, base.enterpriseId, row.person.id, role)
  const { id: personId, email, name } = row.person
  return { ...base, kind: 'person' as const, personId, email, name, role, partnerLevel: levelOf(role, partnerLevel), grants }
}
