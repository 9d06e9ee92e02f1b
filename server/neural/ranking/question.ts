import { isStopWord, terms, words } from '../lexical/analysis.ts'
import { phrases } from '../lexical/phrases.ts'

const longestTitleWords = 8
const mostWords = 300
const mostTerms = 96

/** A question as ranking reads it. */
export interface ReadQuestion {
  /** Distinct index terms in order. */
  terms: string[]
  /** Folded words in order, without possessive s. */
  words: string[]
  /** Keys of the names that stand in it, by their capital letters or marks. */
  names: string[]
  /** Those of them that are names wherever they stand: any first word has a capital letter. */
  sureNames: string[]
}

export function readQuestion(question: string): ReadQuestion {
  const names = phrases(question)
  const first = question.search(/[\p{L}\p{N}]/u)
  const onlyOpens = ({ start, end }: { start: number; end: number }): boolean =>
    start === first && /^\p{Lu}[\p{Ll}\p{Mn}]*$/u.test(question.slice(start, end))
  return {
    terms: [...new Set(terms(question))].slice(0, mostTerms),
    words: words(question.replace(/['’]s\b/g, '')).slice(0, mostWords),
    names: names.map(({ key }) => key),
    sureNames: names.filter((name) => !onlyOpens(name)).map(({ key }) => key),
  }
}

/** Every run of one to eight words that could be a title's key. */
export function titleGrams(list: readonly string[]): string[] {
  const grams = new Set<string>()
  for (let from = 0; from < list.length; from++) {
    for (let length = 1; length <= longestTitleWords && from + length <= list.length; length++) {
      const gram = list.slice(from, from + length)
      if (canName(gram)) grams.add(gram.join(' '))
    }
  }
  return [...grams]
}

/** One short or empty word names nothing, even where some atom is titled so. */
function canName(gram: readonly string[]): boolean {
  if (gram.length > 1) return gram.some((word) => !isStopWord(word))
  const [word] = gram as [string]
  return word.length >= 4 && !isStopWord(word)
}

/** The titles that stand in the words: the longest first, none inside another one's words. */
export function titlesIn(list: readonly string[], known: (key: string) => boolean): string[] {
  const used = list.map(() => false)
  const found: string[] = []
  for (let length = Math.min(longestTitleWords, list.length); length >= 1; length--) {
    for (let from = 0; from + length <= list.length; from++) {
      if (used.slice(from, from + length).some(Boolean)) continue
      const gram = list.slice(from, from + length)
      const key = gram.join(' ')
      if (!canName(gram) || !known(key)) continue
      found.push(key)
      used.fill(true, from, from + length)
    }
  }
  return found
}
