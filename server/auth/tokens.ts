import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { and, eq, gt, isNull } from 'drizzle-orm'
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { problem } from '../gateway/problem.ts'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import { signingKeysOf } from './signing-keys.ts'
import { refreshTokens, sessions } from './tables.ts'

const accessTokenSeconds = 24 * 3_600
export const refreshTokenSeconds = 30 * 24 * 3_600
const audience = 'aia'

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000)

/** A signed access token in the profile of RFC 9068 (typ at+jwt), RS256, valid 24 h. */
async function signAccessToken(services: Services, claims: { personId: string; enterpriseId: string; sessionId: string }): Promise<string> {
  const { current } = await signingKeysOf(services)
  return new SignJWT({ sid: claims.sessionId, eid: claims.enterpriseId })
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: current.id })
    .setIssuer(services.env.publicUrl)
    .setAudience(audience)
    .setSubject(claims.personId)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime(`${accessTokenSeconds}s`)
    .sign(current.privateKey)
}

/** Session and person of a valid access token; null for any other text. The algorithm list is closed: `none` and HS256 never verify. */
export async function verifyAccessToken(services: Services, token: string): Promise<{ sessionId: string; personId: string } | null> {
  const { publicKeys } = await signingKeysOf(services)
  try {
    const key = publicKeys.get(decodeProtectedHeader(token).kid ?? '')
    if (!key) return null
    const { payload } = await jwtVerify(token, key, { algorithms: ['RS256'], typ: 'at+jwt', issuer: services.env.publicUrl, audience })
    return payload.sub && typeof payload.sid === 'string' ? { sessionId: payload.sid, personId: payload.sub } : null
  } catch {
    return null
  }
}

/** Starts a session and its first refresh token. */
export async function openSession(tx: Transaction, personId: string, enterpriseId: string): Promise<{ sessionId: string; refreshToken: string }> {
  const [session] = await tx
    .insert(sessions)
    .values({ personId, enterpriseId, expiresAt: inSeconds(refreshTokenSeconds) })
    .returning({ id: sessions.id })
  if (!session) throw new Error('The session was not stored.')
  return { sessionId: session.id, refreshToken: await issueRefreshToken(tx, session.id) }
}

async function issueRefreshToken(tx: Transaction, sessionId: string): Promise<string> {
  const token = `aia_refresh_${randomBytes(32).toString('base64url')}`
  await tx.insert(refreshTokens).values({ tokenHash: hashOf(token), sessionId, expiresAt: inSeconds(refreshTokenSeconds) })
  return token
}

/**
 * Exchanges a refresh token for its successor. A token that was used before ends its whole session: somebody else has it.
 * @returns null when the token is unknown, expired, used or its session has ended
 */
export async function rotateRefreshToken(
  tx: Transaction,
  token: string,
): Promise<{ sessionId: string; personId: string; enterpriseId: string; refreshToken: string } | null> {
  const [row] = await tx
    .select({ token: refreshTokens, session: sessions })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
    .where(eq(refreshTokens.tokenHash, hashOf(token)))
    .for('update')
  if (!row) return null
  if (row.token.usedAt) {
    await revokeSession(tx, row.session.id)
    return null
  }
  if (row.session.revokedAt || row.token.expiresAt < new Date()) return null
  await tx.update(refreshTokens).set({ usedAt: new Date() }).where(eq(refreshTokens.tokenHash, row.token.tokenHash))
  return {
    sessionId: row.session.id,
    personId: row.session.personId,
    enterpriseId: row.session.enterpriseId,
    refreshToken: await issueRefreshToken(tx, row.session.id),
  }
}

export async function revokeSession(tx: Transaction, sessionId: string): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: new Date() })
    .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt)))
}

/** The condition under which a session counts. */
export const sessionIsOpen = () => and(isNull(sessions.revokedAt), gt(sessions.expiresAt, new Date()))

export const refusedToken = () => problem('unauthenticated', 'The refresh token is not valid any more. Sign in again.')

/** What signing in and refreshing answer. */
export async function tokenAnswer(services: Services, session: { personId: string; enterpriseId: string; sessionId: string; refreshToken: string }) {
  return {
    access_token: await signAccessToken(services, session),
    refresh_token: session.refreshToken,
    token_type: 'Bearer' as const,
    expires_in: accessTokenSeconds,
  }
}
