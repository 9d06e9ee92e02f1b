import { showable } from './naming.ts'
import { ExtractedText } from './sections.ts'

/** A line of a page, in points; y grows upwards. */
export interface PdfLine {
  text: string
  x: number
  y: number
  right: number
  /** Height of its type. */
  size: number
}

const round = (size: number): number => Math.round(size * 2) / 2

/** The size most characters are set in. */
function bodySize(pages: PdfLine[][]): number {
  const characters = new Map<number, number>()
  for (const line of pages.flat()) characters.set(round(line.size), (characters.get(round(line.size)) ?? 0) + line.text.length)
  let best = 0
  let most = -1
  for (const [size, count] of characters) if (count > most || (count === most && size < best)) [best, most] = [size, count]
  return best
}

/** What stands alike at the top or bottom of most pages, figures apart: running heads and page numbers. */
function runningLines(pages: PdfLine[][]): Set<PdfLine> {
  const found = new Map<string, PdfLine[]>()
  for (const page of pages) {
    const edges = new Set([page[0], page.at(-1)])
    for (const line of edges) {
      if (!line || line.text.length > 120) continue
      const key = `${Math.round(line.y)} ${line.text.replace(/\d+/gu, '0').trim()}`
      found.set(key, [...(found.get(key) ?? []), line])
    }
  }
  const running = new Set<PdfLine>()
  for (const lines of found.values()) if (lines.length >= 3 && lines.length > pages.length / 2) for (const line of lines) running.add(line)
  return running
}

/** Ranks of headings: the sizes clearly above the body's, largest first. */
function headingDepths(pages: PdfLine[][], body: number): Map<number, number> {
  const sizes = new Set<number>()
  for (const line of pages.flat()) if (round(line.size) >= body * 1.15 && line.text.trim().length > 1) sizes.add(round(line.size))
  return new Map([...sizes].sort((a, b) => b - a).map((size, index) => [size, Math.min(index + 1, 6)]))
}

/** Joins lines of a paragraph; a word cut at a line's end is made whole. */
function joined(lines: string[]): string {
  let text = ''
  for (const line of lines) {
    const words = line.trim()
    if (words === '') continue
    if (text === '') text = words
    else if (/\p{Ll}-$/u.test(text.slice(-2)) && /^\p{Ll}/u.test(words)) text = text.slice(0, -1) + words
    else text += ` ${words}`
  }
  return text
}

/** Paragraphs and headings from the lines of pages. */
export function layOut(given: PdfLine[][]): ExtractedText {
  const pages = given.map((page) => page.filter((line) => line.text.trim() !== ''))
  const body = bodySize(pages)
  const running = runningLines(pages)
  const depths = headingDepths(pages, body)
  const out = new ExtractedText()
  let open: string[] = []
  let depth = 0
  let last: PdfLine | null = null
  const flush = (): void => {
    const text = showable(joined(open)).normalize('NFC')
    open = []
    if (text === '') return
    if (depth > 0 && text.length <= 200) out.add('heading', text, { depth })
    else out.add('paragraph', text)
  }
  for (const page of pages) {
    // A paragraph may run on over the page's end; a heading may not.
    if (depth > 0 || (open.length > 0 && /[.!?:]["')\]]?$/u.test(open.at(-1)!.trim()))) flush()
    last = null
    for (const line of page) {
      if (running.has(line)) continue
      const lineDepth = depths.get(round(line.size)) ?? 0
      const gap: number = last ? last.y - line.y : 0
      const apart = last !== null && (gap > Math.max(line.size, last.size) * 1.7 || gap < -line.size)
      const bullet = /^(?:[•▪‣●○–—*-]|\(?(?:\d{1,3}|[a-z])[.)])\s/u.test(line.text.trim())
      const indented = last !== null && line.x > last.x + line.size && gap > 0 && /[.!?:]["')\]]?$/u.test(last.text.trim())
      if (lineDepth !== depth || apart || bullet || indented) flush()
      depth = lineDepth
      open.push(line.text)
      last = line
    }
  }
  flush()
  return out
}
