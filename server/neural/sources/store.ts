import { randomUUID } from 'node:crypto'
import type { Services } from '../../gateway/services.ts'
import type { Transaction } from '../../storage/database/port.ts'
import { publish } from '../../storage/outbox/port.ts'
import { sources } from '../tables.ts'
import type { Incoming } from './gather.ts'

export interface StoredSource {
  id: string
  state: 'queued'
  title: string
}

/** Stores originals as objects; safe to repeat. Outside a transaction, because it writes files. */
export async function storeOriginals(services: Services, enterpriseId: string, list: Incoming[]): Promise<(Incoming & { objectKey: string })[]> {
  const stored: (Incoming & { objectKey: string })[] = []
  for (const incoming of list) stored.push({ ...incoming, objectKey: await services.objects.put(enterpriseId, incoming.bytes) })
  return stored
}

/** Records sources and starts their ingestion, in the caller's transaction: all of them or none. */
export async function enqueueSources(
  tx: Transaction,
  services: Services,
  who: { enterpriseId: string; personId: string },
  list: (Incoming & { objectKey: string })[],
): Promise<StoredSource[]> {
  const accepted: StoredSource[] = []
  for (const incoming of list) {
    const id = randomUUID()
    const title = incoming.title ?? incoming.fileName ?? 'Untitled'
    await tx.insert(sources).values({
      id,
      enterpriseId: who.enterpriseId,
      title,
      origin: incoming.origin,
      contentType: incoming.contentType ?? 'application/octet-stream',
      location: incoming.location,
      byteLength: incoming.bytes.length,
      state: 'queued',
      objectKey: incoming.objectKey,
      createdBy: who.personId,
    })
    await services.jobs.start(tx, who.enterpriseId, {
      name: 'ingestion',
      input: { enterpriseId: who.enterpriseId, sourceId: id, title: incoming.title, fileName: incoming.fileName },
      id: `ingestion-${id}-1`,
    })
    accepted.push({ id, state: 'queued', title })
  }
  await publish(tx, who.enterpriseId, ...accepted.map(({ id, state }) => ({ kind: 'source.state', id, state, done: 0, total: 0 }) as const))
  return accepted
}
