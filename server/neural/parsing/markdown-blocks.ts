import { oneLine } from './naming.ts'
import type { Block } from './sections.ts'
import { trimmed } from './spans.ts'

// Block structure of Markdown after CommonMark 0.31 and GitHub's tables, in one pass over the lines. A full parser spends most of
// its time on emphasis and escapes inside of lines, which stored text keeps as they are, and some of that is quadratic; knowledge
// needs where blocks begin and end. Blocks inside of lists and quotes come out one by one. Tests hold it against a full parser.

/** Block-level tags that open an HTML block even inside of a paragraph (CommonMark 4.6, kind 6). */
const htmlBlocks = new Set(
  (
    'address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt fieldset figcaption figure footer form frame frameset ' +
    'h1 h2 h3 h4 h5 h6 head header hr html iframe legend li link main menu menuitem nav noframes ol optgroup option p param search section summary table tbody td tfoot th ' +
    'thead title tr track ul'
  ).split(' '),
)
const verbatimTags = new Set(['script', 'pre', 'style', 'textarea'])
const longestHeading = 1_000

interface Fence {
  mark: string
  length: number
  /** It ends with the list item or quote it stands in. */
  indent: number
  quoted: boolean
}

interface Line {
  start: number
  /** Behind the last character, before the line's end mark. */
  end: number
}

function* linesOf(text: string, from: number): Generator<Line> {
  for (let start = from; start < text.length; ) {
    const found = text.indexOf('\n', start)
    const next = found < 0 ? text.length : found
    yield { start, end: next > start && text.charCodeAt(next - 1) === 13 ? next - 1 : next }
    start = next + 1
  }
}

/** The words of a heading or label without inline markup. Pictures count only when there is nothing else. */
export function plainWords(markdown: string): string {
  const image = /!\[([^[\]]*)\](?:\([^()]*\)|\[[^[\]]*\])?/g
  const line = markdown.slice(0, longestHeading)
  return withoutMarkup(line.replace(image, '')) || withoutMarkup(line.replace(image, '$1'))
}

