import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { isPartnerLevel, isRole, rightsOf } from '../gateway/decide.ts'
import type { Services } from '../gateway/services.ts'
import type { Transaction } from '../storage/database/port.ts'
import { signAccessToken } from './access-tokens.ts'
import { issueRefreshToken } from './refresh-tokens.ts'
import { accessTokenSeconds } from './signing-keys.ts'
import { memberships, people, securitySettings, sessions } from './tables.ts'

const defaultSessionHours = 720

/** How a person proved who it is: strength (NIST SP 800-63B) and methods (RFC 8176). */
export interface Proof {
  acr: 'aal1' | 'aal2'
  amr: readonly string[]
}

/** From where a sign-in came, as the sessions list shows it. */
export interface Origin {
  address: string | null
  userAgent: string | null
}

export interface OpenedSession {
  personId: string
  enterpriseId: string
  sessionId: string
  refreshToken: string
}

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000)

/** Starts a session and its first refresh token; it lasts as long as the enterprise's settings say. */
export async function openSession(
  tx: Transaction,
  personId: string,
  enterpriseId: string,
  proof: Proof = { acr: 'aal1', amr: ['pwd'] },
  origin: Origin = { address: null, userAgent: null },
): Promise<OpenedSession> {
  const [person] = await tx.select({ epoch: people.credentialEpoch }).from(people).where(eq(people.id, personId))
  const [settings] = await tx
    .select({ hours: securitySettings.sessionHours })
    .from(securitySettings)
    .where(eq(securitySettings.enterpriseId, enterpriseId))
  const [session] = await tx
    .insert(sessions)
    .values({
      personId,
      enterpriseId,
      expiresAt: inHours(settings?.hours ?? defaultSessionHours),
      epoch: person?.epoch ?? 0,
      acr: proof.acr,
      amr: [...proof.amr],
      address: origin.address,
      userAgent: origin.userAgent?.slice(0, 400) ?? null,
    })
    .returning({ id: sessions.id, expiresAt: sessions.expiresAt })
  if (!session) throw new Error('The session was not stored.')
  return { personId, enterpriseId, sessionId: session.id, refreshToken: await issueRefreshToken(tx, session.id, session.expiresAt) }
}

/** Writes into the caller's session that it has just proved who it is. */
export async function proveInSession(tx: Transaction, caller: { sessionId: string | null }, proof: Proof, at = new Date()): Promise<void> {
  if (!caller.sessionId) return
  await tx
    .update(sessions)
    .set({ acr: proof.acr, amr: [...proof.amr], authenticatedAt: at })
    .where(eq(sessions.id, caller.sessionId))
}

/** Ends a session with all its tokens and cookies. */
export async function revokeSession(tx: Transaction, sessionId: string): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: new Date() })
    .where(and(eq(sessions.id, sessionId), isNull(sessions.revokedAt)))
}

/** The condition under which a session counts; `people` must be joined. */
export const sessionIsOpen = () => and(isNull(sessions.revokedAt), gt(sessions.expiresAt, new Date()), eq(sessions.epoch, people.credentialEpoch))

/**
 * Ends everything a person holds (sessions, access and refresh tokens, cookies) at once. `keep` is the session that goes on, such as the
 * one in which the password was changed.
 */
export async function endEverything(tx: Transaction, personId: string, keep?: string): Promise<void> {
  const [person] = await tx
    .update(people)
    .set({ credentialEpoch: sql`${people.credentialEpoch} + 1` })
    .where(eq(people.id, personId))
    .returning({ epoch: people.credentialEpoch })
  if (keep && person)
    await tx
      .update(sessions)
      .set({ epoch: person.epoch })
      .where(and(eq(sessions.id, keep), eq(sessions.personId, personId), eq(sessions.epoch, person.epoch - 1), isNull(sessions.revokedAt)))
}

/** What signing in and refreshing answer. */
export async function tokenAnswer(services: Services, opened: OpenedSession) {
  return {
    access_token: await accessTokenOf(services, opened.sessionId),
    refresh_token: opened.refreshToken,
    token_type: 'Bearer' as const,
    expires_in: accessTokenSeconds,
  }
}

/** A new access token of a session, with what the session says now. */
export async function accessTokenOf(services: Services, sessionId: string): Promise<string> {
  const claims = await services.database.identity(async (tx) => {
    const [row] = await tx
      .select({ session: sessions, role: memberships.role, level: memberships.partnerLevel })
      .from(sessions)
      .innerJoin(memberships, and(eq(memberships.personId, sessions.personId), eq(memberships.enterpriseId, sessions.enterpriseId)))
      .where(eq(sessions.id, sessionId))
    if (!row || !isRole(row.role)) throw new Error(`Session ${sessionId} is gone.`)
    const { personId, enterpriseId, epoch, acr, amr, authenticatedAt } = row.session
    const scope = rightsOf(row.role, isPartnerLevel(row.level) ? row.level : null)
    return { personId, enterpriseId, sessionId, epoch, acr, amr, authenticatedAt, scope }
  })
  return signAccessToken(services, claims)
}
