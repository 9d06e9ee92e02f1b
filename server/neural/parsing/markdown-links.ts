import type { FoundLink } from './links.ts'
import { plainWords } from './markdown-blocks.ts'
import type { Block } from './sections.ts'

/** CommonMark 4.7: white space folds, case does not count. */
const labelKey = (label: string): string => label.trim().split(/\s+/u).join(' ').toLowerCase()

const longestLabel = 999
const longestTarget = 2_000

/** Finds the next `mark` from rising places; what was found is not looked for again, so all look-ups together cost one walk. */
function finder(text: string, mark: string): (from: number) => number {
  let found = -2
  let asked = 0
  return (from) => {
    if (found === -2 || from < asked || (found >= 0 && found < from)) found = text.indexOf(mark, from)
    asked = from
    return found
  }
}

interface Finders {
  angle: (from: number) => number
  paren: (from: number) => number
  bracket: (from: number) => number
}

/** Where a link's `(target "title")` leads that opens at `at`, and where it ends; null when it is none. */
function destination(text: string, at: number, end: number, find: Finders): { href: string; end: number } | null {
  let from = at + 1
  while (from < end && /\s/u.test(text[from]!)) from++
  if (text[from] === '<') {
    const close = find.angle(from)
    const stop = close < 0 || close > end ? -1 : find.paren(close)
    return stop < 0 || stop > end || stop - from > longestTarget ? null : { href: text.slice(from + 1, close), end: stop + 1 }
  }
  let depth = 0
  let to = from
  for (; to < end && to - from < longestTarget; to++) {
    const code = text.charCodeAt(to)
    if (code === 92) to++
    else if (code === 40) depth++
    else if (code === 41 && depth-- === 0) return { href: text.slice(from, to), end: to + 1 }
    else if (code <= 32) break
  }
  // A title may follow.
  const stop = find.paren(to)
  const title = stop < 0 || stop >= end || stop - to > 500 ? '' : text.slice(to, stop).trim()
  return /^["'(]/u.test(title) ? { href: text.slice(from, to), end: stop + 1 } : null
}

/** The end of a bare address: without the punctuation of the sentence around it (GitHub's autolinks). */
function bareEnd(text: string, at: number, end: number): number {
  let to = at
  while (to < end && to - at < longestTarget && !/[\s<>"`|]/u.test(text[to]!)) to++
  let opens = 0
  for (let index = at; index < to; index++) opens += text[index] === '(' ? 1 : text[index] === ')' ? -1 : 0
  while (to > at && (/[.,:;!?'*_~\]]/u.test(text[to - 1]!) || (text[to - 1] === ')' && opens < 0))) {
    if (text[to - 1] === ')') opens++
    to--
  }
  return to
}

const opensLine = (text: string, at: number): boolean => {
  let from = at - 1
  while (at - from <= 4 && text[from] === ' ') from--
  return from < 0 || text[from] === '\n'
}

interface Bracket {
  at: number
  image: boolean
}

/** Links of one block in one pass: inline, by reference, in angle brackets, bare and as HTML tags; none in code or of pictures alone. */
function linksOf(text: string, block: Block, targets: Map<string, string>, find: Finders): FoundLink[] {
  const links: FoundLink[] = []
  const brackets: Bracket[] = []
  const unclosed = new Set<number>()
  const { end } = block
  for (let at = block.start; at < end; at++) {
    const character = text[at]!
    if (character === '\\') at++
    else if (character === '`') {
      let run = 1
      while (text[at + run] === '`') run++
      at = unclosed.has(run) ? at + run - 1 : afterCode(text, at, run, end, unclosed) - 1
    } else if (character === '[') brackets.push({ at, image: text[at - 1] === '!' && at > block.start })
    else if (character === ']') {
      const open = brackets.pop()
      if (!open || at - open.at > longestTarget) continue
      if (text[at + 1] === ':' && opensLine(text, open.at)) {
        // A definition says where others lead; it is no link itself.
        for (at += 2; at < end && /\s/u.test(text[at]!); ) at++
        while (at < end && !/\s/u.test(text[at]!)) at++
        continue
      }
      const raw = text.slice(open.at + 1, at)
      let href: string | undefined
      let after = at + 1
      if (text[after] === '(') {
        const found = destination(text, after, end, find)
        if (found) [href, after] = [found.href, found.end]
      }
      if (href === undefined && targets.size > 0) {
        const close = text[at + 1] === '[' ? find.bracket(at + 2) : -1
        const named = close > 0 && close - at <= longestLabel && close < end ? text.slice(at + 2, close) : ''
        href = raw.length > longestLabel ? undefined : targets.get(labelKey(named === '' ? raw : named))
        if (href !== undefined && close > 0 && close < end) after = close + 1
      }
      if (href === undefined) continue
      if (!open.image) links.push({ at: open.at, href, label: plainWords(raw) })
      at = after - 1
    } else if (character === '<') {
      const close = find.angle(at)
      if (close < 0 || close >= end) continue
      const inside = text.slice(at + 1, Math.min(close, at + longestTarget))
      if (/^https?:\/\/\S+$/iu.test(inside)) {
        links.push({ at, href: inside, label: inside })
        at = close
      } else if (/^a\s/iu.test(inside)) {
        const href = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/iu.exec(inside)
        const target = href?.[1] ?? href?.[2] ?? href?.[3]
        if (target) links.push({ at, href: target.replaceAll('&amp;', '&'), label: '' })
        at = close
      } else if (/^[/!a-z]/iu.test(inside)) at = close
    } else if (
      (character === 'h' || character === 'H') &&
      /^https?:\/\/[^\s/]/iu.test(text.slice(at, at + 10)) &&
      !/[\p{L}\p{N}]/u.test(text[at - 1] ?? ' ')
    ) {
      const to = bareEnd(text, at, end)
      // Inside of a link's own brackets it is that link's label.
      if (brackets.length === 0) links.push({ at, href: text.slice(at, to), label: '' })
      at = Math.max(at, to - 1)
    }
  }
  return links
}

function afterCode(text: string, at: number, run: number, end: number, unclosed: Set<number>): number {
  const mark = '`'.repeat(run)
  for (let close = text.indexOf(mark, at + run); close >= 0 && close < end; ) {
    let length = run
    while (text[close + length] === '`') length++
    if (length === run) return close + run
    close = text.indexOf(mark, close + length)
  }
  unclosed.add(run)
  return at + run
}

const definition = /^ {0,3}\[((?:[^[\]\\]|\\.){1,999})\]:[ \t]*(?:\n[ \t]*)?(<[^<>\n]*>|\S+)/u

/** Link reference definitions stand at the start of lines; the first of a label counts. */
function definitions(text: string, blocks: Block[]): Map<string, string> {
  const targets = new Map<string, string>()
  for (const block of blocks) {
    if (block.kind !== 'paragraph') continue
    for (let at = block.start; at < block.end; ) {
      const line = text.indexOf('\n', at)
      const next = line < 0 || line > block.end ? block.end : line + 1
      const head = text.slice(at, at + 400).trimStart()
      if (head.startsWith('[') && head.includes(']:')) {
        const found = definition.exec(text.slice(at, at + longestTarget).trimStart())
        if (found?.[1] && found[2]) {
          const key = labelKey(found[1])
          if (!targets.has(key) && !found[1].startsWith('^')) targets.set(key, found[2].replace(/^<(.*)>$/u, '$1'))
        }
      }
      at = next
    }
  }
  return targets
}

/** All links of a Markdown text, with what they lead to as written. */
export function markdownLinks(text: string, blocks: Block[]): FoundLink[] {
  const targets = definitions(text, blocks)
  const find: Finders = { angle: finder(text, '>'), paren: finder(text, ')'), bracket: finder(text, ']') }
  const links: FoundLink[] = []
  for (const block of blocks) {
    if (block.kind === 'code' || block.kind === 'metadata') continue
    for (const link of linksOf(text, block, targets, find)) links.push(link)
  }
  return links
}
