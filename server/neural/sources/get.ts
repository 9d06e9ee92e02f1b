import { eq } from 'drizzle-orm'
import { operation } from '../../gateway/operation.ts'
import { source, sourceId } from '../contract.ts'
import { sources } from '../tables.ts'
import { noSuchSource, sourceColumns, sourceViews } from './view.ts'

export const getSource = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none', resource: { kind: 'source', id: 'id' } })
  .route({ method: 'GET', path: '/v1/neural/sources/{id}', summary: 'One source with its state and progress', tags: ['neural'] })
  .input(sourceId)
  .output(source)
  .handler(async ({ input, context: { tx, caller } }) => {
    const [view] = await sourceViews(tx, caller.enterpriseId, await tx.select(sourceColumns).from(sources).where(eq(sources.id, input.id)))
    if (!view) throw noSuchSource()
    return view
  })
