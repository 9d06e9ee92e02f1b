// The planner: what a question asks for, taken from its words alone.
import { words } from '../lexical/analysis.ts'
import { foreignFunctionWords, specificity } from './generic.ts'
import { tokens, type WordForms, wordForms } from './matching.ts'

export type AnswerType = 'person' | 'place' | 'date' | 'duration' | 'number' | 'money' | 'yes_no' | 'definition' | 'list' | 'reason' | 'other'

export type Measure = 'size' | 'length' | 'weight' | 'warmth' | 'age' | 'share'

export interface QuestionTerm extends WordForms {
  /** As it stands in the question. */
  word: string
  /** How much it says about what is meant, 0.3 to 1.5; without corpus statistics. */
  weight: number
  /** Index into `names`, -1 outside a name. */
  name: number
  /** Its place among the tokens of the question; neighbours form phrases. */
  at: number
}

export interface Plan {
  question: string
  terms: QuestionTerm[]
  /** Capitalised phrases, quoted strings, identifiers and years, as they stand in the question. */
  names: string[]
  expects: AnswerType
  /** Roots of the noun that is counted: "how many days" -> day. */
  unit: string[]
  /** The quality that is measured: "how deep" -> deep. Null when none is. */
  measure: Measure | null
  /** Questions whose answers together answer this one; empty when it is simple. The first ones are needed for the later ones. */
  subQuestions: string[]
  /** More than one question is asked at once. */
  several: boolean
  /** Two or more names are set against each other. */
  comparison: boolean
}

const questionWords = new Set(
  'what which who whom whose when where why how is are was were do does did can could will would should may must has have had are in on at for of the a an if name list describe explain tell give show find'.split(
    ' ',
  ),
)
const quoted = /"([^"\n]{2,120})"|“([^”\n]{2,120})”|«\s?([^»\n]{2,120}?)\s?»|(?<![\p{L}\p{N}])'([^'\n]{2,80})'(?![\p{L}\p{N}])|`([^`\n]{1,120})`/gu
const capital =
  /\p{Lu}[\p{L}\p{N}\p{M}'’.&-]*(?:(?:\s+(?:(?:of|the|and|de|la|le|von|van|der|du|al|in|for|ibn|to|on|&)\s+){0,2})(?:\p{Lu}[\p{L}\p{N}\p{M}'’.&-]*|\d+(?![\p{L}\p{N}])))*/gu
const identifier = /(?<![\p{L}\p{N}])(?:--?[a-z][\w-]+|@?[\p{L}\p{N}_$]+(?:[./:_@-][\p{L}\p{N}_$]+)*(?:\(\))?)/gu
const year = /(?<!\d)(?:1\d{3}|20\d{2})(?!\d)/g

/** Plans one question. Pure; nothing is asked of the knowledge. */
export function plan(question: string): Plan {
  const text = question.trim()
  const names = findNames(text)
  const folded = words(text)
  const foreign = foreignFunctionWords(folded)
  const nameTokens = names.map((name) => tokens(name).map((word) => wordForms(word).root))
  const list = tokens(rephrase(text))
  const terms: QuestionTerm[] = []
  const seen = new Map<string, QuestionTerm>()
  list.forEach((word, at) => {
    const forms = wordForms(word)
    const name = nameTokens.findIndex((parts) => parts.includes(forms.root))
    const isName = name >= 0 && /[\p{Lu}\p{N}]/u.test(word)
    // A short word inside a name ("The Who", "US") counts when it is written as a name.
    let weight = foreign?.has(words(word)[0] ?? '') ? 0 : specificity(word)
    if (isName && weight < 1 && !questionWords.has(word.toLowerCase())) weight = Math.max(weight, weight > 0 ? 0.7 : 0.25)
    if (isName && weight === 1) weight = 1.3
    if (/^\d{1,2}$/.test(word)) weight = Math.max(weight, 0.8)
    if (weight === 0) return
    const earlier = seen.get(forms.root)
    if (earlier) {
      earlier.weight = Math.max(earlier.weight, weight)
      return
    }
    const term = { ...forms, word: said(word, text), weight, name, at }
    seen.set(forms.root, term)
    terms.push(term)
  })
  const comparison =
    names.length >= 2 &&
    /\b(?:both|same|older|younger|earlier|later|first|more|less|larger|bigger|smaller|longer|taller|higher|difference|differ|compare[ds]?|versus|vs|or)\b/i.test(
      text,
    )
  const { expects, unit } = expected(text)
  return { question: text, terms, names, expects, unit, measure: measured(text), ...split(text, names, comparison), comparison }
}

