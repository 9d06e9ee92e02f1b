import { type SQL, sql } from 'drizzle-orm'
import { asJson, rows, type Transaction } from '../../storage/database/port.ts'
import type { Link } from '../parsing/document.ts'
import type { Atom, Occurrence, TechnicalContext } from './atoms.ts'

// Every look-up goes key by key: `cross join lateral (… offset 0)` keeps the planner from reading a whole table instead, which it would
// prefer, since the embedded database gathers no statistics and it takes one enterprise for a two-hundredth of the rows. Keys are typed
// where they are read, because a cast inside a condition could tell what row-level security hides and so keeps it out of an index.

/** Numbers as a table `n(number)`. */
export const numbered = (numbers: Iterable<number>): SQL => sql`unnest(${`{${[...numbers].join(',')}}`}::text::int[]) as n(number)`

/** Ids as a table `s(id)`. */
export const identified = (ids: Iterable<string>): SQL => sql`unnest(${`{${[...ids].join(',')}}`}::text::uuid[]) as s(id)`

const atomOf = (enterpriseId: string): SQL =>
  sql`(select ctid, * from knowledge_atoms where enterprise_id = ${enterpriseId} and number = n.number offset 0)`

// With the ordinal, the primary key tells more than an index by enterprise.
const occurrencesOf = (enterpriseId: string): SQL =>
  sql`(select ctid, * from occurrences where enterprise_id = ${enterpriseId} and source_id = s.id and ordinal >= 0 offset 0)`

const readableSource = (enterpriseId: string): SQL =>
  sql`(select id, text from sources where enterprise_id = ${enterpriseId} and id = s.id and text is not null offset 0)`

interface AtomRow {
  number: number
  content_hash: string
  title: string
  kind: string
  text: string
  semantic_summary: string
  technical_context: TechnicalContext
  relationships: string
  knowledge_domains: string[]
  source_count: number
}

const fromAtomRow = (row: AtomRow): Atom => ({
  number: row.number,
  contentHash: row.content_hash,
  title: row.title,
  kind: row.kind,
  text: row.text,
  summary: row.semantic_summary,
  context: row.technical_context,
  relationships: JSON.parse(row.relationships) as Link[],
  domains: row.knowledge_domains,
  sourceCount: row.source_count,
})

const atomColumns = sql`a.number, a.content_hash, a.title, a.kind, a.text, a.semantic_summary, a.technical_context,
  array_to_json(a.relationships)::text as relationships, a.knowledge_domains, a.source_count`

export async function atomsByHash(tx: Transaction, enterpriseId: string, hashes: readonly string[]): Promise<Atom[]> {
  if (hashes.length === 0) return []
  const found = await rows<AtomRow>(
    tx,
    sql`select ${atomColumns} from unnest(${`{${hashes.join(',')}}`}::text::text[]) as h(hash)
      cross join lateral (select * from knowledge_atoms where enterprise_id = ${enterpriseId} and content_hash = h.hash offset 0) a`,
  )
  return found.map(fromAtomRow)
}

export async function atomsByNumber(tx: Transaction, enterpriseId: string, numbers: Iterable<number>): Promise<Atom[]> {
  const wanted = [...numbers]
  if (wanted.length === 0) return []
  const found = await rows<AtomRow>(tx, sql`select ${atomColumns} from ${numbered(wanted)} cross join lateral ${atomOf(enterpriseId)} a`)
  return found.map(fromAtomRow)
}

export interface AtomText {
  number: number
  text: string
  relationships: Link[]
}

export async function textsOfAtoms(tx: Transaction, enterpriseId: string, numbers: Iterable<number>): Promise<AtomText[]> {
  const wanted = [...numbers]
  if (wanted.length === 0) return []
  const found = await rows<{ number: number; text: string; relationships: string }>(
    tx,
    sql`select a.number, a.text, array_to_json(a.relationships)::text as relationships from ${numbered(wanted)} cross join lateral ${atomOf(enterpriseId)} a`,
  )
  return found.map((row) => ({ ...row, relationships: JSON.parse(row.relationships) as Link[] }))
}

export async function hashesOfAtoms(tx: Transaction, enterpriseId: string, numbers: Iterable<number>): Promise<Map<number, string>> {
  const wanted = [...numbers]
  if (wanted.length === 0) return new Map()
  const found = await rows<{ number: number; content_hash: string }>(
    tx,
    sql`select a.number, a.content_hash from ${numbered(wanted)} cross join lateral ${atomOf(enterpriseId)} a`,
  )
  return new Map(found.map((row) => [row.number, row.content_hash]))
}

interface OccurrenceRow {
  source_id: string
  ordinal: number
  atom: number
  start: number
  end: number
  parent: number | null
  title: string
  title_key: string | null
  address: string | null
  kind: string
  heading_path: string[]
  language: string | null
  tags: string[]
  links: Link[]
}

