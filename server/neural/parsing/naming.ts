/** What a parser may know of a document besides its bytes. */
export interface DocumentContext {
  title: string | null
  fileName: string | null
  address: string | null
}

const longestTitle = 300

/** Characters a database or a page cannot show: controls and lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unshowable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\p{Cs}]/gu

/** Text that every store and page can hold: without control characters and lone surrogates. */
export const showable = (text: string): string => text.replace(unshowable, '')

/** A title, tag or label on one line, at most 300 code units, never cut inside a surrogate pair. */
export function oneLine(text: string, longest = longestTitle): string {
  const line = showable(text.length > longest * 8 ? text.slice(0, longest * 8) : text)
    .split(/\s+/u)
    .filter((word) => word.length > 0)
    .join(' ')
  return line.length <= longest ? line : `${showable(line.slice(0, longest - 1)).trimEnd()}…`
}

/** The file name without folder and extension, null when nothing is left. */
export function fileStem(fileName: string | null): string | null {
  if (fileName === null) return null
  const base = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1)
  const dot = base.lastIndexOf('.')
  return oneLine(dot > 0 ? base.slice(0, dot) : base) || null
}

/** The first candidate that says something. A document without any title is named by its first words. */
export function documentTitle(candidates: (string | null | undefined)[], text: string): string {
  for (const candidate of candidates) {
    const title = candidate ? oneLine(candidate) : ''
    if (title !== '') return title
  }
  return oneLine(text.slice(0, 400), 80) || 'Untitled'
}

/** `Document title › Heading`; the document's title alone where there is no heading of its own. */
export const titleUnder = (document: string, heading: string | null): string =>
  heading === null || heading === '' || heading === document ? document : oneLine(`${document} › ${heading}`)

/** True for a value by which people could name a thing: has letters, is short, is no address, number, id or hash. */
export function looksLikeName(value: string): boolean {
  if (value.length < 2 || value.length > 100 || !/\p{L}/u.test(value)) return false
  if (value.includes('://') || value.includes('\n')) return false
  return !/^[0-9a-f-]{16,}$/iu.test(value)
}

const titleColumns = ['name', 'title', 'label', 'subject', 'heading', 'term', 'question', 'id', 'identifier', 'key', 'code', 'slug', '_id']

/** Index of the column or member that names a record: name, title or id like, otherwise the first. */
export function titleColumn(columns: string[]): number {
  const folded = columns.map((column) => column.trim().toLowerCase())
  for (const wanted of titleColumns) {
    const found = folded.indexOf(wanted)
    if (found >= 0) return found
  }
  const ending = folded.findIndex((column) => /(?:^|[\s_-])(?:name|title)$/u.test(column))
  return Math.max(ending, 0)
}
