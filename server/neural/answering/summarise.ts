// A summary made of the text's own sentences, chosen by where they stand and how central their words are to this one text.
// Position and frequency are the two strongest single cues of extractive summarising (Edmundson, JACM 16(2), 1969; Nenkova and
// Vanderwende, "The impact of frequency on summarization", MSR-TR-2005-101). It looks at nothing but the text: the same text has
// the same summary in every corpus.
import { isStopWord, stem } from '../lexical/analysis.ts'
import { type Sentence, sentences } from './sentences.ts'

export const longestSummary = 300
// What stands further back hardly ever belongs to a summary of 300 characters, and every atom is summarised once.
const readCharacters = 6_000

const badge = /\[!\[[^\]\n]{0,200}\]\([^)\s]{0,500}\)\]\([^)\s]{0,500}\)/g
const link = /!?\[([^\]\n]{0,200})\]\([^)\s]{0,500}\)/g
const tag = /<\/?[a-zA-Z][^<>]{0,400}>/g
// A rough cut into words is enough to count repeats inside one text, and four times as fast as folding accents.
const word = /[a-z0-9\u00c0-\uffff]+/g
const terms = (text: string): string[] => (text.toLowerCase().match(word) ?? []).filter((item) => !isStopWord(item)).map(stem)

/** At most 300 characters of whole sentences, white space folded. Shortened at a word with an ellipsis only when no sentence fits. '' for a text without words. */
export function summarise(text: string): string {
  const read = text.length > readCharacters ? wellFormed(text.slice(0, readCharacters)) : text
  const spans = sentences(read)
  const prose = spans.filter((span) => span.kind === 'sentence' || span.kind === 'item')
  const candidates = (prose.length > 0 ? prose : spans)
    .map((span) => ({ span, text: plain(read.slice(span.start, span.end)) }))
    .filter(({ text: words }) => words !== '')
  if (candidates.length === 0) return shorten(plain(read))
  const whole = candidates.map((candidate) => candidate.text).join(' ')
  if (whole.length <= longestSummary) return whole

  const counts = new Map<string, number>()
  const termLists = candidates.map((candidate) => terms(candidate.text))
  for (const list of termLists) for (const term of list) counts.set(term, (counts.get(term) ?? 0) + 1)
  const scores = termLists.map((list, index) => score(list, counts, index, candidates[index]?.span))
  const order = scores.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
  const chosen: number[] = []
  const said = new Set<string>()
  let length = 0
  for (const index of order) {
    const list = termLists[index] ?? []
    // A sentence that mostly repeats what the summary says already adds nothing.
    if (chosen.length > 0 && list.filter((term) => said.has(term)).length > 0.7 * list.length) continue
    const size = (candidates[index]?.text.length ?? 0) + (chosen.length > 0 ? 1 : 0)
    if (length + size > longestSummary) continue
    chosen.push(index)
    for (const term of list) said.add(term)
    length += size
    if (chosen.length === 3) break
  }
  if (chosen.length === 0) return shorten(candidates[order[0] ?? 0]?.text ?? '')
  return chosen
    .sort((a, b) => a - b)
    .map((index) => candidates[index]?.text ?? '')
    .join(' ')
}

function score(list: readonly string[], counts: ReadonlyMap<string, number>, index: number, span: Sentence | undefined): number {
  if (list.length < 3) return -1
  // The mean frequency of a sentence's distinct words, so that neither length nor repetition wins by itself.
  let sum = 0
  const distinct = new Set(list)
  for (const term of distinct) sum += Math.log2(1 + (counts.get(term) ?? 0))
  const central = sum / (distinct.size + 4)
  const position = index === 0 ? 1 : 0.6 / (1 + index)
  return central + position - (span?.kind === 'item' ? 0.3 : 0)
}

/** The words of Markdown without pictures, link targets, tags and emphasis marks; '' when hardly any letters are left. */
function plain(text: string): string {
  let words = text
  if (!/[*_`<[\]\n\r\t]| {2}/.test(words)) return /[\p{L}\p{N}]{2}/u.test(words) ? words : ''
  if (words.includes('](')) words = words.replace(badge, '').replace(link, (whole, label: string) => (whole.startsWith('!') ? '' : label))
  if (words.includes('<')) words = words.replace(tag, '')
  words = words
    .replace(/\*\*|__|`/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  return /[\p{L}\p{N}]{2}/u.test(words) ? words : ''
}

function shorten(text: string): string {
  if (text.length <= longestSummary) return text
  const cut = text.slice(0, longestSummary - 1)
  const space = cut.lastIndexOf(' ')
  const kept = space > longestSummary / 2 ? cut.slice(0, space) : cut
  return `${wellFormed(kept).trimEnd()}…`
}

/** Without the first half of a surrogate pair that a cut left at the end. */
const wellFormed = (text: string): string => (/[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text)
