import { indexTerms } from '../lexical/analysis.ts'
import type { IndexedAtom } from '../lexical/lexical-index.ts'
import type { Phrase } from '../lexical/phrases.ts'
import type { Link } from '../parsing/document.ts'

/** Feature terms of the lexical index: they serve reverse look-ups and are never scored. */
export const phraseFeature = (key: string): string => `\u0001${key}`
export const sketchFeature = (feature: string): string => `\u0002${feature}`
export const linkFeature = (link: Pick<Link, 'kind' | 'target'>): string => `\u0003${link.kind} ${link.target}`

/** What the index must know of an atom: its words, the names it contains, its sketch and the links its sources declare. */
export function indexedAtom(atom: {
  number: number
  title: string
  text: string
  names: readonly Phrase[]
  sketch: readonly string[]
  links: readonly Link[]
}): IndexedAtom {
  const { length, terms } = indexTerms(atom.title, atom.text)
  for (const { key } of atom.names) terms.set(phraseFeature(key), 1)
  for (const feature of atom.sketch) terms.set(sketchFeature(feature), 1)
  for (const link of atom.links) terms.set(linkFeature(link), 1)
  return { number: atom.number, length, terms }
}
