import { and, eq } from 'drizzle-orm'
import { savedViews } from './tables.ts'

export const shownView = ({ id, name, query, createdAt }: typeof savedViews.$inferSelect) => ({
  id,
  name,
  query,
  created_at: createdAt.toISOString(),
})

/** The views of one person in one enterprise. */
export const viewsOf = (caller: { enterpriseId: string; personId: string }) =>
  and(eq(savedViews.enterpriseId, caller.enterpriseId), eq(savedViews.personId, caller.personId))
