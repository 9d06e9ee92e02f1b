import { sql } from 'drizzle-orm'
import { keepPlans, rows, type Transaction } from '../../storage/database/port.ts'
import { titleKey } from '../lexical/analysis.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import type { ParsedDocument, Segment } from '../parsing/document.ts'
import { type Atom, compareReadings, foldAtom, type Occurrence, occurrenceRank, type Reading } from './atoms.ts'
import { AtomState, applyToIndex, changedAtoms } from './change.ts'
import { contentHash, normalise } from './content.ts'
import { isMentionable } from './mentionable.ts'
import { planPathways, writePathways } from './pathways.ts'
import { rememberedLists, type SimilarLists } from './similar-lists.ts'
import { atomsAtPlaces, atomsByHash, insertAtoms, insertOccurrences, occurrencesOfAtoms, readableSources, updateAtoms } from './stored.ts'
import { tellOfChange } from './tell.ts'
import { type AnalysedTexts, TextAnalysis } from './text-analysis.ts'

/** A document, or a range [from, to) of its segments, that a source gives. */
export interface IngestPart {
  sourceId: string
  document: ParsedDocument
  from?: number
  to?: number
}

/** The texts of a part's segments: what may be analysed before the part is ingested. */
export function textsOf({ document: { segments, text }, from = 0, to = segments.length }: IngestPart): string[] {
  return segments.slice(from, to).map(({ start, end }) => text.slice(start, end))
}

/** Up to here planning the statements takes longer than what they read. */
export const fewPlaces = 100

interface Place {
  part: IngestPart
  segment: Segment
  ordinal: number
  hash: string
  text: string
}

/**
 * Makes segments into atoms, pathways and index entries, in the caller's tenant transaction, and raises the knowledge's revision.
 * The result does not depend on the order of documents or ranges, except that a range must not come before those that hold its
 * segments' parents. Segments without words are skipped; so are those that were ingested before, so a repeated step does no harm.
 * Every source's row must exist in this enterprise and hold `document.text` already.
 * @param analysed texts of segments that were analysed before; what is missing is analysed here
 * @returns new atoms and new occurrences
 * @throws Error when a source is missing or has no text, or when a range comes before its parents
 */
export async function ingest(
  tx: Transaction,
  index: LexicalIndex,
  enterpriseId: string,
  parts: readonly IngestPart[],
  analysed?: AnalysedTexts,
): Promise<{ atoms: number; occurrences: number }> {
  const count = parts.reduce((sum, { document, from = 0, to }) => sum + Math.min(to ?? document.segments.length, document.segments.length) - from, 0)
  if (count <= fewPlaces) await keepPlans(tx)
  const { firstFree, lists } = await lockKnowledge(tx, index, enterpriseId)
  const sourceIds = [...new Set(parts.map(({ sourceId }) => sourceId))]
  const readable = await readableSources(tx, enterpriseId, sourceIds)
  for (const id of sourceIds) if (!readable.has(id)) throw new Error(`Source ${id} is missing or has no stored text`)

  const { places, standing } = await findPlaces(tx, enterpriseId, parts)
  if (places.length === 0) return { atoms: 0, occurrences: 0 }

  const known = new Map((await atomsByHash(tx, enterpriseId, [...new Set(places.map(({ hash }) => hash))])).map((atom) => [atom.contentHash, atom]))
  const numbers = new Map<string, number>([...known.values()].map(({ contentHash: hash, number }) => [hash, number]))
  let next = firstFree
  for (const { hash, part, ordinal } of places) {
    let number = numbers.get(hash)
    if (number === undefined) {
      number = next++
      numbers.set(hash, number)
    }
    standing.set(`${part.sourceId} ${ordinal}`, number)
  }
  const arriving = places.map((place) => ({ place, occurrence: occurrenceOf(place, numbers.get(place.hash) as number, standing) }))

  const before = await statesOf(tx, enterpriseId, [...known.values()])
  const after = foldAll(before, arriving, numbers, analysed)
  const change = { before, after }
  const pathways = await planPathways(tx, index, enterpriseId, change, lists)

  const atoms = [...after.values()].map(({ atom }) => atom)
  await insertAtoms(
    tx,
    enterpriseId,
    atoms.filter(({ number }) => !before.has(number)),
  )
  await updateAtoms(
    tx,
    enterpriseId,
    atoms.filter(({ number }) => before.has(number)),
  )
  await insertOccurrences(
    tx,
    enterpriseId,
    arriving.map(({ occurrence }) => occurrence),
  )
  await applyToIndex(tx, index, enterpriseId, changedAtoms(change))
  await writePathways(tx, enterpriseId, pathways, (number) => number >= firstFree)
  if (next > firstFree) await tx.execute(sql`update knowledge_states set next_number = ${next} where enterprise_id = ${enterpriseId}`)
  await tellOfChange(tx, enterpriseId, change, pathways)
  return { atoms: next - firstFree, occurrences: arriving.length }
}

