import type { Segment } from './document.ts'
import { distinctLinks, type FoundLink, references } from './links.ts'
import { oneLine, titleUnder } from './naming.ts'
import { pieces, type Span, trimmed } from './spans.ts'

/** A block of a document, in the order of its text; blocks do not overlap. */
export interface Block extends Span {
  kind: 'paragraph' | 'heading' | 'code' | 'table' | 'metadata'
  /** Of a heading: 1 is the highest. */
  depth?: number
  /** Of a heading: its words. */
  heading?: string
  /** Of a heading: the part of its address behind `#`. */
  anchor?: string | null
}

/** Passages are packed to about this many code units. */
const passage = 1_200
/** What fits in this many stays whole. */
const whole = 2_000
/** No segment is longer, unless one thing must stay together (an OSCAL control). */
const most = 4_000

interface Section {
  heading: string | null
  anchor: string | null
  depth: number
  /** Headings from the outermost to its own. */
  path: string[]
  blocks: Block[]
  enclosing: Section | null
  /** Its first segment; sections of a heading alone have none. */
  segment: number | null
}

function sectionsOf(blocks: Block[]): Section[] {
  const made = (heading: Block | null, enclosing: Section | null, first: Block[]): Section => ({
    heading: heading?.heading ?? null,
    anchor: heading?.anchor ?? null,
    depth: heading?.depth ?? 0,
    path: heading ? [...(enclosing?.path ?? []), heading.heading ?? ''] : [],
    blocks: first,
    enclosing,
    segment: null,
  })
  const sections: Section[] = []
  let current: Section | null = null
  for (const block of blocks) {
    if (block.kind !== 'heading' || !block.heading) {
      if (current === null) {
        current = made(null, null, [])
        sections.push(current)
      }
      current.blocks.push(block)
      continue
    }
    // What stands above the first heading of the highest rank (badges, a logo) belongs to it.
    const above: Section | null = sections.length === 1 && current?.heading === null && block.depth === 1 ? current : null
    if (above) sections.pop()
    let enclosing: Section | null = above ? null : current
    while (enclosing && (enclosing.heading === null || enclosing.depth >= (block.depth ?? 1))) enclosing = enclosing.enclosing
    current = made(block, enclosing, above ? [...above.blocks, block] : [block])
    sections.push(current)
  }
  return sections
}

const lengthOf = (spans: Span[]): number => (spans.at(-1)?.end ?? 0) - (spans[0]?.start ?? 0)

/** Packs the blocks of one section into contiguous spans. */
function pack(text: string, blocks: Block[]): Span[] {
  const parts: (Span & { sticks: boolean })[] = []
  for (const block of blocks) {
    const asLines = block.kind === 'code' || block.kind === 'table'
    const cut = asLines ? pieces(text, block, whole, most, most, true) : pieces(text, block, passage, whole, most)
    for (const span of cut) parts.push({ ...span, sticks: block.kind === 'heading' || text.charCodeAt(span.end - 1) === 58 })
  }
  if (parts.length === 0) return []
  if (lengthOf(parts) <= whole) return [{ start: parts[0]!.start, end: parts.at(-1)!.end }]
  const spans: Span[] = []
  let open: Span | null = null
  let sticks = false
  for (const part of parts) {
    const limit = sticks ? whole + passage : passage
    if (open && part.end - open.start <= limit) open.end = part.end
    else {
      open = { start: part.start, end: part.end }
      spans.push(open)
    }
    sticks = part.sticks
  }
  // A short rest reads better with what stands before it.
  const last = spans.at(-1)
  const before = spans.at(-2)
  if (last && before && last.end - last.start < passage / 4 && last.end - before.start <= whole) {
    before.end = last.end
    spans.pop()
  }
  return spans
}

function assignLinks(segments: Segment[], links: FoundLink[], address: string | null, anchors: Map<string, string>): void {
  const inOrder = segments.map((segment, index) => ({ segment, index })).sort((a, b) => a.segment.start - b.segment.start)
  let next = 0
  for (const link of [...links].sort((a, b) => a.at - b.at)) {
    while (next < inOrder.length && inOrder[next]!.segment.end <= link.at) next++
    const segment = inOrder[next]?.segment
    if (!segment || segment.start > link.at) continue
    for (const reference of references(link, address)) {
      const inside = address !== null && link.href.trim().startsWith('#')
      const target = inside ? (anchors.get(reference.target) ?? anchors.get(reference.target.toLowerCase())) : reference.target
      if (target !== undefined && target !== segment.address) segment.links.push({ ...reference, target })
    }
  }
  for (const segment of segments) segment.links = distinctLinks(segment.links)
}

