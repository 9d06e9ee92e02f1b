import { and, asc, eq } from 'drizzle-orm'
import type { PersonalData } from '../gateway/personal-data.ts'
import { savedViews } from './tables.ts'

/** Views that somebody saved are theirs and go. */
export const analyticsPersonalData: PersonalData = {
  async collect(tx, _services, { personId, enterpriseId }) {
    const views = await tx
      .select({ id: savedViews.id, at: savedViews.createdAt, name: savedViews.name, query: savedViews.query })
      .from(savedViews)
      .where(and(eq(savedViews.enterpriseId, enterpriseId), eq(savedViews.personId, personId)))
      .orderBy(asc(savedViews.createdAt))
    return { 'Saved views': views }
  },
  async erase(tx, { personId, enterpriseId }) {
    await tx.delete(savedViews).where(and(eq(savedViews.enterpriseId, enterpriseId), eq(savedViews.personId, personId)))
  },
}
