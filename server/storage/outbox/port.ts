import { sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../database/port.ts'

/** What happens to an enterprise and others may want to hear of. It names things; who hears of it reads what they are now. */
export type DomainEvent =
  /** Atoms came, changed or went, or pathways that leave them did. */
  | { kind: 'knowledge.changed'; atoms: readonly number[] }
  /** Agents worked with atoms that they had not worked with before, or worked for the first time. */
  | { kind: 'agents.worked'; atoms: readonly number[] }

export interface StoredEvent {
  sequence: number
  kind: DomainEvent['kind']
  atoms: number[]
}

/** How far an enterprise's events have come. */
export interface OutboxPosition {
  generation: string
  sequence: number
}

// More than that is not kept: the numbers go on, and who finds one missing begins anew. So the outbox stays small while nobody fetches.
const mostWaiting = 2_000

/**
 * Writes an event in the transaction of what it tells, as the last thing there: events of one enterprise are numbered in the order in which
 * their transactions are committed. Nothing is written where nobody listens.
 */
export async function publish(tx: Transaction, enterpriseId: string, { kind, ...payload }: DomainEvent): Promise<void> {
  await tx.execute(
    sql`with next as (update outboxes set sequence = sequence + 1 where enterprise_id = ${enterpriseId} returning sequence, sent)
      insert into outbox_events (enterprise_id, sequence, kind, payload)
      select ${enterpriseId}::uuid, sequence, ${kind}, ${asJson(payload)}::text::json from next where sequence - sent <= ${mostWaiting}`,
  )
}

/** From here on events are written. Waits until every change under way, which did not know yet, is committed. */
export async function subscribe(tx: Transaction, enterpriseId: string): Promise<void> {
  await tx.execute(sql`lock table outboxes in share row exclusive mode`)
  await tx.execute(sql`insert into outboxes (enterprise_id) values (${enterpriseId}) on conflict do nothing`)
}

/** Lets whoever listens begin anew with everything, because it was replaced or is in doubt. */
export async function restart(tx: Transaction, enterpriseId: string): Promise<void> {
  await tx.execute(sql`update outboxes set generation = gen_random_uuid(), sequence = sequence + 1 where enterprise_id = ${enterpriseId}`)
}

/** How far the events have come; null where nobody listens. */
export async function outboxPosition(tx: Transaction, enterpriseId: string): Promise<OutboxPosition | null> {
  const [row] = await rows<{ generation: string; sequence: string | number }>(
    tx,
    sql`select generation, sequence from outboxes where enterprise_id = ${enterpriseId}`,
  )
  return row ? { generation: row.generation, sequence: Number(row.sequence) } : null
}

/** Enterprises that have events to be sent, or all of them, and those nobody listens to yet. For identity transactions. */
export async function outboxesWithWork(tx: Transaction, all: boolean): Promise<{ waiting: string[]; unknown: string[] }> {
  const found = await rows<{ id: string; known: boolean }>(
    tx,
    sql`select e.id, o.enterprise_id is not null as known from enterprises e left join outboxes o on o.enterprise_id = e.id
      where o.enterprise_id is null or o.sequence > o.sent or ${all}::boolean order by e.id`,
  )
  return { waiting: found.filter(({ known }) => known).map(({ id }) => id), unknown: found.filter(({ known }) => !known).map(({ id }) => id) }
}

/** Makes `sender` the only one who sends for an enterprise, for `seconds`; again, to go on. False when somebody else is. */
export async function hold(tx: Transaction, enterpriseId: string, sender: string, seconds: number): Promise<boolean> {
  const found = await rows(
    tx,
    sql`update outboxes set sender = ${sender}::uuid, held_until = clock_timestamp() + make_interval(secs => ${seconds}::int)
      where enterprise_id = ${enterpriseId} and (sender is null or sender = ${sender}::uuid or held_until < clock_timestamp()) returning 1 as held`,
  )
  return found.length > 0
}

export async function letGo(tx: Transaction, enterpriseId: string, sender: string): Promise<void> {
  await tx.execute(sql`update outboxes set sender = null, held_until = null where enterprise_id = ${enterpriseId} and sender = ${sender}::uuid`)
}

/** The next events after a position, without a gap, until they name `mostAtoms` atoms. The first is given in any case. */
export async function nextEvents(tx: Transaction, enterpriseId: string, after: number, mostAtoms: number): Promise<StoredEvent[]> {
  const found = await rows<{ sequence: string | number; kind: DomainEvent['kind']; payload: { atoms: number[] } }>(
    tx,
    sql`select sequence, kind, payload from outbox_events where enterprise_id = ${enterpriseId} and sequence > ${after} order by sequence limit 100`,
  )
  const events: StoredEvent[] = []
  let atoms = 0
  for (const { sequence, kind, payload } of found) {
    atoms += payload.atoms.length
    const before = events.at(-1)
    if (before && (atoms > mostAtoms || Number(sequence) !== before.sequence + 1)) break
    events.push({ sequence: Number(sequence), kind, atoms: payload.atoms })
  }
  return events
}

/** Forgets the events up to a position: they are sent. */
export async function settle(tx: Transaction, enterpriseId: string, sequence: number): Promise<void> {
  await tx.execute(sql`delete from outbox_events where enterprise_id = ${enterpriseId} and sequence <= ${sequence}`)
  await tx.execute(sql`update outboxes set sent = greatest(sent, ${sequence}) where enterprise_id = ${enterpriseId}`)
}
