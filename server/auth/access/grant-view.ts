import { z } from 'zod'
import type { resourceGrants } from '../tables.ts'
import { grant } from './shapes.ts'

// What is stored came through the same lists; a value that has left them since fails the row instead of opening something.
const { kind, permission, role } = grant.shape

export const grantView = (
  row: typeof resourceGrants.$inferSelect,
  person: { id: string; name: string; email: string } | null,
): z.infer<typeof grant> => ({
  id: row.id,
  kind: kind.parse(row.kind),
  resource_id: row.resourceId,
  permission: permission.parse(row.permission),
  person: person && z.object({ id: z.uuid(), name: z.string(), email: z.string() }).parse(person),
  role: role.parse(row.role),
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt?.toISOString() ?? null,
  expired: row.expiresAt !== null && row.expiresAt <= new Date(),
})