/**
 * The tree of segments of a document with blocks and headings: the first segment leads and bears the document's title and
 * address, sections hang under the section that encloses them, passages under the first segment of their section.
 */
export function segmentsOf(text: string, blocks: Block[], links: FoundLink[], title: string, address: string | null): Segment[] {
  const segments: Segment[] = []
  const anchors = new Map<string, string>()
  const sections = sectionsOf(blocks.filter((block) => block.kind !== 'metadata'))
  let carried: number | null = null
  let waiting: string[] = []
  for (const [index, section] of sections.entries()) {
    const anchor = section.anchor === null || address === null ? null : `${address}#${section.anchor}`
    const first = section.blocks[0]
    const encloses = sections[index + 1]?.enclosing === section
    if (section.heading !== null && section.blocks.length === 1 && encloses && segments.length > 0) {
      // A heading alone is no knowledge: it opens the section below it, and links to it lead there.
      carried ??= first?.start ?? null
      if (anchor) waiting.push(anchor)
      continue
    }
    const [opening, ...rest] = section.blocks
    const blocksHere = opening && carried !== null ? [{ ...opening, start: carried }, ...rest] : section.blocks
    carried = null
    let enclosing = section.enclosing
    while (enclosing && enclosing.segment === null) enclosing = enclosing.enclosing
    const lead = segments.length === 0
    for (const span of pack(text, blocksHere)) {
      const opens = section.segment === null
      const isLead = segments.length === 0
      const own: string | null = isLead ? address : opens ? anchor : null
      segments.push({
        kind: isLead ? 'document' : opens && section.heading !== null ? 'section' : 'passage',
        title: lead ? title : titleUnder(title, section.heading),
        name: isLead ? title : opens ? section.heading : null,
        headingPath: section.path,
        ...span,
        parent: isLead ? null : opens ? (enclosing?.segment ?? 0) : section.segment,
        address: own,
        links: [],
      })
      if (opens) {
        section.segment = segments.length - 1
        for (const alias of [...waiting, ...(anchor ? [anchor] : [])]) if (own) anchors.set(alias, own)
        waiting = []
      }
    }
  }
  for (const block of blocks) {
    const span = block.kind === 'metadata' ? trimmed(text, block.start, block.end) : null
    if (!span) continue
    for (const piece of pieces(text, span, passage, whole, most, true)) {
      const isLead = segments.length === 0
      segments.push({
        kind: isLead ? 'document' : 'metadata',
        title,
        name: isLead ? title : null,
        headingPath: [],
        ...piece,
        parent: isLead ? null : 0,
        address: isLead ? address : null,
        links: [],
      })
    }
  }
  assignLinks(segments, links, address, anchors)
  return segments
}

/** Blocks of a text without markup: paragraphs between blank lines. */
export function paragraphs(text: string, start: number, end: number): Block[] {
  const blocks: Block[] = []
  let from = start
  let at = start
  while (at < end) {
    const line = text.indexOf('\n', at)
    const lineEnd = line < 0 || line >= end ? end : line
    if (trimmed(text, at, lineEnd) === null) {
      const span = trimmed(text, from, at)
      if (span) blocks.push({ kind: 'paragraph', ...span })
      from = lineEnd
    }
    at = lineEnd + 1
  }
  const span = trimmed(text, from, end)
  if (span) blocks.push({ kind: 'paragraph', ...span })
  return blocks
}

/** A text that is being extracted, with its blocks and links. */
export class ExtractedText {
  private readonly parts: string[] = []
  private length = 0
  readonly blocks: Block[] = []
  readonly links: FoundLink[] = []

  /** Appends a block after a blank line; the offsets of its links count from the start of `text`. White space at the ends goes. */
  add(kind: Block['kind'], text: string, more: { depth?: number; anchor?: string | null; links?: FoundLink[] } = {}): void {
    const span = trimmed(text, 0, text.length)
    if (!span) return
    const words = text.slice(span.start, span.end)
    if (this.length > 0) this.append('\n\n')
    const start = this.length
    this.append(words)
    const heading = kind === 'heading' ? { depth: more.depth ?? 1, heading: oneLine(words), anchor: more.anchor ?? null } : {}
    this.blocks.push({ kind, start, end: this.length, ...heading })
    for (const link of more.links ?? []) {
      const at = Math.min(Math.max(link.at - span.start, 0), words.length - 1)
      this.links.push({ ...link, at: start + at })
    }
  }

  get characters(): number {
    return this.length
  }

  toString(): string {
    return this.parts.join('')
  }

  private append(text: string): void {
    this.parts.push(text)
    this.length += text.length
  }
}
