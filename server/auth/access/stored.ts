import { and, eq, gt, isNull, or } from 'drizzle-orm'
import { type Grant, resourceKinds } from '../../gateway/decide.ts'
import { type Permission, permissions } from '../../gateway/permissions.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { resourceGrants } from '../tables.ts'

/** Owners and administrators may do everything with every resource, so nothing is looked up for them. */
const needsNone = (role: string) => role === 'owner' || role === 'admin'

/** The live grants of a person in an enterprise, its own and those of its role. Runs in an identity transaction. */
export async function grantsOf(tx: Transaction, enterpriseId: string, personId: string, role: string): Promise<Grant[]> {
  if (needsNone(role)) return []
  const rows = await tx
    .select()
    .from(resourceGrants)
    .where(
      and(
        eq(resourceGrants.enterpriseId, enterpriseId),
        or(eq(resourceGrants.personId, personId), eq(resourceGrants.role, role)),
        or(isNull(resourceGrants.expiresAt), gt(resourceGrants.expiresAt, new Date())),
      ),
    )
  return rows.flatMap((row) => {
    const kind = resourceKinds.find((each) => each === row.kind)
    const permission: Permission | undefined = permissions.find((each) => each === row.permission)
    return kind && permission ? [{ id: row.id, kind, resourceId: row.resourceId, permission, expiresAt: row.expiresAt }] : []
  })
}
