import { ParseError, type Segment } from './document.ts'
import { boundDepth, type JsonSpan, jsonSpans } from './json-spans.ts'
import { distinctLinks, references } from './links.ts'
import { type DocumentContext, documentTitle, fileStem, looksLikeName, oneLine, titleColumn, titleUnder } from './naming.ts'
import { isCatalogue, parseOscal } from './oscal.ts'
import type { Parsed } from './plain.ts'
import { pieces, type Span } from './spans.ts'

const passage = 1_200
const whole = 2_000
const most = 4_000

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What names a record: its name, title or id, when that is text or a number. */
function recordName(value: unknown): string | null {
  if (!isRecord(value)) return null
  const keys = Object.keys(value)
  const key = keys[titleColumn(keys)]
  const named = key === undefined ? undefined : value[key]
  return typeof named === 'string' ? oneLine(named, 120) || null : typeof named === 'number' ? String(named) : null
}

const startOf = (span: JsonSpan): number => span.key?.start ?? span.start

/** The small parts of a long value, in order: members and elements, and texts cut at sentence ends. */
function smallParts(text: string, span: JsonSpan, into: Span[]): void {
  const start = startOf(span)
  if (span.end - start <= passage || span.children.length === 0) {
    into.push(...pieces(text, { start, end: span.end }, passage, whole, most))
    return
  }
  for (const child of span.children) smallParts(text, child, into)
}

/** Cuts a value into spans of about 1,200 code units; one that fits stays whole. */
function cut(text: string, span: JsonSpan): Span[] {
  const start = startOf(span)
  if (span.end - start <= most) return [{ start, end: span.end }]
  const small: Span[] = []
  smallParts(text, span, small)
  const spans: Span[] = []
  for (const part of small) {
    const open = spans.at(-1)
    if (open && part.end - open.start <= passage) open.end = part.end
    else spans.push({ ...part })
  }
  return spans
}

class Records {
  readonly segments: Segment[] = []
  private readonly text: string
  private readonly title: string
  private readonly address: string | null

  constructor(text: string, title: string, address: string | null) {
    this.text = text
    this.title = title
    this.address = address
  }

  add(kind: string, heading: string, name: string | null, spans: Span[], parent: number | null, path: string[], value: unknown): number {
    const first = this.segments.length
    const values = isRecord(value) ? Object.values(value) : [value]
    const urls = values.filter((entry): entry is string => typeof entry === 'string' && /^https?:\/\/\S+$/u.test(entry))
    for (const [part, span] of spans.entries()) {
      const lead = this.segments.length === 0
      this.segments.push({
        kind: part === 0 ? kind : 'passage',
        title: titleUnder(this.title, heading),
        name: part === 0 ? name : null,
        headingPath: path,
        ...span,
        parent: part === 0 ? parent : first,
        address: lead ? this.address : null,
        links: part === 0 ? distinctLinks(urls.flatMap((href) => references({ at: 0, href, label: '' }, this.address))) : [],
      })
    }
    return first
  }

  /** One segment for each value; a name counts when no other value has it. */
  addAll(spans: JsonSpan[], values: unknown[], parent: number | null, path: string[]): void {
    const names = values.map(recordName)
    const counts = new Map<string, number>()
    for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
    for (const [index, span] of spans.entries()) {
      const name = names[index] ?? null
      const own = name !== null && counts.get(name) === 1 && looksLikeName(name) ? name : null
      this.add('record', name ?? `record ${index + 1}`, own, cut(this.text, span), parent, path, values[index])
    }
  }
}

function broken(error: unknown, where: string): ParseError {
  return new ParseError('broken_document', `${where}: ${error instanceof Error ? oneLine(error.message, 300) : 'it cannot be read'}`)
}

/** JSON: records of an array, members of an object. OSCAL catalogues are rendered; else the stored text is the file. */
export function parseJson(text: string, context: DocumentContext): Parsed {
  boundDepth(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw broken(error, 'The file is not valid JSON')
  }
  if (isCatalogue(value)) return parseOscal(value, context)
  const given = isRecord(value) ? [value.title, value.name].find((entry): entry is string => typeof entry === 'string') : null
  const title = documentTitle([context.title, given, fileStem(context.fileName)], text)
  const records = new Records(text, title, context.address)
  const span = jsonSpans(text)
  if (Array.isArray(value) && value.some(isRecord)) records.addAll(span.children, value, null, [])
  else if (span.end - span.start <= whole || !isRecord(value)) records.add('document', title, title, cut(text, span), null, [], value)
  else {
    for (const member of span.children) {
      const name = oneLine(member.key?.name ?? '')
      const inside = value[member.key?.name ?? '']
      const parent = records.segments.length === 0 ? null : 0
      const lead = parent === null
      const named = lead ? title : looksLikeName(name) ? name : null
      if (member.type === 'array' && member.children.length > 0 && Array.isArray(inside) && inside.some(isRecord) && member.key) {
        // A long list stands under its key, each record on its own.
        const list = records.add(lead ? 'document' : 'member', name, named, [{ start: member.key.start, end: member.key.end }], parent, [], null)
        records.addAll(member.children, inside, list, [name])
      } else records.add(lead ? 'document' : 'member', name, named, cut(text, member), parent, [], inside)
    }
  }
  return { title, text, tags: [], segments: records.segments }
}

/** JSON Lines: one record a line; blank lines do not count. The stored text is the file. */
export function parseJsonLines(text: string, context: DocumentContext): Parsed {
  const title = documentTitle([context.title, fileStem(context.fileName)], text)
  const spans: JsonSpan[] = []
  const values: unknown[] = []
  let number = 0
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at)
    const end = found < 0 ? text.length : found
    const line = text.slice(at, end)
    number++
    if (line.trim() !== '') {
      try {
        boundDepth(line)
        values.push(JSON.parse(line))
      } catch (error) {
        throw error instanceof ParseError
          ? new ParseError(error.code, `Line ${number}: ${error.detail}`)
          : broken(error, `Line ${number} is not valid JSON`)
      }
      spans.push(jsonSpans(text, at + line.length - line.trimStart().length))
    }
    at = end + 1
  }
  if (spans.length === 0) throw new ParseError('empty_document', 'The file has no records.')
  const records = new Records(text, title, context.address)
  records.addAll(spans, values, null, [])
  return { title, text, tags: [], segments: records.segments }
}
