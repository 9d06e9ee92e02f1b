import { and, asc, eq } from 'drizzle-orm'
import type { PersonalData } from '../gateway/personal-data.ts'
import { exportFiles } from '../gateway/tables.ts'

/** What tells of a person expires with its erasure (gateway/exports.ts); what it asked for about others carries its id alone. */
export const exportsPersonalData: PersonalData = {
  async collect(tx, _services, { personId, enterpriseId }) {
    const asked = await tx
      .select({ at: exportFiles.createdAt, what: exportFiles.kind, until: exportFiles.expiresAt })
      .from(exportFiles)
      .where(and(eq(exportFiles.enterpriseId, enterpriseId), eq(exportFiles.createdBy, personId)))
      .orderBy(asc(exportFiles.createdAt))
    return { 'Exports asked for': asked }
  },
  erase: async () => undefined,
}
