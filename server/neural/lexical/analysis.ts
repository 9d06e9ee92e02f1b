import { stem } from './stem.ts'

export { stem } from './stem.ts'

/** Raise when terms or phrases change: segments of two analysers side by side give wrong counts. */
export const analyserVersion = 4

// Function words of English questions and prose. Words that carry no subject, so BM25 need not weigh them.
const stopWords = new Set(
  (
    'a an the of in on at by for to from with and or but is are was were be been being has have had do does did which who whom whose what when where why how ' +
    'that this these those it its as than then there their they he she his her him i you we our your not no also into over under between about after before ' +
    'during same both'
  ).split(' '),
)

const beyondAscii = /[^\0-\x7f]/
const asciiWord = /[a-z0-9]+/g
const anyWord = /[\p{L}\p{N}]+/gu

/** Words without accents and case: what matching compares. */
export const fold = (text: string): string =>
  beyondAscii.test(text)
    ? text
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .toLowerCase()
    : text.toLowerCase()

/** Folded words in order. */
export function words(text: string): string[] {
  const folded = fold(text)
  return folded.match(beyondAscii.test(folded) ? anyWord : asciiWord) ?? []
}

export const isStopWord = (word: string): boolean => stopWords.has(word)

/** The index terms of a text, in order, with repeats: folded, without stop words, stemmed. */
export const terms = (text: string): string[] =>
  words(text)
    .filter((word) => !stopWords.has(word))
    .map(stem)

/** The key under which a title is mentioned: folded words without a bracketed qualifier, possessive s or leading article. '' when nothing is left. */
export function titleKey(title: string): string {
  const list = words(title.replace(/\s+\([^)]{0,200}\)/g, '').replace(/['’]s\b/g, ''))
  return (list[0] === 'the' ? list.slice(1) : list).join(' ')
}

/** What BM25 indexes of an atom: its title and its text together; `length` counts terms with repeats. */
export function indexTerms(title: string, text: string): { length: number; terms: Map<string, number> } {
  const counts = new Map<string, number>()
  const list = terms(`${title} ${text}`)
  for (const term of list) counts.set(term, (counts.get(term) ?? 0) + 1)
  return { length: list.length, terms: counts }
}
