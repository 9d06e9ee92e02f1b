import { and, eq, isNull } from 'drizzle-orm'
import { decode } from 'next-auth/jwt'
import { enterprises } from '../enterprise/index.ts'
import { isPartnerLevel, isRole } from '../gateway/decide.ts'
import type { Caller, Services } from '../gateway/services.ts'
import { grantsOf } from './access/stored.ts'
import { memberships, people, sessions } from './tables.ts'
import { sessionIsOpen, verifyAccessToken } from './tokens.ts'

/** The browser's cookie. It holds only person and session, sealed; whether the session still counts is asked at every call. */
export const sessionCookie = 'aia.session'

function cookieValue(header: string | null, name: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const [key, ...value] = part.trim().split('=')
    if (key === name) return decodeURIComponent(value.join('='))
  }
  return null
}

async function claimed(services: Services, headers: Headers): Promise<{ sessionId: string; personId: string; by: Caller['by'] } | null> {
  const authorization = headers.get('authorization')
  if (authorization !== null) {
    const token = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1]
    const claims = token ? await verifyAccessToken(services, token) : null
    return claims && { ...claims, by: 'bearer' }
  }
  const sealed = cookieValue(headers.get('cookie'), sessionCookie)
  if (!sealed) return null
  const claims = await decode({ token: sealed, secret: services.keyring.secret('browser-session') }).catch(() => null)
  return claims && typeof claims.sid === 'string' && claims.sub ? { sessionId: claims.sid, personId: claims.sub, by: 'cookie' } : null
}

/** Who a request comes from, by bearer token or cookie; null when neither names a session that is open now. */
export async function identify(services: Services, headers: Headers): Promise<Caller | null> {
  const claims = await claimed(services, headers)
  if (!claims) return null
  const caller = await sessionCaller(services, claims.sessionId)
  return caller && caller.personId === claims.personId ? { ...caller, by: claims.by } : null
}

/** The person behind an open session, with the role it has now. */
export async function sessionCaller(services: Services, sessionId: string): Promise<Omit<Caller, 'by'> | null> {
  if (!/^[0-9a-f-]{36}$/i.test(sessionId)) return null
  const { row, grants } = await services.database.identity(async (tx) => {
    const [found] = await tx
      .select({ person: people, enterprise: enterprises, membership: memberships, session: sessions })
      .from(sessions)
      .innerJoin(people, eq(people.id, sessions.personId))
      .innerJoin(enterprises, eq(enterprises.id, sessions.enterpriseId))
      .innerJoin(memberships, and(eq(memberships.personId, sessions.personId), eq(memberships.enterpriseId, sessions.enterpriseId)))
      .where(and(eq(sessions.id, sessionId), sessionIsOpen(), isNull(memberships.suspendedAt)))
    return { row: found, grants: found ? await grantsOf(tx, found.enterprise.id, found.person.id, found.membership.role) : [] }
  })
  if (!row || !isRole(row.membership.role)) return null
  const { role, partnerLevel } = row.membership
  return {
    kind: 'person',
    personId: row.person.id,
    email: row.person.email,
    name: row.person.name,
    enterpriseId: row.enterprise.id,
    enterpriseName: row.enterprise.name,
    tier: row.enterprise.tier,
    role,
    partnerLevel: role === 'partner' && isPartnerLevel(partnerLevel) ? partnerLevel : null,
    grants,
    scopes: null,
    sessionId,
    acr: 'aal1',
    amr: ['pwd'],
    authenticatedAt: row.session.createdAt,
    impersonator: null,
  }
}
