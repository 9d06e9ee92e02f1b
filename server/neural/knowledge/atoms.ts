import { knowledgeDomains } from '../answering/domains.ts'
import { isStopWord } from '../lexical/analysis.ts'
import type { Phrase } from '../lexical/phrases.ts'
import type { Link } from '../parsing/document.ts'
import { byCodeUnits, stableJson } from './content.ts'
import type { TextAnalysis } from './text-analysis.ts'

/** Where an atom stands in a source, as table `occurrences` keeps it. */
export interface Occurrence {
  sourceId: string
  /** Index of the segment in its document. */
  ordinal: number
  atom: number
  start: number
  end: number
  /** Atom number of the enclosing segment that has words; null at the top. */
  parent: number | null
  title: string
  titleKey: string | null
  address: string | null
  kind: string
  headingPath: string[]
  language: string | null
  tags: string[]
  links: Link[]
}

/** What an atom is: a pure function of its occurrences and the texts under them. */
export interface Atom {
  number: number
  contentHash: string
  title: string
  kind: string
  /** Exactly the canonical occurrence's span of its source's stored text. */
  text: string
  summary: string
  context: TechnicalContext
  relationships: Link[]
  domains: string[]
  sourceCount: number
}

export interface TechnicalContext {
  source_id: string
  start: number
  end: number
  heading_path: string[]
  language: string | null
  entities: string[]
  tags: string[]
}

const mostEntities = 16
const longestDomain = 100

/** What an occurrence says, without ids, numbers and times: decides which one speaks for the atom. */
export const occurrenceRank = (o: Occurrence): string =>
  stableJson([o.title, o.headingPath, o.address, o.language, o.kind, o.titleKey, [...o.tags].sort(byCodeUnits), sortedLinks([o]), o.start, o.end])

/** A reading of the text under an occurrence: two may differ in white space although the hash is the same. */
export interface Reading {
  occurrence: Occurrence
  rank: string
  text: string
}

/** Order of the readings of one atom; the first is canonical. Ids decide only between readings that say the same in the same words. */
export const compareReadings = (a: Reading, b: Reading): number =>
  byCodeUnits(a.rank, b.rank) ||
  byCodeUnits(a.text, b.text) ||
  byCodeUnits(a.occurrence.sourceId, b.occurrence.sourceId) ||
  a.occurrence.ordinal - b.occurrence.ordinal

/** All declared links of some occurrences, each once, in a fixed order. */
export function sortedLinks(occurrences: readonly Occurrence[]): Link[] {
  const links = new Map<string, Link>()
  for (const { links: declared } of occurrences) {
    for (const { kind, target, label } of declared) {
      const link: Link = label === undefined ? { kind, target } : { kind, target, label }
      links.set(stableJson([kind, target, label ?? null]), link)
    }
  }
  return [...links].sort(([a], [b]) => byCodeUnits(a, b)).map(([, link]) => link)
}

/**
 * Makes the atom of some occurrences of one text. The order in which they are given does not matter.
 * @param canonical the first of the readings by `compareReadings`
 * @param analysis of the canonical text
 */
export function foldAtom(
  identity: { number: number; contentHash: string },
  canonical: Reading,
  occurrences: readonly Occurrence[],
  analysis: TextAnalysis,
): Atom {
  const { occurrence, text } = canonical
  const domains = new Set<string>()
  const seen = new Set<string>()
  for (const { title, tags } of occurrences) {
    const given = stableJson([title, tags])
    if (seen.has(given)) continue
    seen.add(given)
    for (const domain of knowledgeDomains(text, title, tags)) domains.add(domain.slice(0, longestDomain))
  }
  return {
    ...identity,
    title: occurrence.title,
    kind: occurrence.kind,
    text,
    summary: analysis.summary,
    context: {
      source_id: occurrence.sourceId,
      start: occurrence.start,
      end: occurrence.end,
      heading_path: occurrence.headingPath,
      language: occurrence.language,
      entities: entities(text, analysis.phrases),
      tags: occurrence.tags,
    },
    relationships: sortedLinks(occurrences),
    domains: [...domains].sort(byCodeUnits),
    sourceCount: new Set(occurrences.map(({ sourceId }) => sourceId)).size,
  }
}

/** The names a text contains, longest reading first where one stands inside another, in order of place. */
function entities(text: string, phrases: readonly Phrase[]): string[] {
  const names: string[] = []
  let end = 0
  for (const phrase of phrases) {
    if (phrase.start < end || !/\p{L}/u.test(phrase.key) || isStopWord(phrase.key)) continue
    end = phrase.end
    names.push(text.slice(phrase.start, phrase.end).replace(/\s+/gu, ' '))
    if (names.length === mostEntities) break
  }
  return names
}
