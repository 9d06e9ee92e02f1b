import { and, asc, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { enterprises, tiers } from '../../enterprise/index.ts'
import { identityOperation, noInput } from '../../gateway/operation.ts'
import { memberships } from '../tables.ts'

export const ownEnterprise = z.object({ id: z.uuid(), name: z.string(), tier: z.enum(tiers), role: z.string(), current: z.boolean() })

export const listEnterprises = identityOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/auth/enterprises', summary: 'The enterprises the caller belongs to', tags: ['enterprises'] })
  .input(noInput)
  .output(z.object({ items: z.array(ownEnterprise) }))
  .handler(async ({ context: { tx, caller } }) => {
    const rows = await tx
      .select({ id: enterprises.id, name: enterprises.name, tier: enterprises.tier, role: memberships.role })
      .from(memberships)
      .innerJoin(enterprises, eq(enterprises.id, memberships.enterpriseId))
      .where(and(eq(memberships.personId, caller.personId), isNull(memberships.suspendedAt)))
      .orderBy(asc(enterprises.name))
      .limit(500)
    return { items: rows.map((row) => ({ ...row, current: row.id === caller.enterpriseId })) }
  })