const fromOccurrenceRow = (row: OccurrenceRow): Occurrence => ({
  sourceId: row.source_id,
  ordinal: row.ordinal,
  atom: row.atom,
  start: row.start,
  end: row.end,
  parent: row.parent,
  title: row.title,
  titleKey: row.title_key,
  address: row.address,
  kind: row.kind,
  headingPath: row.heading_path,
  language: row.language,
  tags: row.tags,
  links: row.links,
})

const occurrenceColumns = sql`o.source_id, o.ordinal, o.atom, o.start, o."end", o.parent, o.title, o.title_key, o.address, o.kind, o.heading_path, o.language,
  o.tags, o.links`

export async function occurrencesOfAtoms(tx: Transaction, enterpriseId: string, numbers: Iterable<number>): Promise<Occurrence[]> {
  const wanted = [...numbers]
  if (wanted.length === 0) return []
  const found = await rows<OccurrenceRow>(
    tx,
    sql`select ${occurrenceColumns} from ${numbered(wanted)}
      cross join lateral (select * from occurrences where enterprise_id = ${enterpriseId} and atom = n.number offset 0) o`,
  )
  return found.map(fromOccurrenceRow)
}

/** Numbers of the atoms that stand in some sources. */
export async function atomsOfSources(tx: Transaction, enterpriseId: string, sourceIds: readonly string[]): Promise<number[]> {
  const found = await rows<{ atom: number }>(
    tx,
    sql`select distinct o.atom from ${identified(sourceIds)} cross join lateral ${occurrencesOf(enterpriseId)} o`,
  )
  return found.map(({ atom }) => atom)
}

/** For places (source, ordinal): the atom that stands there. Places without one are absent. Keys are `source ordinal`. */
export async function atomsAtPlaces(
  tx: Transaction,
  enterpriseId: string,
  places: readonly { source: string; ordinal: number }[],
): Promise<Map<string, number>> {
  if (places.length === 0) return new Map()
  const found = await rows<{ source_id: string; ordinal: number; atom: number }>(
    tx,
    sql`select o.source_id, o.ordinal, o.atom from json_to_recordset(${asJson(places)}::text::json) as p(source uuid, ordinal int)
      cross join lateral (
        select * from occurrences where enterprise_id = ${enterpriseId} and source_id = p.source and ordinal = p.ordinal offset 0
      ) o`,
  )
  return new Map(found.map((row) => [`${row.source_id} ${row.ordinal}`, row.atom]))
}

/** Texts of sources; sources that are not there, or have no text yet, are absent. */
export async function textsOfSources(tx: Transaction, enterpriseId: string, sourceIds: Iterable<string>): Promise<Map<string, string>> {
  const wanted = new Set(sourceIds)
  if (wanted.size === 0) return new Map()
  const found = await rows<{ id: string; text: string }>(
    tx,
    sql`select t.id, t.text from ${identified(wanted)} cross join lateral ${readableSource(enterpriseId)} t`,
  )
  return new Map(found.map((row) => [row.id, row.text]))
}

/** Which of some sources are there with their text. */
export async function readableSources(tx: Transaction, enterpriseId: string, sourceIds: readonly string[]): Promise<Set<string>> {
  const found = await rows<{ id: string }>(tx, sql`select t.id from ${identified(sourceIds)} cross join lateral ${readableSource(enterpriseId)} t`)
  return new Set(found.map(({ id }) => id))
}

// Up to here one index probe a key is cheaper than one pass over the enterprise's keys.
const fewKeys = 600

/** For title keys: different atoms that bear each, at most `most` of them. */
export async function bearersOfKeys(tx: Transaction, enterpriseId: string, keys: readonly string[], most: number): Promise<Map<string, number[]>> {
  if (keys.length === 0) return new Map()
  const list = sql`json_array_elements_text(${asJson(keys)}::text::json) as k(key)`
  const found = await rows<{ key: string; atoms: string }>(
    tx,
    keys.length <= fewKeys
      ? sql`select k.key, o.atoms from ${list} cross join lateral (
          select string_agg(atom::text, ' ') as atoms from (
            select distinct atom from occurrences where enterprise_id = ${enterpriseId} and title_key = k.key limit ${most}
          ) d
        ) o where o.atoms is not null`
      : sql`select k.key, array_to_string((array_agg(distinct o.atom))[1:${most}], ' ') as atoms from ${list}
          join occurrences o on o.enterprise_id = ${enterpriseId} and o.title_key = k.key group by k.key`,
  )
  return new Map(found.map(({ key, atoms }) => [key, atoms.split(' ').map(Number)]))
}

