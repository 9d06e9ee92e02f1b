import { asc } from 'drizzle-orm'
import { noInput, operation } from '../gateway/operation.ts'
import { savedViewList } from './contract.ts'
import { shownView, viewsOf } from './saved-views.ts'
import { savedViews } from './tables.ts'

export const listViews = operation
  .meta({ permission: 'analytics.read', limit: 'default', audit: 'none' })
  .route({ method: 'GET', path: '/v1/analytics/views', summary: 'Views that you have saved, by name', tags: ['analytics'] })
  .input(noInput)
  .output(savedViewList)
  .handler(async ({ context: { tx, caller } }) => ({
    items: (await tx.select().from(savedViews).where(viewsOf(caller)).orderBy(asc(savedViews.name), asc(savedViews.id))).map(shownView),
  }))
