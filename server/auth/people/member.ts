import { and, eq, isNull, max, ne, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { coversRights, isPartnerLevel, isRole, rightsOf } from '../../gateway/decide.ts'
import type { PartnerLevel, Role } from '../../gateway/permissions.ts'
import { problem } from '../../gateway/problem.ts'
import type { Caller } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { memberships, people, sessions } from '../tables.ts'
import type { member } from './shapes.ts'

/** When a person last signed in to an enterprise, as a column. */
const lastSignIn = (tx: Transaction) =>
  tx
    .select({ at: max(sessions.createdAt) })
    .from(sessions)
    .where(and(eq(sessions.personId, memberships.personId), eq(sessions.enterpriseId, memberships.enterpriseId)))

/** Membership with its person, to be filtered. */
export const selectMembers = (tx: Transaction) =>
  tx
    .select({
      id: people.id,
      email: people.email,
      name: people.name,
      role: memberships.role,
      partnerLevel: memberships.partnerLevel,
      suspendedAt: memberships.suspendedAt,
      joinedAt: memberships.createdAt,
      lastSignInAt: sql<string | null>`(${lastSignIn(tx)})`,
    })
    .from(memberships)
    .innerJoin(people, eq(people.id, memberships.personId))
    .$dynamic()
export type MemberRow = Awaited<ReturnType<typeof selectMembers>>[number]

/** A stored role; a row that names none that exists counts as the one with no rights. */
export const roleOf = (text: string): Role => (isRole(text) ? text : 'partner')
export const levelOf = (role: string, level: string): PartnerLevel | null => (role === 'partner' ? (isPartnerLevel(level) ? level : 'none') : null)

export const memberView = (row: MemberRow): z.infer<typeof member> => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: roleOf(row.role),
  partner_level: levelOf(row.role, row.partnerLevel),
  state: row.suspendedAt ? 'suspended' : 'active',
  joined_at: row.joinedAt.toISOString(),
  suspended_at: row.suspendedAt?.toISOString() ?? null,
  last_sign_in_at: row.lastSignInAt === null ? null : new Date(row.lastSignInAt).toISOString(),
})

/**
 * One person of the caller's enterprise, locked against another change at the same time.
 * @throws problem not_found, also for a person of another enterprise
 */
export async function memberOf(tx: Transaction, enterpriseId: string, personId: string): Promise<MemberRow> {
  // Whoever changes people waits here for whoever does so already: two owners cannot remove one another at once.
  await tx.select({ id: memberships.personId }).from(memberships).where(eq(memberships.enterpriseId, enterpriseId)).for('update')
  const [row] = await selectMembers(tx).where(and(eq(memberships.enterpriseId, enterpriseId), eq(memberships.personId, personId)))
  if (!row) throw problem('not_found', 'There is no such person in this enterprise.')
  return row
}

/** @throws problem forbidden when the other one may do something that the caller may not */
export function requireRightsOver(caller: Caller, other: { role: Role; partnerLevel: PartnerLevel | null }): void {
  if (!coversRights(rightsOf(caller.role, caller.partnerLevel), rightsOf(other.role, other.partnerLevel)))
    throw problem('forbidden', `The role ${other.role} has rights that yours (${caller.role}) does not have.`)
}

/** @throws problem conflict when nobody else is an active owner of the enterprise */
export async function keepAnOwner(tx: Transaction, enterpriseId: string, personId: string): Promise<void> {
  const [other] = await tx
    .select({ id: memberships.personId })
    .from(memberships)
    .where(
      and(
        eq(memberships.enterpriseId, enterpriseId),
        eq(memberships.role, 'owner'),
        ne(memberships.personId, personId),
        isNull(memberships.suspendedAt),
      ),
    )
    .limit(1)
  if (!other) throw problem('conflict', 'This is the last owner of the enterprise. Make somebody else an owner first.')
}

/** Ends every session of a person in one enterprise, and with them their tokens and cookies. */
export async function endSessions(tx: Transaction, enterpriseId: string, personId: string): Promise<void> {
  await tx
    .update(sessions)
    .set({ revokedAt: new Date() })
    .where(and(eq(sessions.enterpriseId, enterpriseId), eq(sessions.personId, personId), isNull(sessions.revokedAt)))
}
