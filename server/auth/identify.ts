import { and, eq, isNull, lt } from 'drizzle-orm'
import { decode } from 'next-auth/jwt'
import { enterprises } from '../enterprise/index.ts'
import { isPartnerLevel, isRole } from '../gateway/decide.ts'
import type { Caller, Services } from '../gateway/services.ts'
import { grantsOf } from './access/stored.ts'
import { type TokenReference, verifyAccessToken } from './access-tokens.ts'
import { apiKeyCaller } from './api-keys/identify.ts'
import { looksLikeApiKey } from './api-keys/key-text.ts'
import { hasSecondFactor } from './factors/has-second-factor.ts'
import { actingAs } from './impersonation/acting.ts'
import { noteUse } from './note-use.ts'
import { type OauthToken, verifyOauthToken } from './oauth/caller.ts'
import { sessionIsOpen } from './sessions.ts'
import { deniedTokens, memberships, people, securitySettings, sessions } from './tables.ts'

/** The browser's cookie. It holds only person and session, sealed; whether the session still counts is asked at every call. */
export const sessionCookie = 'aia.session'
const seenEveryMs = 60_000

/** A cookie that is not well encoded is none of ours: it opens nothing, and is no fault of the server's. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function cookieValue(header: string | null, name: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const [key, ...value] = part.trim().split('=')
    if (key === name) return decoded(value.join('='))
  }
  return null
}

/** The API key a request brings, by either header; null for none. */
function apiKeyIn(headers: Headers): string | null {
  const authorization = headers.get('authorization')
  if (authorization === null) return headers.get('x-api-key')
  const text = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1]
  return text && looksLikeApiKey(text) ? text : null
}

type Claimed = { by: 'bearer'; token: TokenReference } | { by: 'bearer'; oauth: OauthToken } | { by: 'cookie'; sessionId: string; personId: string }

async function claimed(services: Services, headers: Headers): Promise<Claimed | null> {
  const authorization = headers.get('authorization')
  if (authorization !== null) {
    const text = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1]
    const token = text ? await verifyAccessToken(services, text) : null
    if (token) return { by: 'bearer', token }
    const oauth = text ? await verifyOauthToken(services, text) : null
    return oauth && { by: 'bearer', oauth }
  }
  const sealed = cookieValue(headers.get('cookie'), sessionCookie)
  if (!sealed) return null
  const claims = await decode({ token: sealed, secret: services.keyring.secret('browser-session') }).catch(() => null)
  return claims && typeof claims.sid === 'string' && claims.sub ? { by: 'cookie', sessionId: claims.sid, personId: claims.sub } : null
}

/** Who a request comes from, by API key, bearer token or cookie; null when none of them counts now. */
export async function identify(services: Services, headers: Headers): Promise<Caller | null> {
  const key = apiKeyIn(headers)
  if (key !== null) return apiKeyCaller(services, key)
  const claims = await claimed(services, headers)
  if (!claims) return null
  if ('oauth' in claims) {
    const caller = await claims.oauth.caller()
    return caller && { ...caller, by: claims.by }
  }
  if (claims.by === 'cookie') {
    const caller = await sessionCaller(services, claims.sessionId)
    // The cookie names whose browser it is, also while that person acts under another name.
    return caller && (caller.impersonator ?? caller).personId === claims.personId ? { ...caller, by: claims.by } : null
  }
  const { token } = claims
  const caller = await sessionCaller(services, token.sessionId, token)
  const same = caller?.personId === token.personId && (caller.impersonator?.personId ?? null) === token.actorId
  // A token of before the session moved to another enterprise opens neither.
  return caller && same && caller.enterpriseId === token.enterpriseId ? { ...caller, by: claims.by } : null
}

/** The person behind an open session, with the role it has now. A denied access token gives nobody. */
export async function sessionCaller(services: Services, sessionId: string, token: TokenReference | null = null): Promise<Omit<Caller, 'by'> | null> {
  if (!/^[0-9a-f-]{36}$/i.test(sessionId)) return null
  const { row, grants, acting } = await services.database.readIdentity(async (tx) => {
    const [found] = await tx
      .select({
        person: people,
        enterprise: enterprises,
        membership: memberships,
        session: sessions,
        requireMfa: securitySettings.requireMfa,
        hasSecondFactor: hasSecondFactor(tx, people.id),
      })
      .from(sessions)
      .innerJoin(people, eq(people.id, sessions.personId))
      .innerJoin(enterprises, eq(enterprises.id, sessions.enterpriseId))
      .innerJoin(memberships, and(eq(memberships.personId, sessions.personId), eq(memberships.enterpriseId, sessions.enterpriseId)))
      .leftJoin(securitySettings, eq(securitySettings.enterpriseId, sessions.enterpriseId))
      .leftJoin(deniedTokens, eq(deniedTokens.tokenId, token?.tokenId ?? ''))
      .where(and(eq(sessions.id, sessionId), sessionIsOpen(), isNull(memberships.suspendedAt), isNull(deniedTokens.tokenId)))
    // A token of the person's own stays that person's own, whatever the browser does meanwhile.
    const other = found && (token === null || token.actorId !== null) ? await actingAs(tx, found.session, found.membership.role) : null
    const subject = other ?? found
    const its = subject ? await grantsOf(tx, subject.membership.enterpriseId, subject.person.id, subject.membership.role) : []
    return { row: found, grants: its, acting: other }
  })
  const seenBefore = new Date(Date.now() - seenEveryMs)
  if (row && row.session.lastSeenAt < seenBefore)
    await noteUse(services, (tx) =>
      tx
        .update(sessions)
        .set({ lastSeenAt: new Date() })
        .where(and(eq(sessions.id, sessionId), lt(sessions.lastSeenAt, seenBefore))),
    )
  const { person, membership } = acting ?? row ?? {}
  if (!row || !person || !membership || !isRole(membership.role)) return null
  const { role, partnerLevel } = membership
  return {
    kind: 'person',
    personId: person.id,
    email: person.email,
    name: person.name,
    enterpriseId: row.enterprise.id,
    enterpriseName: row.enterprise.name,
    tier: row.enterprise.tier,
    role,
    partnerLevel: role === 'partner' && isPartnerLevel(partnerLevel) ? partnerLevel : null,
    grants,
    scopes: null,
    sessionId,
    acr: row.session.acr,
    amr: row.session.amr,
    authenticatedAt: row.session.authenticatedAt,
    hasSecondFactor: row.hasSecondFactor,
    mustSecure: row.requireMfa === true && row.session.acr !== 'aal2',
    accessToken: token && { tokenId: token.tokenId, expiresAt: token.expiresAt },
    impersonator: acting && { personId: row.person.id, email: row.person.email, name: row.person.name, until: acting.until },
  }
}
