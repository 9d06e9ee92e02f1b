import type { z } from 'zod'
import type { Transaction } from '../../storage/database/port.ts'
import { knowledgeDomains } from '../answering/domains.ts'
import { summarise } from '../answering/summarise.ts'
import type { analysis } from '../contract.ts'
import { terms } from '../lexical/analysis.ts'
import type { LexicalIndex } from '../lexical/lexical-index.ts'
import { phrases } from '../lexical/phrases.ts'
import { readAtoms } from './passages.ts'

/** Distinct terms of a long content that the comparison uses: the rarest say what it is about. */
const mostTerms = 64
const mostNearest = 8
const mostEntities = 20

/**
 * What a content is about and which atoms it is nearest to.
 * Similarity is the share of the content's term weight (inverse document frequency) that the atom has as well, 0..1.
 */
export async function analyse(
  tx: Transaction,
  index: LexicalIndex,
  enterpriseId: string,
  content: string,
  title: string,
): Promise<Omit<z.infer<typeof analysis>, 'source_id'>> {
  const view = await index.view(tx, enterpriseId)
  const distinct = [...new Set(terms(content))]
  const frequencies = view.documentFrequencies(distinct)
  const weight = (term: string) => view.inverseFrequency(frequencies.get(term) ?? 0)
  // Terms that no atom has cannot find one, yet they count as what is not known.
  const chosen = distinct
    .sort((a, b) => weight(b) - weight(a) || (a < b ? -1 : 1))
    .filter((term) => (frequencies.get(term) ?? 0) > 0)
    .slice(0, mostTerms)
  const total = distinct.slice(0, Math.max(mostTerms, chosen.length)).reduce((sum, term) => sum + weight(term), 0)
  const hits = view.search(chosen, mostNearest)
  const atoms = await readAtoms(
    tx,
    enterpriseId,
    hits.map((hit) => hit.number),
  )
  const nearest = hits.flatMap(({ number }) => {
    const atom = atoms.get(number)
    if (!atom || total === 0) return []
    const own = new Set([...terms(atom.title), ...terms(atom.text)])
    const shared = distinct.reduce((sum, term) => (own.has(term) ? sum + weight(term) : sum), 0)
    return [{ atom_id: atom.id, title: atom.title, similarity: Math.min(1, shared / total) }]
  })
  return {
    summary: summarise(content),
    domains: knowledgeDomains(content, title, []),
    entities: [...new Set(phrases(content).map((phrase) => content.slice(phrase.start, phrase.end)))].slice(0, mostEntities),
    nearest: nearest.sort((a, b) => b.similarity - a.similarity),
  }
}