function withoutMarkup(markdown: string): string {
  const privateUse = 0xe000
  const guard = (part: string): string => part.replace(/[!-/:-@[-`{-~]/g, (mark) => String.fromCharCode(privateUse + mark.charCodeAt(0)))
  return markdown
    .replace(/\\([!-/:-@[-`{-~])/g, (_, mark: string) => guard(mark))
    .replace(/(`+)([^`]+)\1(?!`)/g, (_, __, code: string) => guard(/^ .*\S.* $/u.test(code) ? code.slice(1, -1) : code))
    .replace(/<(https?:[^\s<>]+)>/g, (_, url: string) => guard(url))
    .replace(/<\/?[a-zA-Z][\w-]*(?:\s+[a-zA-Z_:][^<>|]*)?\/?>|<!--[^<>]*-->/g, '')
    .replace(/\[([^[\]]*)\](?:\([^()\s]*(?:\([^()\s]*\))?[^()\s]*(?:\s+["'(][^()]*)?\)|\[[^[\]]*\])/g, '$1')
    .replace(/\[([^[\]]*)\](?:\([^()]*\)|\[[^[\]]*\])/g, '$1')
    .replace(/(?<=\S)[*]+|[*]+(?=\S)|~~/g, '')
    .replace(/(^|[^\p{L}\p{N}_])_+(?=\S)|(?<=[^\s_])_+(?=[^\p{L}\p{N}_]|$)/gu, '$1')
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" })[name] ?? '')
    .replace(/[\ue021-\ue07e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - privateUse))
    .trim()
}

/** Columns of white space at the start, tabs to stops of 4. */
function indentOf(text: string, { start, end }: Line): { columns: number; at: number } {
  let columns = 0
  let at = start
  for (; at < end; at++) {
    const code = text.charCodeAt(at)
    if (code === 32) columns++
    else if (code === 9) columns += 4 - (columns % 4)
    else break
  }
  return { columns, at }
}

const listMark = /^(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$)/u
const rule = /^(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/u
const delimiterRow = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/u

export class BlockScanner {
  readonly blocks: Block[] = []
  /** YAML between `---` lines at the very start. */
  frontMatter: string | null = null
  private open: { kind: Block['kind']; start: number; end: number; lines: number; inside: boolean } | null = null
  private fence: Fence | null = null
  /** What ends the HTML block that is open: a string, or a blank line for ''. */
  private html: string | null = null
  /** Column at which the content of the outermost open list item begins. */
  private listIndent: number | null = null
  private afterBlank = false
  private readonly text: string
  private readonly anchor: (heading: string) => string

  constructor(text: string, anchor: (heading: string) => string) {
    this.text = text
    this.anchor = anchor
    const lines = [...linesOf(text, this.readFrontMatter())]
    for (const [index, line] of lines.entries()) this.line(line, lines[index + 1])
    this.close()
  }

  private readFrontMatter(): number {
    if (!/^---[ \t]*\r?\n/u.test(this.text.slice(0, 100))) return 0
    let first = true
    for (const line of linesOf(this.text, 0)) {
      const words = this.text.slice(line.start, Math.min(line.end, line.start + 10)).trimEnd()
      if (!first && words === '---') {
        const head = this.text.indexOf('\n') + 1
        this.frontMatter = this.text.slice(head, line.start)
        this.blocks.push({ kind: 'metadata', start: 0, end: line.end })
        return line.end
      }
      first = false
    }
    return 0
  }

  private close(): void {
    const span = this.open ? trimmed(this.text, this.open.start, this.open.end) : null
    if (span && this.open) this.blocks.push({ kind: this.open.kind, ...span })
    this.open = null
  }

  private extend(kind: Block['kind'], line: Line, inside = false): void {
    if (this.open?.kind === kind) {
      this.open.end = line.end
      this.open.lines++
      return
    }
    this.close()
    this.open = { kind, start: line.start, end: line.end, lines: 1, inside }
  }

  private heading(start: number, end: number, depth: number, words: string): void {
    const heading = oneLine(plainWords(words))
    this.blocks.push(
      heading === '' ? { kind: 'paragraph', start, end } : { kind: 'heading', start, end, depth, heading, anchor: this.anchor(heading) },
    )
  }

  private line(line: Line, next: Line | undefined): void {
    const { columns, at } = indentOf(this.text, line)
    const blank = at === line.end
    if (this.fence) {
      if (this.insideFence(line, columns, at, blank)) return
    }
    if (this.html !== null) {
      if (!(this.html === '' && blank)) {
        this.extend('paragraph', line)
        if (this.html !== '' && this.text.slice(line.start, line.end).toLowerCase().includes(this.html)) this.endHtml()
        return
      }
      this.endHtml()
    }
    if (blank) {
      if (this.open?.kind !== 'code') this.close()
      this.afterBlank = true
      return
    }
    this.words(line, next, columns, at)
    this.afterBlank = false
  }

  private endHtml(): void {
    this.html = null
    this.close()
  }

  private insideFence(line: Line, columns: number, at: number, blank: boolean): boolean {
    const fence = this.fence!
    const left = !blank && ((fence.quoted && this.text[at] !== '>') || (!fence.quoted && columns < fence.indent))
    if (left) {
      this.fence = null
      this.close()
      return false
    }
    this.extend('code', line)
    const head = this.text.slice(at, Math.min(line.end, at + 200)).replace(/^(?:> ?)*\s*/u, '')
    const run = /^(?:`{3,}|~{3,})/u.exec(head)?.[0] ?? ''
    if (run.startsWith(fence.mark) && run.length >= fence.length && head.slice(run.length).trim() === '') {
      this.fence = null
      this.close()
    }
    return true
  }

  private words(line: Line, next: Line | undefined, columns: number, at: number): void {
    const head = this.text.slice(at, Math.min(line.end, at + 400))
    const inList = this.listIndent !== null && columns >= this.listIndent
    const quoted = head.startsWith('>')
    const paragraph = this.open?.kind === 'paragraph'
    const indented = columns >= 4 && !inList
    if (indented && !paragraph && this.listIndent === null) {
      this.extend('code', line)
      return
    }
    if (this.open?.kind === 'code') this.close()
    if (indented && paragraph) {
      this.extend('paragraph', line)
      return
    }
    if (!inList && !quoted && this.atxHeading(line, head, at)) return
    if (paragraph && !inList && !quoted && !this.open!.inside && this.setextHeading(line, head)) return
    if (!inList && rule.test(head)) {
      this.listIndent = null
      this.close()
      this.open = { kind: 'paragraph', start: line.start, end: line.end, lines: 1, inside: false }
      this.close()
      return
    }
    const { rest, listed, indent } = this.markers(head, columns, inList || columns < 4)
    if (listed) {
      this.close()
      if (!inList) this.listIndent = indent
    } else if (this.listIndent !== null && columns < this.listIndent && (this.afterBlank || !paragraph)) this.listIndent = null
    const run = /^(?:`{3,}(?=[^`]*$)|~{3,})/u.exec(rest)?.[0]
    if (run) {
      const marked = listed && this.open === null ? line : null
      if (!listed) this.close()
      this.fence = { mark: run[0]!, length: run.length, indent: quoted ? 0 : (this.listIndent ?? 0), quoted }
      this.extend('code', marked ?? line)
      return
    }
    if (!quoted && this.opensHtml(rest, line, paragraph && !listed)) return
    if (this.open?.kind === 'table' || (!this.open && next && this.opensTable(rest, next)))
      this.extend(rest.includes('|') ? 'table' : 'paragraph', line)
    else if (quoted && paragraph && !this.open?.inside) {
      this.close()
      this.extend('paragraph', line, true)
    } else this.extend('paragraph', line, quoted || listed || inList)
  }

  /** What stands behind the marks of quotes and list items, and where the content of the first item begins. */
  private markers(head: string, columns: number, allowed: boolean): { rest: string; listed: boolean; indent: number } {
    let rest = head
    let listed = false
    let indent = columns
    let first = true
    while (allowed) {
      const mark = rest.startsWith('>') ? '>' : listMark.exec(rest)?.[0]
      if (!mark || rule.test(rest)) break
      const after = rest.slice(mark.length)
      const gap = after.length - after.trimStart().length
      if (mark !== '>' && first) {
        listed = true
        indent = columns + mark.length + (gap >= 1 && gap <= 4 ? gap : 1)
        first = false
      }
      rest = after.trimStart()
    }
    return { rest, listed, indent }
  }

  private atxHeading(line: Line, head: string, at: number): boolean {
    const marks = /^#{1,6}(?=[ \t]|$)/u.exec(head)?.[0]
    if (!marks) return false
    this.close()
    this.listIndent = null
    let end = line.end
    while (end > at && (this.text[end - 1] === ' ' || this.text[end - 1] === '\t')) end--
    const words = this.text.slice(at + marks.length, end).trim()
    this.heading(at, end, marks.length, words.replace(/(?:^|[ \t])#+$/u, ''))
    return true
  }

  private setextHeading(line: Line, head: string): boolean {
    if (!/^(?:=+|-+)[ \t]*$/u.test(head) || !this.open) return false
    const span = trimmed(this.text, this.open.start, this.open.end)
    // Definitions of links are no paragraph that a line below could make a heading.
    if (!span || /^\[[^\]]+\]:/u.test(this.text.slice(span.start, span.start + 300))) return false
    this.open = null
    this.listIndent = null
    this.heading(span.start, line.end, head.startsWith('=') ? 1 : 2, this.text.slice(span.start, span.end))
    return true
  }

  private opensHtml(rest: string, line: Line, paragraph: boolean): boolean {
    if (!rest.startsWith('<')) return false
    const tag = /^<\/?([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>]|$)/u.exec(rest)?.[1]?.toLowerCase()
    let until: string | null = null
    if (rest.startsWith('<!--')) until = '-->'
    else if (rest.startsWith('<?')) until = '?>'
    else if (/^<![a-zA-Z]/u.test(rest)) until = '>'
    else if (tag && verbatimTags.has(tag) && !rest.startsWith('</')) until = `</${tag}>`
    else if (tag && htmlBlocks.has(tag)) until = ''
    else if (tag && !paragraph && /^<\/?[a-zA-Z][^<>]*>\s*$/u.test(rest)) until = ''
    if (until === null) return false
    this.close()
    this.html = until
    this.extend('paragraph', line)
    if (
      until !== '' &&
      this.text
        .slice(line.start, line.end)
        .toLowerCase()
        .slice(line.end - line.start - rest.length + (until === '-->' ? 4 : 1))
        .includes(until)
    )
      this.endHtml()
    return true
  }

  private opensTable(rest: string, next: Line): boolean {
    if (!rest.includes('|') || next.end - next.start > 2_000) return false
    const row = this.text.slice(next.start, next.end).trim()
    return row.includes('-') && (row.includes('|') || row.includes(':')) && delimiterRow.test(row)
  }
}