export async function bearersOfAddresses(tx: Transaction, enterpriseId: string, addresses: readonly string[]): Promise<Map<string, number[]>> {
  if (addresses.length === 0) return new Map()
  const found = await rows<{ key: string; atom: number }>(
    tx,
    sql`select distinct k.key, o.atom from json_array_elements_text(${asJson(addresses)}::text::json) as k(key)
      cross join lateral (select atom from occurrences where enterprise_id = ${enterpriseId} and address = k.key offset 0) o`,
  )
  return grouped(found)
}

export async function titleKeysOfAtoms(tx: Transaction, enterpriseId: string, numbers: Iterable<number>): Promise<Map<number, string[]>> {
  const wanted = [...numbers]
  if (wanted.length === 0) return new Map()
  const found = await rows<{ key: string; atom: number }>(
    tx,
    sql`select distinct o.atom, o.title_key as key from ${numbered(wanted)} cross join lateral (
        select atom, title_key from occurrences where enterprise_id = ${enterpriseId} and atom = n.number and title_key is not null offset 0
      ) o`,
  )
  const keys = new Map<number, string[]>()
  for (const { key, atom } of found) keys.set(atom, [...(keys.get(atom) ?? []), key])
  return keys
}

function grouped(found: readonly { key: string; atom: number }[]): Map<string, number[]> {
  const groups = new Map<string, number[]>()
  for (const { key, atom } of found) {
    const group = groups.get(key)
    if (group) group.push(atom)
    else groups.set(key, [atom])
  }
  return groups
}

/** Writes occurrences. Their sources must exist. */
export async function insertOccurrences(tx: Transaction, enterpriseId: string, occurrences: readonly Occurrence[]): Promise<void> {
  if (occurrences.length === 0) return
  const list = occurrences.map((o) => ({ ...o, links: o.links }))
  await tx.execute(
    sql`insert into occurrences (enterprise_id, source_id, ordinal, atom, start, "end", parent, title, title_key, address, kind, heading_path, language, tags, links)
      select ${enterpriseId}::uuid, o."sourceId", o.ordinal, o.atom, o.start, o."end", o.parent, o.title, o."titleKey", o.address, o.kind, o."headingPath", o.language,
        o.tags, o.links
      from json_to_recordset(${asJson(list)}::text::json) as o("sourceId" uuid, ordinal int, atom int, start int, "end" int, parent int, title text, "titleKey" text,
        address text, kind text, "headingPath" text[], language text, tags text[], links jsonb)`,
  )
}

export async function deleteOccurrences(tx: Transaction, enterpriseId: string, sourceIds: readonly string[]): Promise<void> {
  await tx.execute(
    sql`delete from occurrences where enterprise_id = ${enterpriseId}
      and ctid = any(array(select o.ctid from ${identified(sourceIds)} cross join lateral ${occurrencesOf(enterpriseId)} o))`,
  )
}

const atomRecord = sql`a(number int, "contentHash" text, title text, kind text, text text, summary text, context json, relationships json[], domains text[],
  "sourceCount" int)`

export async function insertAtoms(tx: Transaction, enterpriseId: string, atoms: readonly Atom[]): Promise<void> {
  if (atoms.length === 0) return
  await tx.execute(
    sql`insert into knowledge_atoms (enterprise_id, number, content_hash, title, kind, text, semantic_summary, technical_context, relationships, knowledge_domains,
        source_count)
      select ${enterpriseId}::uuid, a.number, a."contentHash", a.title, a.kind, a.text, a.summary, a.context, a.relationships, a.domains, a."sourceCount"
      from json_to_recordset(${asJson(atoms)}::text::json) as ${atomRecord}`,
  )
}

export async function updateAtoms(tx: Transaction, enterpriseId: string, atoms: readonly Atom[]): Promise<void> {
  if (atoms.length === 0) return
  await tx.execute(
    sql`update knowledge_atoms k set title = a.title, kind = a.kind, text = a.text, semantic_summary = a.summary, technical_context = a.context,
        relationships = a.relationships, knowledge_domains = a.domains, source_count = a."sourceCount"
      from json_to_recordset(${asJson(atoms)}::text::json) as ${atomRecord}
      where k.enterprise_id = ${enterpriseId} and k.number = a.number
        and k.ctid = any(array(select i.ctid from ${numbered(atoms.map(({ number }) => number))} cross join lateral ${atomOf(enterpriseId)} i))`,
  )
}

export async function deleteAtoms(tx: Transaction, enterpriseId: string, numbers: Iterable<number>): Promise<void> {
  const wanted = [...numbers]
  if (wanted.length === 0) return
  await tx.execute(sql`delete from agent_atoms where enterprise_id = ${enterpriseId} and atom in (select number from ${numbered(wanted)})`)
  await tx.execute(
    sql`delete from knowledge_atoms where enterprise_id = ${enterpriseId}
      and ctid = any(array(select a.ctid from ${numbered(wanted)} cross join lateral ${atomOf(enterpriseId)} a))`,
  )
}
