import { type CsvError, parse } from 'csv-parse/sync'
import { ParseError, type Segment } from './document.ts'
import { distinctLinks, references } from './links.ts'
import { type DocumentContext, documentTitle, fileStem, looksLikeName, oneLine, titleColumn, titleUnder } from './naming.ts'
import type { Parsed } from './plain.ts'
import { pieces, trimmed } from './spans.ts'

const delimiters = [',', ';', '\t', '|']

/** The delimiter that stands most often outside quotes in the first line. */
function delimiterOf(text: string): string {
  const counts = new Map<string, number>()
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') quoted = !quoted
    else if (!quoted && (character === '\n' || character === '\r') && counts.size > 0) break
    else if (!quoted && delimiters.includes(character)) counts.set(character, (counts.get(character) ?? 0) + 1)
  }
  return delimiters.reduce((best, delimiter) => ((counts.get(delimiter) ?? 0) > (counts.get(best) ?? 0) ? delimiter : best), ',')
}

function explained(error: CsvError): ParseError {
  const line = typeof error.lines === 'number' ? error.lines : null
  const where = line === null ? '' : `Line ${line} of the CSV file: `
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' || error.code === 'CSV_RECORD_INCONSISTENT_COLUMNS') {
    const found = Array.isArray(error.record) ? error.record.length : null
    return new ParseError('broken_document', `${where}the row has ${found ?? 'another number of'} fields, unlike the header.`)
  }
  return new ParseError('broken_document', `${where}${oneLine(error.message, 300)}`)
}

interface Row {
  fields: string[]
  /** Bytes of the text up to the end of this row. */
  bytes: number
}

function readRows(text: string): Row[] {
  const rows: Row[] = []
  try {
    parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: false,
      skip_empty_lines: true,
      on_record: (fields: string[], context) => {
        rows.push({ fields, bytes: context.bytes })
        return null
      },
    })
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw explained(error as CsvError)
    throw error
  }
  return rows
}

/** Turns rising byte offsets of UTF-8 into code units, in one walk. */
function unitsAt(text: string): (bytes: number) => number {
  let unit = 0
  let byte = 0
  return (bytes) => {
    while (byte < bytes && unit < text.length) {
      const code = text.charCodeAt(unit)
      const high = code >= 0xd800 && code <= 0xdbff
      byte += code < 0x80 ? 1 : code < 0x800 ? 2 : high ? 4 : 3
      unit += high ? 2 : 1
    }
    return unit
  }
}

const longestRow = 4_000

/** CSV (RFC 4180, also with semicolons or tabs): the header leads, every row is one segment. The stored text is the file. */
export function parseCsv(text: string, context: DocumentContext): Parsed {
  const rows = readRows(text)
  const header = rows[0]
  if (!header) throw new ParseError('empty_document', 'The CSV file has no rows.')
  const title = documentTitle([context.title, fileStem(context.fileName)], text)
  const column = titleColumn(header.fields)
  const names = new Map<string, number>()
  for (const row of rows.slice(1)) {
    const value = oneLine(row.fields[column] ?? '')
    names.set(value, (names.get(value) ?? 0) + 1)
  }
  const segments: Segment[] = []
  const units = unitsAt(text)
  let from = 0
  for (const [index, row] of rows.entries()) {
    const to = units(row.bytes)
    const span = trimmed(text, from, to)
    from = to
    if (!span) continue
    if (index === 0) {
      segments.push({
        kind: 'document',
        title,
        name: title,
        headingPath: [],
        ...pieces(text, span, 1_200, longestRow, longestRow)[0]!,
        parent: null,
        address: context.address,
        links: [],
      })
      continue
    }
    const value = oneLine(row.fields[column] ?? '')
    const cuts = pieces(text, span, 1_200, longestRow, longestRow)
    const first = segments.length
    const links = row.fields
      .filter((field) => /^https?:\/\/\S+$/u.test(field.trim()))
      .flatMap((href) => references({ at: 0, href, label: '' }, context.address))
    for (const [part, cut] of cuts.entries()) {
      segments.push({
        kind: part === 0 ? 'row' : 'passage',
        title: titleUnder(title, value || `row ${index + 1}`),
        name: part === 0 && names.get(value) === 1 && looksLikeName(value) ? value : null,
        headingPath: [],
        ...cut,
        parent: part === 0 ? 0 : first,
        address: null,
        links: part === 0 ? distinctLinks(links) : [],
      })
    }
  }
  return { title, text, tags: [], segments }
}
