import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { and, eq, lt } from 'drizzle-orm'
import { problem } from '../gateway/problem.ts'
import type { Transaction } from '../storage/database/port.ts'
import { people, refreshTokens, sessions } from './tables.ts'

export const refreshTokenSeconds = 30 * 24 * 3_600
/** A client whose answer was lost, or that asked twice at once, gets the same successor for so long. */
const graceMs = 10_000

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

// The key comes from the used token itself, so the stored text opens only for who holds that token.
const successorKey = (token: string) => Buffer.from(hkdfSync('sha256', token, '', 'aia refresh successor', 32))

function sealSuccessor(token: string, successor: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', successorKey(token), nonce).setAAD(Buffer.from(hashOf(token)))
  return Buffer.concat([nonce, cipher.update(successor), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

function openSuccessor(token: string, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', successorKey(token), bytes.subarray(0, 12)).setAAD(Buffer.from(hashOf(token)))
  decipher.setAuthTag(bytes.subarray(-16))
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString()
}

/** A new opaque refresh token; it lasts 30 days and never longer than its session. */
export async function issueRefreshToken(tx: Transaction, sessionId: string, sessionExpiresAt: Date): Promise<string> {
  const token = `aia_refresh_${randomBytes(32).toString('base64url')}`
  const expiresAt = new Date(Math.min(Date.now() + refreshTokenSeconds * 1_000, sessionExpiresAt.getTime()))
  await tx.insert(refreshTokens).values({ tokenHash: hashOf(token), sessionId, expiresAt })
  return token
}

export type Rotation =
  | { outcome: 'rotated' | 'repeated'; sessionId: string; personId: string; enterpriseId: string; refreshToken: string }
  /** A used token came again: somebody else has it, so the session was ended. */
  | { outcome: 'reused'; sessionId: string; personId: string; enterpriseId: string }
  | { outcome: 'unknown' }

/**
 * Exchanges a refresh token for its successor. Used again by the same client within 10 s it gives the very same successor, as long as
 * that one was not used itself; any other reuse ends the session.
 */
export async function rotateRefreshToken(tx: Transaction, token: string, client: { address: string; userAgent: string | null }): Promise<Rotation> {
  const tokenHash = hashOf(token)
  const [row] = await tx
    .select({ token: refreshTokens, session: sessions, personEpoch: people.credentialEpoch })
    .from(refreshTokens)
    .innerJoin(sessions, eq(sessions.id, refreshTokens.sessionId))
    .innerJoin(people, eq(people.id, sessions.personId))
    .where(eq(refreshTokens.tokenHash, tokenHash))
    .for('update')
  if (!row) return { outcome: 'unknown' }
  const now = new Date()
  const { id: sessionId, personId, enterpriseId } = row.session
  if (row.session.revokedAt || row.session.expiresAt < now || row.session.epoch !== row.personEpoch) return { outcome: 'unknown' }
  const usedBy = hashOf(`${client.address}\n${client.userAgent ?? ''}`)
  if (row.token.usedAt) {
    const fresh = now.getTime() - row.token.usedAt.getTime() <= graceMs
    if (fresh && row.token.usedBy === usedBy && row.token.sealedSuccessor) {
      const refreshToken = openSuccessor(token, row.token.sealedSuccessor)
      const [successor] = await tx
        .select()
        .from(refreshTokens)
        .where(eq(refreshTokens.tokenHash, hashOf(refreshToken)))
      if (successor && !successor.usedAt) return { outcome: 'repeated', sessionId, personId, enterpriseId, refreshToken }
    }
    await tx.update(sessions).set({ revokedAt: now }).where(eq(sessions.id, sessionId))
    return { outcome: 'reused', sessionId, personId, enterpriseId }
  }
  if (row.token.expiresAt < now) return { outcome: 'unknown' }
  const refreshToken = await issueRefreshToken(tx, sessionId, row.session.expiresAt)
  await tx
    .update(refreshTokens)
    .set({ usedAt: now, usedBy, sealedSuccessor: sealSuccessor(token, refreshToken) })
    .where(eq(refreshTokens.tokenHash, tokenHash))
  await tx
    .update(refreshTokens)
    .set({ sealedSuccessor: null })
    .where(and(eq(refreshTokens.sessionId, sessionId), lt(refreshTokens.usedAt, new Date(now.getTime() - graceMs))))
  return { outcome: 'rotated', sessionId, personId, enterpriseId, refreshToken }
}

export const refusedToken = () => problem('unauthenticated', 'The refresh token is not valid any more. Sign in again.')
