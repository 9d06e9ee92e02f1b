import { and, eq, ne, sql } from 'drizzle-orm'
import { longOperation, operation } from '../../gateway/operation.ts'
import type { Services } from '../../gateway/services.ts'
import { rows, type Transaction } from '../../storage/database/port.ts'
import { publish } from '../../storage/outbox/port.ts'
import { removal, sourceId } from '../contract.ts'
import { lexicalIndexOf } from '../engine.ts'
import { requestLayout } from '../graph/layout-job.ts'
import { preview, remove } from '../knowledge/remove.ts'
import { sources } from '../tables.ts'
import { requestVectors } from '../vectors/job.ts'
import { noSuchSource } from './view.ts'

/** Deletes a source and exactly what only it gave. Returns what went and the object nobody refers to any more. */
export async function deleteSourceIn(tx: Transaction, services: Services, enterpriseId: string, id: string) {
  const [row] = await tx
    .select({ objectKey: sources.objectKey, title: sources.title, origin: sources.origin, createdAt: sources.createdAt })
    .from(sources)
    .where(eq(sources.id, id))
    .for('update')
  if (!row) return null
  const removed = await remove(tx, lexicalIndexOf(services), enterpriseId, [id])
  await tx.delete(sources).where(eq(sources.id, id))
  // An atom that another source also gives may bear another title now.
  await requestVectors(tx, services, enterpriseId)
  await requestLayout(tx, services, enterpriseId)
  const [other] = row.objectKey
    ? [
        ...(await tx
          .select({ id: sources.id })
          .from(sources)
          .where(and(eq(sources.objectKey, row.objectKey), ne(sources.id, id)))
          .limit(1)),
        // It may have been added from an export that can still be downloaded.
        ...(await rows<{ id: string }>(tx, sql`select id from export_files where object_key = ${row.objectKey} limit 1`)),
      ]
    : [{ id }]
  await publish(tx, enterpriseId, { kind: 'source.state', id, state: 'removed', done: 0, total: 0 })
  return { removed, before: row, orphanKey: other ? null : row.objectKey }
}

export const deleteSource = longOperation
  .meta({ permission: 'knowledge.write', limit: 'default', audit: 'row', state: 'removed', resource: { kind: 'source', id: 'id' } })
  .route({ method: 'DELETE', path: '/v1/neural/sources/{id}', summary: 'Delete a source and exactly what only it gave', tags: ['neural'] })
  .input(sourceId)
  .output(removal)
  .handler(async ({ input, context: { services, caller, write } }) => {
    const done = await write(async (tx, audit) => {
      const result = await deleteSourceIn(tx, services, caller.enterpriseId, input.id)
      if (!result) throw noSuchSource()
      audit({ target: input.id, before: result.before, detail: { atoms: result.removed.atoms, pathways: result.removed.pathways } })
      return result
    })
    if (done.orphanKey) await services.objects.delete(done.orphanKey)
    return { id: input.id, removed: { sources: 1, ...done.removed } }
  })

export const previewDelete = operation
  .meta({ permission: 'knowledge.read', limit: 'default', audit: 'none', resource: { kind: 'source', id: 'id' } })
  .route({ method: 'GET', path: '/v1/neural/sources/{id}/removal', summary: 'What deleting a source would remove', tags: ['neural'] })
  .input(sourceId)
  .output(removal)
  .handler(async ({ input, context: { tx, caller, services } }) => {
    const [row] = await tx.select({ id: sources.id }).from(sources).where(eq(sources.id, input.id))
    if (!row) throw noSuchSource()
    return { id: input.id, removed: { sources: 1, ...(await preview(tx, lexicalIndexOf(services), caller.enterpriseId, [input.id])) } }
  })
