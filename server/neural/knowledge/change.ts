import type { Transaction } from '../../storage/database/port.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import type { Phrase } from '../lexical/phrases.ts'
import { type Atom, compareReadings, type Occurrence, occurrenceRank, type Reading } from './atoms.ts'
import { stableJson } from './content.ts'
import { indexedAtom } from './features.ts'
import { isMentionable } from './mentionable.ts'
import { TextAnalysis } from './text-analysis.ts'

/** An atom with what it is made of. */
export class AtomState {
  #names: readonly Phrase[] | undefined

  constructor(
    readonly atom: Atom,
    readonly occurrences: readonly Occurrence[],
    readonly analysis: TextAnalysis = new TextAnalysis(atom.text),
  ) {}

  /** Those phrases of the text that can name an atom. */
  get names(): readonly Phrase[] {
    this.#names ??= this.analysis.phrases.filter(({ key }) => isMentionable(key))
    return this.#names
  }

  /** Title keys by which other atoms can mention this one. */
  get titleKeys(): string[] {
    return distinct(this.occurrences.map(({ titleKey }) => titleKey))
  }

  get addresses(): string[] {
    return distinct(this.occurrences.map(({ address }) => address))
  }

  /** The reading that the atom was made from, with the text that it keeps, when it is among these occurrences. */
  canonical(occurrences: readonly Occurrence[]): Reading | undefined {
    const { source_id, start, end } = this.atom.context
    return occurrences
      .filter((occurrence) => occurrence.sourceId === source_id && occurrence.start === start && occurrence.end === end)
      .map((occurrence) => ({ occurrence, rank: occurrenceRank(occurrence), text: this.atom.text }))
      .sort(compareReadings)[0]
  }

  get parents(): number[] {
    return distinct(this.occurrences.map(({ parent }) => parent))
  }
}

const distinct = <T>(values: (T | null)[]): T[] => [...new Set(values)].filter((value): value is T & {} => value !== null)

/** A change of knowledge: every atom whose occurrences change, as it was and as it will be. Nothing else is touched. */
export interface Change {
  before: ReadonlyMap<number, AtomState>
  after: ReadonlyMap<number, AtomState>
}

export interface ChangedAtoms {
  /** Atoms that come, or whose title, text or links differ: the index must learn them. */
  indexed: AtomState[]
  /** Numbers that the index must forget: atoms that go, and those of `indexed` that were there before. */
  forgotten: Set<number>
  gone: Set<number>
}

const seenByIndex = ({ title, text, relationships }: Atom): string => stableJson([title, text, relationships])

export function changedAtoms({ before, after }: Change): ChangedAtoms {
  const indexed: AtomState[] = []
  const forgotten = new Set<number>()
  const gone = new Set<number>()
  for (const number of before.keys()) {
    if (after.has(number)) continue
    gone.add(number)
    forgotten.add(number)
  }
  for (const [number, state] of after) {
    const old = before.get(number)
    if (old && seenByIndex(old.atom) === seenByIndex(state.atom)) continue
    if (old) forgotten.add(number)
    indexed.push(state)
  }
  indexed.sort((a, b) => a.atom.number - b.atom.number)
  return { indexed, forgotten, gone }
}

/** Writes a change to the lexical index. */
export async function applyToIndex(tx: Transaction, index: LexicalIndex, enterpriseId: string, { indexed, forgotten }: ChangedAtoms): Promise<void> {
  if (forgotten.size > 0) {
    const missing = await index.remove(tx, enterpriseId, [...forgotten])
    if (missing.length > 0) throw new Error(`Lexical index: ${missing.length} atoms are not where they should be`)
  }
  if (indexed.length === 0) return
  const atoms = indexed.map(({ atom, names, analysis }) =>
    indexedAtom({ number: atom.number, title: atom.title, links: atom.relationships, names, analysis }),
  )
  await index.add(tx, enterpriseId, atoms)
}