/** Locks the enterprise's knowledge until the transaction ends and raises its revision. Returns the next free atom number. */
export async function lockKnowledge(tx: Transaction, index: LexicalIndex, enterpriseId: string): Promise<{ firstFree: number; lists: SimilarLists }> {
  const [old] = await rows<{ name: string }>(
    tx,
    sql`select revision || ' ' || updated_at as name from knowledge_states where enterprise_id = ${enterpriseId} for update`,
  )
  const [state] = await rows<{ next_number: number; name: string }>(
    tx,
    sql`insert into knowledge_states (enterprise_id, revision) values (${enterpriseId}, 1)
      on conflict (enterprise_id) do update set revision = knowledge_states.revision + 1, updated_at = now()
      returning next_number, revision || ' ' || updated_at as name`,
  )
  if (!state) throw new Error('The state of knowledge cannot be written')
  return { firstFree: state.next_number, lists: rememberedLists(index, enterpriseId, old?.name ?? null, state.name) }
}

/** Atoms as they stand, with their occurrences. */
export async function statesOf(tx: Transaction, enterpriseId: string, atoms: readonly Atom[]): Promise<Map<number, AtomState>> {
  const occurrences = new Map<number, Occurrence[]>(atoms.map(({ number }) => [number, []]))
  for (const occurrence of await occurrencesOfAtoms(tx, enterpriseId, occurrences.keys())) occurrences.get(occurrence.atom)?.push(occurrence)
  return new Map(atoms.map((atom) => [atom.number, new AtomState(atom, occurrences.get(atom.number) ?? [])]))
}

const hasWords = (text: string): boolean => /\S/u.test(text)

/** The new places of some parts, in order, and the atoms at places that were ingested before and that the new ones may stand under. */
async function findPlaces(
  tx: Transaction,
  enterpriseId: string,
  parts: readonly IngestPart[],
): Promise<{ places: Place[]; standing: Map<string, number> }> {
  const asked = new Map<string, { part: IngestPart; ordinal: number }>()
  const looked = new Map<string, { source: string; ordinal: number }>()
  for (const part of parts) {
    const { segments } = part.document
    for (let ordinal = part.from ?? 0; ordinal < Math.min(part.to ?? segments.length, segments.length); ordinal++) {
      const key = `${part.sourceId} ${ordinal}`
      asked.set(key, { part, ordinal })
      looked.set(key, { source: part.sourceId, ordinal })
      const parent = parentOrdinal(part.document, ordinal)
      if (parent !== null) looked.set(`${part.sourceId} ${parent}`, { source: part.sourceId, ordinal: parent })
    }
  }
  const standing = await atomsAtPlaces(tx, enterpriseId, [...looked.values()])
  const places: Place[] = []
  for (const [key, { part, ordinal }] of asked) {
    if (standing.has(key)) continue
    const segment = part.document.segments[ordinal] as Segment
    const text = part.document.text.slice(segment.start, segment.end)
    const normalised = normalise(text)
    if (normalised !== '') places.push({ part, segment, ordinal, hash: contentHash(normalised), text })
  }
  return { places, standing }
}

/** The nearest enclosing segment that has words. */
function parentOrdinal({ segments, text }: ParsedDocument, ordinal: number): number | null {
  let parent = segments[ordinal]?.parent ?? null
  while (parent !== null) {
    const segment = segments[parent] as Segment
    if (hasWords(text.slice(segment.start, segment.end))) return parent
    parent = segment.parent
  }
  return null
}

function occurrenceOf({ part, segment, ordinal }: Place, atom: number, standing: ReadonlyMap<string, number>): Occurrence {
  const key = segment.name === null ? '' : titleKey(segment.name)
  const above = parentOrdinal(part.document, ordinal)
  const parent = above === null ? null : standing.get(`${part.sourceId} ${above}`)
  if (parent === undefined) throw new Error(`Segment ${ordinal} of source ${part.sourceId} comes before its parent ${above}`)
  return {
    sourceId: part.sourceId,
    ordinal,
    atom,
    start: segment.start,
    end: segment.end,
    parent,
    title: segment.title,
    titleKey: isMentionable(key) ? key : null,
    address: segment.address,
    kind: segment.kind,
    headingPath: segment.headingPath,
    language: part.document.language,
    tags: [...new Set([...part.document.tags, ...(segment.tags ?? [])])],
    links: segment.links,
  }
}

/** The atoms of all occurrences, old and new, of every text that arrives. */
function foldAll(
  before: ReadonlyMap<number, AtomState>,
  arriving: readonly { place: Place; occurrence: Occurrence }[],
  numbers: ReadonlyMap<string, number>,
  analysed: AnalysedTexts | undefined,
): Map<number, AtomState> {
  const readings = new Map<number, Reading[]>()
  for (const { place, occurrence } of arriving) {
    const list = readings.get(occurrence.atom) ?? []
    list.push({ occurrence, rank: occurrenceRank(occurrence), text: place.text })
    readings.set(occurrence.atom, list)
  }
  const after = new Map<number, AtomState>()
  const hashes = new Map([...numbers].map(([hash, number]) => [number, hash]))
  for (const [number, list] of readings) {
    const old = before.get(number)
    const occurrences = [...(old?.occurrences ?? []), ...list.map(({ occurrence }) => occurrence)]
    const spoken = old?.canonical(old.occurrences)
    if (spoken) list.push(spoken)
    const canonical = list.reduce((best, reading) => (compareReadings(reading, best) < 0 ? reading : best))
    const analysis = old && old.atom.text === canonical.text ? old.analysis : new TextAnalysis(canonical.text, analysed?.get(canonical.text))
    const atom = foldAtom({ number, contentHash: hashes.get(number) as string }, canonical, occurrences, analysis)
    after.set(number, new AtomState(atom, occurrences, analysis))
  }
  return after
}
