import { and, eq } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { savedView, savedViewId } from './contract.ts'
import { shownView, viewsOf } from './saved-views.ts'
import { savedViews } from './tables.ts'

export const deleteView = operation
  .meta({ permission: 'analytics.read', limit: 'default', audit: 'row', state: 'removed' })
  .route({ method: 'DELETE', path: '/v1/analytics/views/{id}', summary: 'Delete a view that you have saved', tags: ['analytics'] })
  .input(savedViewId)
  .output(savedView)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [row] = await tx
      .delete(savedViews)
      .where(and(viewsOf(caller), eq(savedViews.id, input.id)))
      .returning()
    if (!row) throw problem('not_found', 'There is no such view.')
    audit({ target: row.id, before: { query: row.query } })
    return shownView(row)
  })