// Two everyday words for one thing, put as the one that documents use.
const phrases: readonly (readonly [said: RegExp, meant: string])[] = [
  [/\b(?:time|days?) off\b/i, 'leave'],
  [/\bmoney back\b/i, 'refund'],
  [/\b(?:work(?:ing)?|works) (?:from|at) home\b|\bhome office\b/i, 'remote work'],
  [/\bsick (?:days|leave)\b/i, 'sick'],
  [/\bin charge of\b/i, 'responsible for'],
  [/\bget in touch with\b/i, 'contact'],
  [/\bset up\b/i, 'install'],
  [/\bget rid of\b/i, 'delete'],
  [/\bturn(?:ed)? off\b|\bswitch(?:ed)? off\b/i, 'disable'],
  [/\bturn(?:ed)? on\b|\bswitch(?:ed)? on\b/i, 'enable'],
]
const rephrase = (text: string): string => phrases.reduce((result, [said, meant]) => result.replace(said, meant), text)
/** The words of the question behind a word that `rephrase` put in. */
const said = (word: string, text: string): string =>
  phrases.find(([, meant]) => meant.split(' ').includes(word) && !text.includes(word))?.[0].exec(text)?.[0] ?? word

/** Capitalised phrases, quoted strings, identifiers and years of any text, in its order, each once. */
export function findNames(text: string): string[] {
  const found: { start: number; end: number; name: string }[] = []
  const put = (start: number, name: string) => {
    const end = start + name.length
    if (name !== '' && !found.some((other) => start < other.end && end > other.start)) found.push({ start, end, name })
  }
  for (const match of text.matchAll(quoted))
    put(
      match.index + match[0].indexOf((match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5]) as string),
      (match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5] ?? '').trim(),
    )
  for (const match of text.matchAll(identifier))
    if (
      /\p{L}[\p{N}_]|[._:/@-]\p{L}|\p{Ll}\p{Lu}|^--?\p{L}|\(\)$|\p{N}\p{L}|-\p{N}/u.test(match[0]) &&
      !/^\p{Lu}?\p{Ll}+(?:-\p{L}+)+$/u.test(match[0])
    )
      put(match.index, match[0])
  for (const match of text.matchAll(capital)) {
    let start = match.index
    let name = match[0].replace(/[.'’&-]+$/u, '').replace(/['’]s$/u, '')
    // The word that opens the question is written large in any case.
    const first = /^\S+/.exec(name)?.[0] ?? ''
    const opening = /^[\s"“'(¿¡]*$/.test(text.slice(0, start)) || /[.?!:]\s+$/.test(text.slice(0, start))
    if (opening && (questionWords.has(first.toLowerCase()) || specificity(first) === 0 || first === name)) {
      if (first === name && (questionWords.has(first.toLowerCase()) || specificity(first) === 0 || !/\p{Lu}.*\p{Lu}|\d/u.test(first))) continue
      if (first !== name) {
        const rest = name.slice(first.length).replace(/^\s+(?:(?:of|the|and|de|la|le|von|van|der|du|al|in|for|ibn|to|on|&)\s+)*/u, '')
        start += name.length - rest.length
        name = rest
      }
    }
    // "Alice and Bob" are two, "Romeo and Juliet" as well: both names are looked for by themselves.
    let offset = 0
    for (const part of name.split(/(\s+(?:and|&)\s+)/)) {
      if (!/^\s/.test(part)) put(start + offset, part.replace(/['’]s$/u, ''))
      offset += part.length
    }
  }
  for (const match of text.matchAll(year)) put(match.index, match[0])
  return [...new Set(found.sort((a, b) => a.start - b.start).map(({ name }) => name))].filter((name) => name !== 'I')
}

function measured(text: string): Measure | null {
  const lower = text.toLowerCase()
  if (/\bhow (?:large|big)\b|\b(?:size|area)\b/.test(lower)) return 'size'
  if (/\bhow (?:tall|high|deep|far|wide|long)\b|\b(?:height|depth|distance|width|length)\b/.test(lower)) return 'length'
  if (/\bhow (?:heavy|much does .+ weigh)\b|\bweight\b/.test(lower)) return 'weight'
  if (/\bhow (?:hot|cold|warm)\b|\btemperature\b|\b(?:boiling|melting|freezing) point\b/.test(lower)) return 'warmth'
  if (/\bhow old\b/.test(lower)) return 'age'
  if (/\bpercent(?:age)?\b/.test(lower)) return 'share'
  return null
}

const timeUnit = /^(?:second|minute|hour|day|week|month|quarter|year|decade)s?$/i

function expected(text: string): { expects: AnswerType; unit: string[] } {
  const lower = text.toLowerCase()
  const counted = /\bhow (?:many|much) ((?:[\p{L}-]+\s+){0,2}?[\p{L}-]+)/u.exec(lower)?.[1] ?? ''
  const unit = counted
    .split(/\s+/)
    .slice(0, 3)
    .filter((word) => specificity(word) > 0)
    .map((word) => wordForms(word).root)
  if (/\bhow (?:many|much)\b/.test(lower)) {
    if (/\bhow much\b/.test(lower) && /\b(?:cost|costs|price|pay|paid|spend|charge|fee|money|worth|earn|reimburse\w*|budget)\b/.test(lower))
      return { expects: 'money', unit: [] }
    if (counted.split(/\s+/).some((word) => timeUnit.test(word))) return { expects: 'duration', unit }
    return { expects: 'number', unit }
  }
  if (/\b(?:wie ?viele?|combien|cu[aá]nt[oa]s?|quant[oiae]s?|hoeveel)\b/u.test(lower)) return { expects: 'number', unit: [] }
  if (/\bhow (?:long|often|frequently|soon|quickly|fast)\b/.test(lower)) return { expects: 'duration', unit: [] }
  if (
    /\bhow (?:old|tall|high|big|large|far|deep|wide|heavy|hot|cold)\b|\b(?:what|which) (?:\w+ )?(?:number|percentage|percent|rate|amount|size|limit|population|age|temperature|height|distance)\b/.test(
      lower,
    )
  )
    return { expects: 'number', unit: [] }
  if (/\b(?:price|cost|fee|salary|budget|fine|penalty)\b/.test(lower) && /\bwhat\b/.test(lower)) return { expects: 'money', unit: [] }
  if (/\bwhy\b|\bwhat (?:is the )?(?:reason|cause)|\bwarum\b|\bpourquoi\b/.test(lower)) return { expects: 'reason', unit: [] }
  if (
    /\bwhen\b|\b(?:what|which|in what|in which) (?:\w+ )?(?:year|date|day|month|decade|century|deadline|time)\b|\bwann\b|\bquand\b|\bcu[aá]ndo\b|\bquando\b/u.test(
      lower,
    )
  )
    return { expects: 'date', unit: [] }
  if (
    /\bwho(?:m|se)?\b|\bwhich (?:person|actor|actress|singer|author|writer|director|player|king|queen|president)\b|^(?:wer|qui|qui[eé]n|chi|wie is)\b/u.test(
      lower,
    )
  )
    return { expects: 'person', unit: [] }
  if (
    /\bwhere\b|\b(?:what|which) (?:\w+ )?(?:city|town|country|state|county|place|location|region|continent|district|village|province|island|river)\b|\bwo\b|\bd[oó]nde\b|\bdove\b/u.test(
      lower,
    )
  )
    return { expects: 'place', unit: [] }
  if (/^(?:is|are|was|were|do|does|did|can|could|will|would|should|may|must|has|have|had|am)\b/.test(lower)) return { expects: 'yes_no', unit: [] }
  if (
    /\b(?:list|name all|which (?:\w+ )?(?:things|items|types|kinds|steps|documents|languages|formats|options|methods)|what are the|what (?:types|kinds|steps))\b/.test(
      lower,
    )
  )
    return { expects: 'list', unit: [] }
  if (
    /^(?:what|who) (?:is|are|was|were) (?:an? |the )?[\p{L}\p{N}' .-]+\??$/u.test(lower) &&
    !/\b(?:of|for|in|on|at|that|by|to)\b/.test(lower) &&
    words(lower).length <= 6
  )
    return { expects: 'definition', unit: [] }
  if (/\b(?:define|definition of|meaning of|what does .{1,60} (?:mean|stand for))\b/.test(lower)) return { expects: 'definition', unit: [] }
  return { expects: 'other', unit: [] }
}

const asks = 'what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should|may|must'

function split(text: string, names: readonly string[], comparison: boolean): { subQuestions: string[]; several: boolean } {
  const several = text
    .split(new RegExp(`\\?\\s+|;\\s+|,?\\s+(?:and|und|et|y)\\s+(?=(?:${asks}|wie|wann|wer|quand|comment)\\b)`, 'iu'))
    .map((part) => part.trim().replace(/\?$/, ''))
    .filter((part) => words(part).length >= 3)
  if (several.length > 1) return { subQuestions: several.slice(0, 6), several: true }
  return { subQuestions: nested(text, names, comparison), several: false }
}

function nested(text: string, names: readonly string[], comparison: boolean): string[] {
  if (comparison) {
    // What is asked of both is asked of each.
    let rest = text
    for (const name of names) rest = rest.replace(name, ' ')
    const asked = tokens(rest).filter((word) => specificity(word) > 0 && !/^(?:both|same|older|younger|earlier|later)$/i.test(word))
    return names.slice(0, 4).map((name) => `${name} ${asked.join(' ')}`.trim())
  }
  // "the woman who portrayed X", "the album that ...": the inner description is found first.
  const relative = /\b(?:the|an?|that|this)\s+((?:[\p{L}\p{N}'’-]+\s+){1,6}?(?:who|that|which|whose|where|whom)\s+.{8,})$/iu.exec(text)
  if (relative && relative.index > 8)
    return [
      relative[1]?.replace(/\?$/, '').trim() ?? '',
      text
        .slice(0, relative.index + relative[0].indexOf(relative[1] ?? ''))
        .concat((relative[1] ?? '').split(/\s+(?:who|that|which|whose|where|whom)\s/i)[0] ?? '')
        .trim(),
    ]
  // "the spouse of the director of X": from the inside out.
  const chain = [
    ...text.matchAll(
      /\b(?:of|by|from|in|did|does|has|had|will)\s+the\s+(?=[\p{L}-]+(?:\s+[\p{L}-]+){0,3}\s+(?:of|in|by|for|from|where|who|that)\b)/giu,
    ),
  ]
  const inner = chain.at(-1)
  if (inner && inner.index > 8) {
    const start = inner.index + inner[0].length
    const outer =
      text.slice(0, inner.index + inner[0].length) +
      (/^[\p{L}-]+(?:\s+[\p{L}-]+){0,2}?(?=\s+(?:of|in|by|for|from|where|who|that)\b)/iu.exec(text.slice(start))?.[0] ?? '')
    return [text.slice(start).replace(/\?$/, '').trim(), outer.trim()]
  }
  return []
}
