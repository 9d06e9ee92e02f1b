import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { operation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { sourceId } from '../contract.ts'
import { sources } from '../tables.ts'
import { noSuchSource } from './view.ts'

export const sourceContent = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none', resource: { kind: 'source', id: 'id' } })
  .route({
    method: 'GET',
    path: '/v1/neural/sources/{id}/content',
    summary: 'The stored text that citations slice, in UTF-16 code units',
    tags: ['neural'],
  })
  .input(sourceId)
  .output(z.file())
  .handler(async ({ input, context: { tx } }) => {
    const [row] = await tx.select({ text: sources.text }).from(sources).where(eq(sources.id, input.id))
    if (!row) throw noSuchSource()
    if (row.text === null) throw problem('conflict', 'The text of this source is not stored yet: it is still queued, or it failed.')
    return new File([row.text], 'content.txt', { type: 'text/plain; charset=utf-8' })
  })
