import { randomUUID } from 'node:crypto'
import { decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Permission } from '../gateway/permissions.ts'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import { accessTokenSeconds, signingKeysOf } from './signing-keys.ts'
import { deniedTokens } from './tables.ts'

const audience = 'aia'
/** `client_id` of AIA's own pages and of programs that sign in with a password. */
export const ownClientId = 'aia'

/** What an access token says, beside what is the same in all. */
export interface AccessClaims {
  personId: string
  enterpriseId: string
  sessionId: string
  /** The person's credential epoch. */
  epoch: number
  acr: 'aal1' | 'aal2'
  amr: readonly string[]
  authenticatedAt: Date
  scope: readonly Permission[]
  /** Who acts under the person's name (RFC 8693, 4.1), and until when at most. */
  actor?: { personId: string; until: Date }
}

/** A signed access token in the profile of RFC 9068 (typ at+jwt), RS256, valid 24 h. `eid`, `sid` and `epoch` are AIA's own claims. */
export async function signAccessToken(services: Services, claims: AccessClaims): Promise<string> {
  const { current } = await signingKeysOf(services)
  return new SignJWT({
    client_id: ownClientId,
    scope: claims.scope.join(' '),
    auth_time: Math.floor(claims.authenticatedAt.getTime() / 1_000),
    acr: claims.acr,
    amr: claims.amr,
    sid: claims.sessionId,
    eid: claims.enterpriseId,
    epoch: claims.epoch,
    ...(claims.actor ? { act: { sub: claims.actor.personId } } : {}),
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: current.id })
    .setIssuer(services.env.publicUrl)
    .setAudience(audience)
    .setSubject(claims.personId)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(claims.actor?.until ?? `${accessTokenSeconds}s`)
    .sign(current.privateKey)
}

/** Which sign-in a token belongs to, and by which name it can be denied. */
export interface TokenReference {
  sessionId: string
  personId: string
  enterpriseId: string
  /** The person who acts under the other's name; null outside impersonation. */
  actorId: string | null
  tokenId: string
  expiresAt: Date
}

/**
 * The claims of a valid access token of this installation; null for any other text. The algorithm list is closed: `none` and HS256 never
 * verify, and `kid` is only compared with the ids of our keys.
 */
export async function verifiedClaims(services: Services, token: string): Promise<JWTPayload | null> {
  const { publicKeys } = await signingKeysOf(services)
  try {
    const key = publicKeys.get(decodeProtectedHeader(token).kid ?? '')
    if (!key) return null
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['RS256'],
      typ: 'at+jwt',
      issuer: services.env.publicUrl,
      audience,
      requiredClaims: ['exp', 'sub', 'jti'],
    })
    return payload
  } catch {
    return null
  }
}

/** What a valid access token of a sign-in refers to; null for any other text. Whether the session lives is asked of the database. */
export async function verifyAccessToken(services: Services, token: string): Promise<TokenReference | null> {
  const payload = await verifiedClaims(services, token)
  if (!payload || typeof payload.sid !== 'string' || !payload.sub || !payload.jti || !payload.exp) return null
  const actor = (payload.act as { sub?: unknown } | undefined)?.sub
  return {
    sessionId: payload.sid,
    personId: payload.sub,
    enterpriseId: String(payload.eid),
    actorId: typeof actor === 'string' ? actor : null,
    tokenId: payload.jti,
    expiresAt: new Date(payload.exp * 1_000),
  }
}

/** Ends one access token before its time. */
export async function denyToken(tx: Transaction, token: { tokenId: string; expiresAt: Date }): Promise<void> {
  await tx.insert(deniedTokens).values({ tokenId: token.tokenId, expiresAt: token.expiresAt }).onConflictDoNothing()
}
