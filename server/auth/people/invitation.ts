import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, isNull } from 'drizzle-orm'
import type { z } from 'zod'
import { enterprises } from '../../enterprise/index.ts'
import { problem } from '../../gateway/problem.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { invitations, people } from '../tables.ts'
import { levelOf, roleOf } from './member.ts'
import type { invitation } from './shapes.ts'

export const invitationDays = 7

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex')

/** A token of 256 random bits, so a plain SHA-256 of it cannot be searched. */
export function newInvitationToken(): { token: string; tokenHash: string } {
  const token = `aia_invite_${randomBytes(32).toString('base64url')}`
  return { token, tokenHash: hashOf(token) }
}

export const invitationView = (row: typeof invitations.$inferSelect): z.infer<typeof invitation> => ({
  id: row.id,
  email: row.email,
  role: roleOf(row.role),
  partner_level: levelOf(row.role, row.partnerLevel),
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt.toISOString(),
  expired: row.expiresAt <= new Date(),
})

/**
 * The open invitation a token belongs to, its enterprise, and the account that exists under its address already.
 * @throws problem not_found for an unknown, used, withdrawn or expired one alike
 */
export async function openInvitation(tx: Transaction, token: string) {
  const [row] = await tx
    .select({ invitation: invitations, enterprise: enterprises, person: people })
    .from(invitations)
    .innerJoin(enterprises, eq(enterprises.id, invitations.enterpriseId))
    .leftJoin(people, eq(people.email, invitations.email))
    .where(and(eq(invitations.tokenHash, hashOf(token)), isNull(invitations.acceptedAt), gt(invitations.expiresAt, new Date())))
  if (!row) throw problem('not_found', 'This invitation does not exist, was used, or has expired. Ask for a new one.')
  return row
}
