import { and, eq, isNull } from 'drizzle-orm'
import { isRole } from '../../gateway/decide.ts'
import { permissionsOfRole } from '../../gateway/permissions.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { memberships, people, type sessions } from '../tables.ts'

/** Whom the person of a session acts as now; null outside impersonation, after its time, and once the person may not do it any more. */
export async function actingAs(tx: Transaction, session: typeof sessions.$inferSelect, ownRole: string) {
  const { actingAs: personId, actingUntil: until, enterpriseId } = session
  if (!personId || !until || until <= new Date()) return null
  if (!isRole(ownRole) || !permissionsOfRole(ownRole).includes('people.impersonate')) return null
  const [found] = await tx
    .select({ person: people, membership: memberships })
    .from(people)
    .innerJoin(memberships, and(eq(memberships.personId, people.id), eq(memberships.enterpriseId, enterpriseId)))
    .where(and(eq(people.id, personId), isNull(memberships.suspendedAt)))
  return found ? { ...found, until } : null
}
