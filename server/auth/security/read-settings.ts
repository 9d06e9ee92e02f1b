import { and, count, eq, isNull, sql } from 'drizzle-orm'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { hasSecondFactor } from '../factors/has-second-factor.ts'
import { memberships, people, securitySettings } from '../tables.ts'
import { securitySettingsView } from './shapes.ts'

export async function readSettings(tx: Transaction, enterpriseId: string) {
  const [settings] = await tx.select().from(securitySettings).where(eq(securitySettings.enterpriseId, enterpriseId))
  const [counted] = await tx
    .select({ all: count(), secured: sql<string>`count(*) filter (where ${hasSecondFactor(tx, people.id)})` })
    .from(memberships)
    .innerJoin(people, eq(people.id, memberships.personId))
    .where(and(eq(memberships.enterpriseId, enterpriseId), isNull(memberships.suspendedAt)))
  return {
    require_mfa: settings?.requireMfa ?? false,
    session_hours: settings?.sessionHours ?? 720,
    updated_at: settings?.updatedAt.toISOString() ?? null,
    people: counted?.all ?? 0,
    people_with_second_factor: Number(counted?.secured ?? 0),
  }
}

export const readSecuritySettings = identityOperation
  .meta({ permission: 'security.manage', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/security', summary: 'How the people of this enterprise must sign in', tags: ['security'] })
  .input(noInput)
  .output(securitySettingsView)
  .handler(async ({ context: { tx, caller } }) => readSettings(tx, caller.enterpriseId))
