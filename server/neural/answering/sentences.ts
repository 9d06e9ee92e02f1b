// Sentence spans of a stored text. Rules, not a model: a span must be the same on every machine and in every version of a runtime,
// because citations point at it. The boundary rules follow the period classes of Kiss and Strunk, "Unsupervised multilingual
// sentence boundary detection", Computational Linguistics 32(4), 2006, with a fixed list instead of learned abbreviations.

export type SentenceKind = 'sentence' | 'heading' | 'item' | 'row' | 'code'

/** `[start, end)` in UTF-16 code units of the text given. */
export interface Sentence {
  start: number
  end: number
  /** What the span is part of. A heading names, a row or a code line is data; only `sentence` and `item` read as prose. */
  kind: SentenceKind
}

/** No span is longer; longer sentences are cut at clause marks. */
export const longestSentence = 400

// A name or a number follows these, so their period never ends a sentence.
const titles = new Set(
  (
    'mr mrs ms dr prof st mt ft gen col maj capt lt sgt cpl adm cmdr gov sen rep pres hon rev fr sr. msgr ph e.g i.e eg ie cf vs viz ca approx resp fig figs eq sec ' +
    'ch vol vols pp ed eds trans est nos art arts par no nr op bzw usw z.b d.h u.a mme mlle sra srta dott ing m.sc b.sc incl excl min max tel'
  ).split(' '),
)
// These end a sentence only when a word that commonly opens one follows.
const suffixes = new Set(
  'jr sr inc ltd co corp llc plc bros etc al dept univ assn ave blvd rd sq bldg u.s u.k u.n e.u d.c a.m p.m b.c a.d ph.d jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun'.split(
    ' ',
  ),
)
const openers = new Set(
  (
    'the a an it its he she they his her their this that these those in on at as after before during when while where since if there here we i you our your my ' +
    'however although but and or so also for from with by to no not all some many most each every both one two another other such then thus therefore ' +
    'who what which why how is are was were do does did has have had can could will would should may might must'
  ).split(' '),
)

const months = new Set(
  (
    'januar jänner februar märz april mai juni juli august september oktober november dezember januari februari mars maart maj juli augusti oktober desember december ' +
    'ledna února března dubna května června července srpna září října listopadu prosince stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia'
  ).split(' '),
)

const terminators = new Set(['.', '!', '?', '…', '。', '！', '？', '｡', '．', '।', '؟', '۔'])
const terminator = /[.!?…。！？｡．।؟۔]/g
const wideTerminators = new Set(['。', '！', '？', '｡', '।'])
const closers = new Set(['"', "'", '”', '’', ')', ']', '}', '»', '」', '』', '）', '】', '*', '_', '`'])
const spaceAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return (
    code === 32 ||
    (code >= 9 && code <= 13) ||
    code === 0xa0 ||
    code === 0x3000 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0xfeff ||
    (code >= 0x2000 && code <= 0x200a)
  )
}
const isLowSurrogate = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}

