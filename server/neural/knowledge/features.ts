import { indexTerms } from '../lexical/analysis.ts'
import type { IndexedAtom } from '../lexical/lexical-index.ts'
import type { Phrase } from '../lexical/phrases.ts'
import type { Link } from '../parsing/document.ts'
import type { TextAnalysis } from './text-analysis.ts'

/** Feature terms of the lexical index: they serve reverse look-ups and are never scored. */
export const phraseFeature = (key: string): string => `\u0001${key}`
export const sketchFeature = (feature: string): string => `\u0002${feature}`
export const linkFeature = (link: Pick<Link, 'kind' | 'target'>): string => `\u0003${link.kind} ${link.target}`

/** What the index must know of an atom: its words, the names it contains, its sketch and the links its sources declare. */
export function indexedAtom(atom: {
  number: number
  title: string
  links: readonly Link[]
  names: readonly Phrase[]
  analysis: TextAnalysis
}): IndexedAtom {
  const { length, terms } = indexTerms(atom.title, '')
  for (const [term, count] of atom.analysis.terms) terms.set(term, (terms.get(term) ?? 0) + count)
  for (const { key } of atom.names) terms.set(phraseFeature(key), 1)
  for (const feature of atom.analysis.sketch) terms.set(sketchFeature(feature), 1)
  for (const link of atom.links) terms.set(linkFeature(link), 1)
  return { number: atom.number, length: length + atom.analysis.length, terms }
}
