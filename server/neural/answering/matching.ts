// When two words say the same: equal index terms, the same root, or near synonyms of everyday and office English.
import { fold, stem } from '../lexical/analysis.ts'
import { synonymGroups } from './synonyms.ts'

export interface WordForms {
  /** The index term (analysis.ts). */
  term: string
  /** The word without inflection and common derivation: receive, receives, received, receiver share one. */
  root: string
  /** Near synonyms share a group; -1 without one. */
  group: number
}

const suffixes = [
  'izations',
  'isations',
  'ization',
  'isation',
  'ations',
  'ation',
  'ments',
  'ment',
  'nesses',
  'ness',
  'ities',
  'ity',
  'ively',
  'ives',
  'ive',
  'ions',
  'ion',
  'ings',
  'ing',
  'ences',
  'ence',
  'ances',
  'ance',
  'ables',
  'able',
  'ible',
  'ably',
  'ally',
  'als',
  'al',
  'ers',
  'er',
  'ors',
  'or',
  'eds',
  'ed',
  'ists',
  'ist',
  'ism',
  'ants',
  'ant',
  'ents',
  'ent',
  'fully',
  'ful',
  'ously',
  'ous',
  'ly',
  'es',
  's',
] // longest first within each family; the first that fits is taken

const irregular: Record<string, string> = {
  paid: 'pay',
  bought: 'buy',
  sold: 'sell',
  wrote: 'write',
  written: 'write',
  began: 'begin',
  begun: 'begin',
  sent: 'send',
  spent: 'spend',
  held: 'hold',
  left: 'leave',
  kept: 'keep',
  chose: 'choose',
  chosen: 'choose',
  won: 'win',
  led: 'lead',
  built: 'build',
  taught: 'teach',
  born: 'birth',
  died: 'death',
  die: 'death',
  dies: 'death',
  dead: 'death',
  children: 'child',
  men: 'man',
  women: 'woman',
  wives: 'wife',
  lives: 'live',
  life: 'live',
  spoke: 'speak',
  spoken: 'speak',
  drove: 'drive',
  grew: 'grow',
  grown: 'grow',
  sang: 'sing',
  sung: 'sing',
  fell: 'fall',
  flew: 'fly',
  broke: 'break',
  broken: 'break',
  stolen: 'steal',
  stole: 'steal',
  lost: 'lose',
  feet: 'foot',
  mice: 'mouse',
  thrown: 'throw',
  threw: 'throw',
}

/** Folded word in. Rough on purpose: a match by root counts less than one by term. */
export function root(word: string): string {
  const regular = irregular[word] ?? word
  if (regular.length <= 3 || /\d/.test(regular)) return regular
  if (regular.endsWith('ies') && regular.length > 4) return `${regular.slice(0, -3)}i`
  let base = regular
  for (const suffix of suffixes) {
    const left = base.length - suffix.length
    if (left < (suffix === 's' ? 3 : 4) || !base.endsWith(suffix)) continue
    if (suffix === 's' && /[sui]s$/.test(base)) continue
    base = base.slice(0, left)
    break
  }
  if (base.endsWith('e') && base.length > 3) base = base.slice(0, -1)
  if (base.endsWith('y') && base.length > 3) base = `${base.slice(0, -1)}i`
  if (base.length > 4 && base.at(-1) === base.at(-2) && !/[lsz]$/.test(base)) base = base.slice(0, -1)
  return base
}

const groups = new Map<string, number>()
synonymGroups.forEach((line, group) => {
  // The first group a word stands in wins; a word in two groups would join what is not the same.
  for (const word of line.split(' ')) if (!groups.has(root(word))) groups.set(root(word), group)
})

const numberWords: Record<string, string> = Object.fromEntries(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, value) => [word, String(value)])
    .concat([
      ['thirty', '30'],
      ['forty', '40'],
      ['fifty', '50'],
      ['sixty', '60'],
      ['ninety', '90'],
      ['hundred', '100'],
      ['thousand', '1000'],
      ['twice', '2'],
    ]),
)

const known = new Map<string, WordForms>()

/** The forms under which a word is compared. Any case and accents; number words become digits. */
export function wordForms(word: string): WordForms {
  const cached = known.get(word)
  if (cached) return cached
  const plain = fold(word)
  const folded = numberWords[plain] ?? plain
  const base = root(folded)
  const forms = { term: stem(folded), root: base, group: groups.get(base) ?? -1 }
  if (known.size > 50_000) known.clear()
  known.set(word, forms)
  return forms
}

export const isNumberWord = (word: string): boolean => /^\d/.test(word) || Object.hasOwn(numberWords, word.toLowerCase())

const token = /[\p{L}\p{N}\p{M}]+/gu

/** Words as they stand in the text. Parts of a hyphenated compound come one by one, and once more joined ("e-mail" also gives "email"). */
export function tokens(text: string): string[] {
  const found: string[] = []
  let before = ''
  let beforeEnd = -2
  for (const match of text.matchAll(token)) {
    const word = match[0]
    if (match.index === beforeEnd + 1 && (text[beforeEnd] === '-' || text[beforeEnd] === '‑')) found.push(before + word)
    // The s of a possessive is no word.
    if (word === 's' && /['’]/.test(text[match.index - 1] ?? '')) continue
    found.push(word)
    before = word
    beforeEnd = match.index + word.length
  }
  return found
}
