import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { operation } from '../../gateway/operation.ts'
import { problem } from '../../gateway/problem.ts'
import { publish } from '../../storage/outbox/port.ts'
import { acceptedSource, sourceId } from '../contract.ts'
import { sources } from '../tables.ts'
import { noSuchSource } from './view.ts'

export const retrySource = operation
  .meta({ permission: 'knowledge.write', limit: 'default', audit: 'row', state: 'changed', resource: { kind: 'source', id: 'id' } })
  .route({ method: 'POST', path: '/v1/neural/sources/{id}/retry', successStatus: 202, summary: 'Read a failed source again', tags: ['neural'] })
  .input(sourceId)
  .output(acceptedSource)
  .handler(async ({ input, context: { tx, caller, services, audit } }) => {
    const [row] = await tx
      .select({ id: sources.id, title: sources.title, state: sources.state })
      .from(sources)
      .where(eq(sources.id, input.id))
      .for('update')
    if (!row) throw noSuchSource()
    if (row.state !== 'failed') throw problem('conflict', `Only a failed source can be read again; this one is ${row.state}.`)
    await tx
      .update(sources)
      .set({ state: 'queued', reason: null, progressDone: 0 })
      .where(and(eq(sources.id, input.id)))
    await services.jobs.start(tx, caller.enterpriseId, {
      name: 'ingestion',
      input: { enterpriseId: caller.enterpriseId, sourceId: input.id, title: row.title, fileName: null },
      id: `ingestion-${input.id}-${randomUUID()}`,
    })
    await publish(tx, caller.enterpriseId, { kind: 'source.state', id: input.id, state: 'queued', done: 0, total: 0 })
    audit({ target: input.id, before: { state: row.state }, after: { state: 'queued' } })
    return { id: row.id, state: 'queued' as const, title: row.title }
  })
