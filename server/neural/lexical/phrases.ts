import { isStopWord, titleKey } from './analysis.ts'

/** A name that a text contains: its key (see `titleKey`) and the first place where it stands, [start, end) in UTF-16 code units. */
export interface Phrase {
  key: string
  start: number
  end: number
}

const mostPhrases = 200
const longestKey = 120
const longestName = 12

// A word of a name: letters and digits, inner apostrophes, points and hyphens, and the point of an abbreviation or initial.
const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{Mn}]*(?:['’.&-][\p{L}\p{N}][\p{L}\p{N}\p{Mn}]*)*/gu
const asciiWordPattern = /[A-Za-z0-9]+(?:['.&-][A-Za-z0-9]+)*/g
const beyondAscii = /[^\0-\x7f]/
const capital = /^\p{Lu}/u
const number = /^\d{1,4}(?:st|nd|rd|th|s)?$/u
const year = /^\d{4}$/u
const joining = new Set('of the and de la von van der du al in for ibn mac no del da di le los las a to on at & y e'.split(' '))
// Words that open a sentence, and so have a capital letter without being a name.
const openers = new Set(
  (
    'he she it they the this that his her their its in on at as after before during a an and but for from by with when while where who however although since ' +
    'also there these those i we you my our film born if not no nor or so such some many most both all each every other another to under over between about ' +
    'into what which how why whose is are was were has have had do does did can may will'
  ).split(' '),
)
const months = new Set('january february march april may june july august september october november december'.split(' '))

// `inline code`, quoted titles, @scope/name and a-hyphened_name, control ids such as AC-2(1): names whatever their case.
const codePattern = /`([^`\n]{1,80})`/gu
const quotePattern = /["“«„]([^"“”«»„\n]{2,80})["”»“]/gu
const packagePattern = /@[a-z0-9][a-z0-9._-]{0,60}\/[a-z0-9][a-z0-9._-]{0,80}/gu
const identifierPattern = /(?<![\p{L}\p{N}_@/.-])[\p{L}][\p{L}\p{N}]{0,40}(?:[-_.][\p{L}\p{N}]{1,40}){1,6}/gu
const asciiIdentifierPattern = /(?<![A-Za-z0-9_@/.-])[A-Za-z][A-Za-z0-9]{0,40}(?:[-_.][A-Za-z0-9]{1,40}){1,6}/g
const controlPattern = /(?<![\p{L}\p{N}-])[A-Z]{2,4}-\d{1,3}(?:\s?\(\d{1,3}\)){0,2}/gu

interface Word {
  text: string
  start: number
  end: number
  /** Has a capital letter first, or is a number: may begin or end a name. */
  strong: boolean
  /** What stands between the word before and this one. */
  gap: 'space' | 'comma' | 'dot' | 'break'
}

function readWords(text: string, ascii: boolean): Word[] {
  const list: Word[] = []
  let before = 0
  for (const match of text.matchAll(ascii ? asciiWordPattern : wordPattern)) {
    const between = text.slice(before, match.index)
    const last = list.at(-1)?.text ?? ''
    const gap =
      between === ' ' || (between.length <= 4 && /^\s+$/u.test(between))
        ? 'space'
        : between.length > 4
          ? 'break'
          : /^, ?$/u.test(between)
            ? 'comma'
            : /^\.\s+$/u.test(between) && last.length <= 3 && capital.test(last)
              ? 'dot'
              : /^ ?& ?$/u.test(between)
                ? 'space'
                : 'break'
    list.push({
      text: match[0],
      start: match.index,
      end: match.index + match[0].length,
      strong: capital.test(match[0]) || number.test(match[0]),
      gap,
    })
    before = match.index + match[0].length
  }
  return list
}

/** Collects the names of one text, each once, with its first place. */
class Names {
  readonly found = new Map<string, Phrase>()
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  add(start: number, end: number): void {
    const key = titleKey(this.#text.slice(start, end))
    if (key.length < 2 || key.length > longestKey || months.has(key) || openers.has(key) || isStopWord(key)) return
    if (/^\d+$/u.test(key) && !year.test(key)) return
    const known = this.found.get(key)
    if (!known || known.start > start) this.found.set(key, { key, start, end })
  }

  /** From the first to the last of some words. */
  span(list: readonly Word[], first: number, last: number): void {
    if (first <= last) this.add((list[first] as Word).start, (list[last] as Word).end)
  }

  /** What stands between the marks of a pattern. */
  inside(pattern: RegExp): void {
    for (const match of this.#text.matchAll(pattern)) this.add(match.index + 1, match.index + 1 + (match[1] as string).length)
  }

  whole(pattern: RegExp): void {
    for (const match of this.#text.matchAll(pattern)) this.add(match.index, match.index + match[0].length)
  }
}

/**
 * The names a text contains, in order of their first place, at most 200: runs of capitalised words with the small words inside
 * them ("Bank of the West"), their parts around "and" and commas, years, and identifiers, code, quoted titles and control ids.
 * Takes time in proportion to the text.
 */
export function phrases(text: string): Phrase[] {
  const names = new Names(text)
  // Patterns of ASCII read several times as fast as those of Unicode, and most patterns have a mark without which they cannot match.
  const ascii = !beyondAscii.test(text)
  const list = readWords(text, ascii)
  for (let i = 0; i < list.length; ) {
    if (!(list[i] as Word).strong) {
      i++
      continue
    }
    const run = nameFrom(list, i)
    addRun(list, i, run, names)
    i = run + 1
  }
  if (text.includes('`')) names.inside(codePattern)
  if (/["“«„]/u.test(text)) names.inside(quotePattern)
  if (text.includes('@')) names.whole(packagePattern)
  if (/[-_.][\p{L}\p{N}]/u.test(text)) names.whole(ascii ? asciiIdentifierPattern : identifierPattern)
  if (/-\d/u.test(text)) names.whole(controlPattern)
  return [...names.found.values()].sort((a, b) => a.start - b.start || a.end - b.end).slice(0, mostPhrases)
}

/** Index of the last word of the name that begins at `from`. */
function nameFrom(list: Word[], from: number): number {
  let last = from
  for (let i = from + 1; i < list.length && i - from < longestName; i++) {
    const word = list[i] as Word
    if (word.gap === 'break' || word.gap === 'comma') break
    // A number joins only a neighbour: "2004 Summer Olympics", but not "in 1998 at the Olympics".
    if (word.strong && (i - last === 1 || (capital.test(word.text) && capital.test((list[last] as Word).text)))) last = i
    else if (word.strong || !joining.has(word.text) || i - last > 2) break
  }
  return last
}

function addRun(list: Word[], first: number, last: number, names: Names): void {
  let start = first
  while (start <= last && (openers.has((list[start] as Word).text.toLowerCase()) || !(list[start] as Word).strong)) start++
  if (start > last) return
  names.span(list, start, last)
  if (start > first) names.span(list, first, last)
  // Names joined by "and" or by possession ("Britain's Royal Navy"), and the place after a comma: "Austin, Texas" is one title, "Austin" another.
  let part = start
  for (let i = start; i <= last; i++) {
    const { text } = list[i] as Word
    if (i < last && /['’]s$/u.test(text)) {
      names.span(list, part, i)
      part = i + 1
    }
    if (text !== 'and') continue
    names.span(list, part, i - 1)
    part = i + 1
  }
  if (part > start) names.span(list, part, last)
  const next = list[last + 1]
  if (next?.gap === 'comma' && next.strong && capital.test(next.text)) names.span(list, part, nameFrom(list, last + 1))
}
