import { and, asc, eq, or } from 'drizzle-orm'
import type { PersonalData } from '../gateway/personal-data.ts'
import { auditEntries } from '../gateway/tables.ts'
import { personalOf } from './view.ts'

/** The log itself never loses a row: what is personal in it goes with the person's key, which erasing destroys. */
export const auditPersonalData: PersonalData = {
  async collect(tx, services, { personId, enterpriseId }) {
    const entries = await tx
      .select()
      .from(auditEntries)
      .where(and(eq(auditEntries.enterpriseId, enterpriseId), or(eq(auditEntries.actor, personId), eq(auditEntries.impersonator, personId))))
      .orderBy(asc(auditEntries.sequence))
    const personal = await personalOf(tx, services, enterpriseId, entries)
    return {
      'Recorded actions': entries.map((entry, index) => ({
        at: entry.at,
        operation: entry.operation,
        target: entry.target,
        outcome: entry.outcome,
        ...Object.assign({}, ...(personal[index] ?? []).filter(({ person }) => person === personId).map(({ values }) => values)),
      })),
    }
  },
  erase: async () => undefined,
}
