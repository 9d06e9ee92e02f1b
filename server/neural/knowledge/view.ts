import type { Transaction } from '../../storage/database/port.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import type { AtomState, ChangedAtoms } from './change.ts'
import { linkFeature, phraseFeature, sketchFeature } from './features.ts'

/**
 * What the index will hold of feature terms once a change is written: the index as it stands, without the atoms that are
 * forgotten, with those that come. So pathways are planned before anything is written, and a removal can be previewed.
 */
export interface FeatureView {
  /** Atom numbers, ascending, that hold each feature term; terms that none holds are absent. */
  postings(terms: Iterable<string>): Map<string, number[]>
  /** The sketch of an atom that the change does not touch. */
  sketchOf(number: number): string[]
}

export async function featureView(
  tx: Transaction,
  index: LexicalIndex,
  enterpriseId: string,
  { indexed, forgotten }: ChangedAtoms,
): Promise<FeatureView> {
  const stored = await index.view(tx, enterpriseId)
  const coming = new Map<string, number[]>()
  for (const state of indexed) {
    for (const term of featureTerms(state)) {
      const list = coming.get(term)
      if (list) list.push(state.atom.number)
      else coming.set(term, [state.atom.number])
    }
  }
  return {
    sketchOf: (number) => stored.featuresOf(number, 2),
    postings(terms) {
      const wanted = [...new Set(terms)]
      const found = stored.postings(wanted)
      if (forgotten.size > 0) {
        for (const [term, numbers] of found) {
          const kept = numbers.filter((number) => !forgotten.has(number))
          if (kept.length > 0) found.set(term, kept)
          else found.delete(term)
        }
      }
      for (const term of wanted) {
        const numbers = coming.get(term)
        if (!numbers) continue
        const list = found.get(term)
        if (list) found.set(term, inOrder(list, numbers))
        else found.set(term, numbers)
      }
      return found
    },
  }
}

/** Two ascending lists as one. Numbers that come are mostly the highest. */
function inOrder(stored: number[], coming: readonly number[]): number[] {
  const sorted = (stored.at(-1) as number) < (coming[0] as number)
  const both = stored.concat(coming)
  return sorted ? both : both.sort((a, b) => a - b)
}

function* featureTerms(state: AtomState): Iterable<string> {
  for (const { key } of state.names) yield phraseFeature(key)
  for (const feature of state.analysis.sketch) yield sketchFeature(feature)
  yield* new Set(state.atom.relationships.map(linkFeature))
}
