import { keepPlans, type Transaction } from '../../storage/database/port.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import { compareReadings, foldAtom, type Occurrence, occurrenceRank, type Reading } from './atoms.ts'
import { AtomState, applyToIndex, type Change, changedAtoms } from './change.ts'
import { byCodeUnits, contentHash, normalise } from './content.ts'
import { fewPlaces, lockKnowledge, statesOf } from './ingest.ts'
import { planPathways, writePathways } from './pathways.ts'
import { atomsByNumber, atomsOfSources, deleteAtoms, deleteOccurrences, textsOfSources, updateAtoms } from './stored.ts'
import { tellOfChange } from './tell.ts'
import { TextAnalysis } from './text-analysis.ts'

export interface Removed {
  atoms: number
  pathways: number
}

/**
 * Removes what only these sources gave: their occurrences, atoms and pathways that nothing else grounds, and every trace in the
 * lexical index. Atoms that other sources also give become what those alone would have made. The sources' rows stay; delete them
 * in the same transaction, afterwards.
 */
export async function remove(tx: Transaction, index: LexicalIndex, enterpriseId: string, sourceIds: readonly string[]): Promise<Removed> {
  const { lists } = await lockKnowledge(tx, index, enterpriseId)
  const change = await planRemoval(tx, enterpriseId, sourceIds)
  const pathways = await planPathways(tx, index, enterpriseId, change, lists)
  const changed = changedAtoms(change)
  await deleteOccurrences(tx, enterpriseId, sourceIds)
  await deleteAtoms(tx, enterpriseId, changed.gone)
  await updateAtoms(
    tx,
    enterpriseId,
    [...change.after.values()].map(({ atom }) => atom),
  )
  await applyToIndex(tx, index, enterpriseId, changed)
  await writePathways(tx, enterpriseId, pathways, () => false)
  await tellOfChange(tx, enterpriseId, change, pathways)
  return { atoms: changed.gone.size, pathways: pathways.removed.length }
}

/** What `remove` would take away, without changing anything. */
export async function preview(tx: Transaction, index: LexicalIndex, enterpriseId: string, sourceIds: readonly string[]): Promise<Removed> {
  const change = await planRemoval(tx, enterpriseId, sourceIds)
  const { removed } = await planPathways(tx, index, enterpriseId, change)
  return { atoms: changedAtoms(change).gone.size, pathways: removed.length }
}

async function planRemoval(tx: Transaction, enterpriseId: string, sourceIds: readonly string[]): Promise<Change> {
  const going = new Set(sourceIds)
  const numbers = await atomsOfSources(tx, enterpriseId, sourceIds)
  if (numbers.length <= fewPlaces) await keepPlans(tx)
  const before = await statesOf(tx, enterpriseId, await atomsByNumber(tx, enterpriseId, numbers))
  const left: { state: AtomState; occurrences: Occurrence[] }[] = []
  for (const state of before.values()) {
    const occurrences = state.occurrences.filter(({ sourceId }) => !going.has(sourceId))
    if (occurrences.length > 0) left.push({ state, occurrences })
  }
  const texts = await textsOfSources(
    tx,
    enterpriseId,
    left.flatMap(({ state, occurrences }) => candidates(state, occurrences).map(({ sourceId }) => sourceId)),
  )
  const after = new Map<number, AtomState>()
  for (const { state, occurrences } of left) {
    const { number, contentHash: hash } = state.atom
    const readings = candidates(state, occurrences).map((occurrence) => readingOf(state, occurrence, texts))
    const canonical = state.canonical(occurrences) ?? readings.sort(compareReadings)[0]
    if (!canonical) throw new Error(`Atom ${number} has no reading left`)
    const analysis = canonical.text === state.atom.text ? state.analysis : new TextAnalysis(canonical.text)
    after.set(number, new AtomState(foldAtom({ number, contentHash: hash }, canonical, occurrences, analysis), occurrences, analysis))
  }
  return { before, after }
}

/** Those of the remaining occurrences that may speak for the atom now: the first in rank. None when the old one stays. */
function candidates(state: AtomState, occurrences: readonly Occurrence[]): Occurrence[] {
  if (state.canonical(occurrences)) return []
  const ranked = occurrences.map((occurrence) => ({ occurrence, rank: occurrenceRank(occurrence) }))
  const first = ranked.map(({ rank }) => rank).sort(byCodeUnits)[0]
  return ranked.filter(({ rank }) => rank === first).map(({ occurrence }) => occurrence)
}

/** The text under an occurrence, from its source: white space may differ from what the atom kept. */
function readingOf({ atom }: AtomState, occurrence: Occurrence, texts: ReadonlyMap<string, string>): Reading {
  const text = texts.get(occurrence.sourceId)?.slice(occurrence.start, occurrence.end)
  if (text === undefined || contentHash(normalise(text)) !== atom.contentHash) {
    throw new Error(`The stored text of source ${occurrence.sourceId} is not what was ingested`)
  }
  return { occurrence, rank: occurrenceRank(occurrence), text }
}
