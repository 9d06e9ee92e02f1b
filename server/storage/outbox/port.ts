import { sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../database/port.ts'

/**
 * What happens to an enterprise and others may want to hear of. It names things and counts them; who hears of it reads what they are now.
 * One log an enterprise, and every reader keeps its own place: Neo4j on its side (graph/sender.ts), browsers by Last-Event-ID.
 */
export type DomainEvent =
  /** Atoms came, changed or went, or pathways that leave them did. */
  | { kind: 'knowledge.changed'; atoms: readonly number[] }
  /** Agents worked with atoms that they had not worked with before, or worked for the first time. */
  | { kind: 'agents.worked'; atoms: readonly number[] }
  /** A source was added, is read on, is read, failed, or is gone. */
  | { kind: 'source.state'; id: string; state: 'queued' | 'processing' | 'ready' | 'failed' | 'removed'; done: number; total: number }
  /** A question, or a content, was answered; `person` asked. */
  | { kind: 'answer.given'; id: string; person: string; status: string; mode: string; cached: boolean; duration_ms: number }
  | { kind: 'training.ended'; id: string; state: 'done' | 'failed'; published: boolean }
  | { kind: 'job.ended'; id: string; name: string; state: 'done' | 'failed' }
  /** A rule came into another state, was made or changed (`unknown`: not looked at), or is gone. */
  | { kind: 'alert.changed'; id: string; state: 'ok' | 'firing' | 'no_data' | 'unknown' | 'removed' }
  /** Somebody changed people, rights, keys or settings by an operation that needs this permission. */
  | { kind: 'administration.changed'; operation: string; permission: string }
type Kind = DomainEvent['kind']

/** An event that changes the graph, by its number among those alone. */
interface GraphEvent {
  sequence: number
  kind: Kind
  atoms: number[]
}

/** An event as browsers may be told it. */
export interface ToldEvent {
  sequence: number
  kind: Kind
  payload: Record<string, unknown>
  at: Date
}

/** How far a log has come. Another generation begins anew. */
export interface OutboxPosition {
  generation: string
  sequence: number
}

/** What a follower hears next: events in their order, or that it missed some, and where it is now. */
export interface Heard {
  events: readonly ToldEvent[]
  /** True when events are gone that it has not heard: it asks for everything anew. */
  isReset: boolean
  /** The place after this. */
  position: OutboxPosition
}

/** Follows one enterprise. */
export interface Follower {
  /** Waits for what comes, `ms` at most; null when nothing came. After `close`, undefined. */
  next(ms: number): Promise<Heard | null | undefined>
  close(): void
}

/** The events of this process's followers, read once for all of them. */
export interface EventFeed {
  /** Follows from after a place on, or from now on. What comes first is heard at once: what was missed, or nothing and where it stands. */
  follow(enterpriseId: string, from: OutboxPosition | null): Promise<Follower>
  close(): Promise<void>
}

/** Events that are kept for who comes back, and for a graph that is away. Whoever missed more begins anew. */
export const mostKept = 2_000
/** How long the clock keeps them. */
export const keptMs = 3_600_000
// The oldest go so many at a time: an event costs one statement, and hardly ever a second one's work.
const trimmedAtOnce = 100

/**
 * Writes events in the transaction of what they tell, as late there as can be: it locks the enterprise's log until the end, so that events are
 * numbered in the order in which their transactions are committed.
 */
export async function publish(tx: Transaction, enterpriseId: string, ...events: readonly DomainEvent[]): Promise<void> {
  let ofGraph = 0
  const given = events.map(({ kind, ...about }, i) =>
    'atoms' in about
      ? { place: i + 1, graph_place: ++ofGraph, kind, payload: { atoms: about.atoms.length }, atoms: about.atoms }
      : { place: i + 1, graph_place: null, kind, payload: about, atoms: null },
  )
  if (given.length === 0) return
  await tx.execute(
    sql`with next as (
        insert into outboxes as o (enterprise_id, sequence, graph_sequence) values (${enterpriseId}::uuid, ${given.length}::int, ${ofGraph}::int)
        on conflict (enterprise_id) do update set sequence = o.sequence + ${given.length}::int, graph_sequence = o.graph_sequence + ${ofGraph}::int
        returning o.sequence, o.sequence - ${given.length}::int as before, o.graph_sequence - ${ofGraph}::int as graph_before, o.is_followed
      ), gone as (
        delete from outbox_events where enterprise_id = ${enterpriseId} and sequence <= (
          select case when sequence / ${trimmedAtOnce}::int > before / ${trimmedAtOnce}::int then sequence - ${mostKept}::int else 0 end from next
        )
      )
      insert into outbox_events (enterprise_id, sequence, graph_sequence, kind, payload, atoms)
      select ${enterpriseId}::uuid, before + place, graph_before + graph_place, kind, payload, case when is_followed then e.atoms end
      from next, json_to_recordset(${asJson(given)}::text::json) as e(place int, graph_place int, kind text, payload json, atoms json)`,
  )
}

/** From here on events name their atoms. Waits until every change under way, which did not know yet, is committed. */
export async function subscribe(tx: Transaction, enterpriseId: string): Promise<void> {
  await tx.execute(sql`lock table outboxes in share row exclusive mode`)
  await tx.execute(
    sql`insert into outboxes as o (enterprise_id, is_followed) values (${enterpriseId}, true)
      on conflict (enterprise_id) do update set is_followed = true, generation = gen_random_uuid() where not o.is_followed`,
  )
}

/** Lets whoever listens begin anew with everything, because it was replaced or is in doubt. */
export async function restart(tx: Transaction, enterpriseId: string): Promise<void> {
  await tx.execute(
    sql`update outboxes set generation = gen_random_uuid(), sequence = sequence + 1, graph_sequence = graph_sequence + 1
      where enterprise_id = ${enterpriseId}`,
  )
}

/** How far the events of the graph have come; null where no graph follows. */
export async function outboxPosition(tx: Transaction, enterpriseId: string): Promise<OutboxPosition | null> {
  const [row] = await rows<{ generation: string; sequence: string | number }>(
    tx,
    sql`select generation, graph_sequence as sequence from outboxes where enterprise_id = ${enterpriseId} and is_followed`,
  )
  return row ? { generation: row.generation, sequence: Number(row.sequence) } : null
}

/** Enterprises that have events to be sent, or all of them, and those that no graph follows yet. For identity transactions. */
export async function outboxesWithWork(tx: Transaction, all: boolean): Promise<{ waiting: string[]; unknown: string[] }> {
  const found = await rows<{ id: string; known: boolean }>(
    tx,
    sql`select e.id, coalesce(o.is_followed, false) as known from enterprises e left join outboxes o on o.enterprise_id = e.id
      where o.is_followed is not true or o.graph_sequence > o.sent or ${all}::boolean order by e.id`,
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

/** The next events of the graph after a position, without a gap, until they name `mostAtoms` atoms. The first is given in any case. */
export async function nextEvents(tx: Transaction, enterpriseId: string, after: number, mostAtoms: number): Promise<GraphEvent[]> {
  const found = await rows<{ sequence: string | number; kind: Kind; atoms: number[] | null }>(
    tx,
    sql`select graph_sequence as sequence, kind, atoms from outbox_events
      where enterprise_id = ${enterpriseId} and graph_sequence > ${after} order by sequence limit 100`,
  )
  const events: GraphEvent[] = []
  let named = 0
  for (const { sequence, kind, atoms } of found) {
    // Written before the graph was followed: it names nothing, and who needs it begins anew.
    if (!atoms) break
    named += atoms.length
    const before = events.at(-1)
    if (before && (named > mostAtoms || Number(sequence) !== before.sequence + 1)) break
    events.push({ sequence: Number(sequence), kind, atoms })
  }
  return events
}

/** The graph has followed up to a position. */
export async function settle(tx: Transaction, enterpriseId: string, sequence: number): Promise<void> {
  await tx.execute(sql`update outboxes set sent = greatest(sent, ${sequence}) where enterprise_id = ${enterpriseId}`)
}

/** How far the logs of some enterprises have come; one in which nothing has happened yet is left out. For identity transactions. */
export async function logPositions(tx: Transaction, enterpriseIds: readonly string[]): Promise<Map<string, OutboxPosition>> {
  const found = await rows<{ id: string; generation: string; sequence: string | number }>(
    tx,
    sql`select enterprise_id as id, generation, sequence from outboxes
      where enterprise_id in (select value::uuid from json_array_elements_text(${asJson(enterpriseIds)}::text::json))`,
  )
  return new Map(found.map(({ id, generation, sequence }) => [id, { generation, sequence: Number(sequence) }]))
}

/** Events after a position, in order. Null when some of them are gone. */
export async function eventsAfter(tx: Transaction, enterpriseId: string, after: number, upTo: number): Promise<ToldEvent[] | null> {
  const found = await rows<{ sequence: string | number; kind: Kind; payload: Record<string, unknown>; created_at: string | Date }>(
    tx,
    sql`select sequence, kind, payload, created_at from outbox_events
      where enterprise_id = ${enterpriseId} and sequence > ${after} and sequence <= ${upTo} order by sequence`,
  )
  if (found.length !== upTo - after) return null
  return found.map(({ sequence, kind, payload, created_at }) => ({ sequence: Number(sequence), kind, payload, at: new Date(created_at) }))
}

/** Forgets what is older than anybody comes back for, and waits for no graph. For identity transactions. */
export async function forgetOldEvents(tx: Transaction, before: Date): Promise<void> {
  await tx.execute(
    sql`delete from outbox_events e using outboxes o where o.enterprise_id = e.enterprise_id and e.created_at < ${before.toISOString()}::timestamptz
      and (e.graph_sequence is null or not o.is_followed or e.graph_sequence <= o.sent)`,
  )
}
