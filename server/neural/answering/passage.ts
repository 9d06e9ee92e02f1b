import type { pathwayKindNames } from '../contract.ts'

export type PathwayKind = (typeof pathwayKindNames)[number]

/** What retrieval hands to the answering part: one occurrence of an atom. */
export interface Passage {
  atomId: string
  number: number
  title: string
  text: string
  /** Higher is better; only compared within one retrieval. */
  score: number
  sourceId: string
  sourceTitle: string
  /** Offset of `text` in the stored text of its source, UTF-16 code units. */
  start: number
  /** The pathway by which retrieval came here from another atom (`from` is its number); null when the question itself found it. */
  via: { from: number; kind: PathwayKind; weight: number } | null
}

/** How rare terms are in the knowledge asked. */
export interface Vocabulary {
  atoms: number
  /** Inverse document frequency of an index term; the maximum for an unknown term. */
  idf(term: string): number
}

/** A verbatim span of a source. `quote` is exactly `storedText.slice(start, end)`. */
export interface Citation {
  n: number
  sourceId: string
  atomId: string
  title: string
  quote: string
  start: number
  end: number
}
