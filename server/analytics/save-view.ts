import { count } from 'drizzle-orm'
import { operation } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import { savedView, savedViewInput } from './contract.ts'
import { shownView, viewsOf } from './saved-views.ts'
import { savedViews } from './tables.ts'

const mostViews = 100

export const saveView = operation
  .meta({ permission: 'analytics.read', limit: 'default', audit: 'row', state: 'made' })
  .route({ method: 'POST', path: '/v1/analytics/views', successStatus: 201, summary: 'Save a view under a name', tags: ['analytics'] })
  .input(savedViewInput)
  .output(savedView)
  .handler(async ({ input, context: { tx, caller, audit } }) => {
    const [kept] = await tx.select({ n: count() }).from(savedViews).where(viewsOf(caller))
    if ((kept?.n ?? 0) >= mostViews) throw problem('conflict', `At most ${mostViews} views can be kept; delete one first.`)
    const [row] = await tx
      .insert(savedViews)
      .values({ ...input, enterpriseId: caller.enterpriseId, personId: caller.personId })
      .returning()
    if (!row) throw new Error('The view was not stored.')
    audit({ target: row.id, after: { query: row.query } })
    return shownView(row)
  })