const headingLine = /^ {0,3}#{1,6}(?:\s+|$)/
const underlineLine = /^ {0,3}(?:={3,}|-{3,})\s*$/
const ruleLine = /^[\s|:*_=+-]+$/
const itemLine = /^[ \t]*(?:[-*+•‣◦–]|\(?(?:\d{1,3}|[a-z])[.)])[ \t]+/
const quoteLine = /^[ \t]*(?:>[ \t]?)+/
const keyLine = /^[ \t]*[\p{L}][\p{L}\p{N} _/()-]{0,40}:\s/u
const fenceLine = /^[ \t]*(?:```|~~~)/

/** Spans of a text in order, trimmed, never overlapping, never cutting a surrogate pair. Linear in the length of the text. */
export function sentences(text: string): Sentence[] {
  const found: Sentence[] = []
  let fenced = false
  let open = -1 // start of the paragraph that is being collected
  let openKind: SentenceKind = 'sentence'
  let openEnd = -1
  let lineStart = -1 // start of its latest line
  const flush = () => {
    if (open >= 0) splitProse(text, open, openEnd, openKind, found)
    open = -1
  }
  let start = 0
  while (start < text.length) {
    const feed = text.indexOf('\n', start)
    const end = feed < 0 ? text.length : feed
    // Markers sit at the start of a line: a bounded prefix decides, so a megabyte on one line costs nothing extra.
    const head = text.slice(start, Math.min(end, start + 120))
    if (fenceLine.test(head)) {
      flush()
      fenced = !fenced
    } else if (fenced) {
      add(text, start, end, 'code', found)
    } else if (head.trim() === '' && end - start <= 120) {
      flush()
    } else if (headingLine.test(head)) {
      flush()
      add(text, start + (headingLine.exec(head)?.[0].length ?? 0), end, 'heading', found)
    } else if (underlineLine.test(head) && open >= 0 && end - start <= 120) {
      // A setext underline makes a heading of the one line above it; below several lines it is a rule.
      if (!text.slice(open, Math.min(openEnd, open + 200)).includes('\n') && openEnd - open <= 200) {
        add(text, open, openEnd, 'heading', found)
        open = -1
      } else flush()
    } else if (ruleLine.test(head) && end - start <= 120) {
      flush()
    } else if (head.trimStart().startsWith('|')) {
      flush()
      addRow(text, start, end, found)
    } else {
      const quote = quoteLine.exec(head)?.[0].length ?? 0
      const item = itemLine.exec(head.slice(quote))?.[0].length ?? 0
      if (item > 0) {
        flush()
        open = start + quote + item
        openKind = 'item'
      } else if (open < 0) {
        open = start + quote
        openKind = 'sentence'
      } else if (keyLine.test(head) && keyLine.test(text.slice(lineStart, Math.min(openEnd, lineStart + 60)))) {
        flush()
        open = start
        openKind = 'item'
      } else if (lineStart === open && openKind === 'sentence' && titleLine(text, open, openEnd, end - start, head)) {
        add(text, open, openEnd, 'heading', found)
        open = start
      }
      lineStart = start
      openEnd = end
    }
    start = end + 1
  }
  flush()
  return found
}

/** A title set above its text with a single line break: short, without a closing mark, and the next line is longer and opens with a capital. */
function titleLine(text: string, start: number, end: number, nextLength: number, next: string): boolean {
  const line = text.slice(start, Math.min(end, start + 61)).trim()
  return (
    line.length > 0 &&
    line.length <= 60 &&
    line.length < 0.8 * nextLength &&
    !/[\p{Po}\p{Pd}]$/u.test(line) &&
    /^[\p{Lu}\p{N}]/u.test(line) &&
    /^\s*\p{Lu}/u.test(next)
  )
}

/** Adds `[start, end)` without the white space around it. */
function add(text: string, start: number, end: number, kind: SentenceKind, found: Sentence[]): void {
  while (start < end && spaceAt(text, start)) start++
  while (end > start && spaceAt(text, end - 1)) end--
  if (end - start <= longestSentence) {
    if (end > start) found.push({ start, end, kind })
    return
  }
  const cut = clauseCut(text, start, end)
  add(text, start, cut, kind, found)
  addRest(text, cut, end, kind, found)
}

// A loop instead of recursion: a megabyte without a full stop must not exhaust the stack.
function addRest(text: string, from: number, end: number, kind: SentenceKind, found: Sentence[]): void {
  let start = from
  while (start < end) {
    while (start < end && spaceAt(text, start)) start++
    if (end - start <= longestSentence) {
      add(text, start, end, kind, found)
      return
    }
    const cut = clauseCut(text, start, end)
    add(text, start, cut, kind, found)
    start = cut
  }
}

/** Where to cut an over-long sentence: after the last clause mark that leaves a part of fair length, else after the last space, else hard. */
function clauseCut(text: string, start: number, end: number): number {
  const last = Math.min(end, start + longestSentence)
  let space = -1
  let comma = -1
  for (let at = last - 1; at > start + 80; at--) {
    const character = text[at] ?? ''
    const spaced = at + 1 < end && spaceAt(text, at + 1)
    if (((character === ';' || character === ':') && spaced) || character === '；' || (character === '—' && !spaced)) return at + 1
    if (comma < 0 && ((character === ',' && spaced) || character === '，' || character === '、')) comma = at + 1
    if (space < 0 && spaceAt(text, at)) space = at + 1
  }
  if (comma > 0) return comma
  if (space > 0) return space
  return isLowSurrogate(text, last) ? last - 1 : last
}

/** A table row without its outer bars. */
function addRow(text: string, from: number, to: number, found: Sentence[]): void {
  let start = from
  let end = to
  while (start < end && (spaceAt(text, start) || text[start] === '|')) start++
  while (end > start && (spaceAt(text, end - 1) || text[end - 1] === '|')) end--
  add(text, start, end, 'row', found)
}

/** Splits one paragraph at the terminators that end a sentence. */
function splitProse(text: string, from: number, to: number, kind: SentenceKind, found: Sentence[]): void {
  const paragraph = text.slice(from, to)
  let start = from
  let at = from
  for (;;) {
    terminator.lastIndex = at - from
    const mark = terminator.exec(paragraph)
    if (!mark) break
    const first = from + mark.index
    at = first
    while (at < to && terminators.has(text[at] ?? '')) at++
    const wide = wideTerminators.has(text[at - 1] ?? '')
    let next = skipClosers(text, at, to)
    if (next >= to) break
    // Without white space only CJK marks end a sentence, and not inside a quotation that goes on.
    if (!spaceAt(text, next) && (!wide || next > at)) continue
    const end = next
    while (next < to && spaceAt(text, next)) next++
    if (next >= to) break
    if (wide || endsHere(text, from, first, at, next, to)) {
      add(text, start, end, kind, found)
      start = next
    }
    at = Math.max(at, next)
  }
  add(text, start, to, kind, found)
}

/** Past closing quotes, brackets and reference marks such as [12]. */
function skipClosers(text: string, from: number, to: number): number {
  let at = from
  while (at < to) {
    if (closers.has(text[at] ?? '')) at++
    else if (text[at] === '[') {
      let close = at + 1
      while (close < to && close - at <= 5 && /[\d,]/.test(text[close] ?? '')) close++
      if (close === at + 1 || text[close] !== ']') return at
      at = close + 1
    } else return at
  }
  return at
}

/** Whether the run of terminators at `[first, after)` ends a sentence, given that white space follows and the next word starts at `next`. */
function endsHere(text: string, from: number, first: number, after: number, next: number, to: number): boolean {
  const following = String.fromCodePoint(text.codePointAt(next) ?? 32)
  // Sentences do not open in lower case; "Yahoo! is" and "what? he said" go on.
  if (/\p{Ll}/u.test(following)) return false
  if (text[first] !== '.' || after - first > 1) return true
  let begin = first
  while (begin > from && first - begin < 16 && !spaceAt(text, begin - 1) && !'([{"“\'‘/—'.includes(text[begin - 1] ?? '')) begin--
  const word = text.slice(begin, first).toLowerCase()
  if (word === '') return true
  let wordEnd = next
  while (wordEnd < to && wordEnd - next < 16 && /[\p{L}\p{N}’']/u.test(text[wordEnd] ?? '')) wordEnd++
  const nextWord = text.slice(next, wordEnd).toLowerCase()
  if (word === 'no' || word === 'nos' || word === 'art' || word === 'p') return !/^\d/.test(nextWord)
  if (titles.has(word)) return false
  // "am 31. März": an ordinal, as several European languages write it.
  if (/^\d{1,2}$/.test(word) && months.has(nextWord)) return false
  const initials = /^\p{L}(?:\.\p{L})*$/u.test(word)
  // "J. Smith", "U.S. Senate" go on; "in the U.S. The" ends. A lone lower-case letter is a unit or a variable.
  if (suffixes.has(word) || (initials && /^\p{Lu}/u.test(text.slice(begin, first)))) return openers.has(nextWord)
  return true
}
