import { decodeText } from './decode.ts'
import { ParseError } from './document.ts'

export type Format = 'markdown' | 'plain' | 'html' | 'pdf' | 'docx' | 'csv' | 'json' | 'jsonl' | 'manifest'

export interface Detected {
  format: Format
  contentType: string
  /** The decoded text of a format that is text. */
  text: string | null
}

export const manifestType = 'application/vnd.aia.npm-manifest+json'

const contentTypes: Record<Format, string> = {
  markdown: 'text/markdown',
  plain: 'text/plain',
  html: 'text/html',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/jsonl',
  manifest: manifestType,
}

const byExtension: Record<string, Format> = {
  md: 'markdown',
  markdown: 'markdown',
  mdown: 'markdown',
  mkd: 'markdown',
  mdx: 'markdown',
  txt: 'plain',
  text: 'plain',
  log: 'plain',
  rst: 'plain',
  adoc: 'plain',
  tex: 'plain',
  yaml: 'plain',
  yml: 'plain',
  toml: 'plain',
  xml: 'plain',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  pdf: 'pdf',
  docx: 'docx',
  csv: 'csv',
  tsv: 'csv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
}

const byContentType: Record<string, Format> = {
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'text/plain': 'plain',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/json': 'json',
  'application/oscal+json': 'json',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
  'application/ndjson': 'jsonl',
  [manifestType]: 'manifest',
}

const magic: [string, number, number[]][] = [
  ['a PNG picture', 0, [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG picture', 0, [0xff, 0xd8, 0xff]],
  ['a GIF picture', 0, [0x47, 0x49, 0x46, 0x38]],
  ['a RIFF media file', 0, [0x52, 0x49, 0x46, 0x46]],
  ['a TIFF picture', 0, [0x49, 0x49, 0x2a, 0x00]],
  ['a TIFF picture', 0, [0x4d, 0x4d, 0x00, 0x2a]],
  ['an MPEG-4 media file', 4, [0x66, 0x74, 0x79, 0x70]],
  ['an Ogg media file', 0, [0x4f, 0x67, 0x67, 0x53]],
  ['an MP3 file', 0, [0x49, 0x44, 0x33]],
  ['an executable', 0, [0x7f, 0x45, 0x4c, 0x46]],
  ['an executable', 0, [0x4d, 0x5a]],
  ['an executable', 0, [0xcf, 0xfa, 0xed, 0xfe]],
  ['a WebAssembly module', 0, [0x00, 0x61, 0x73, 0x6d]],
  ['a Java class or executable', 0, [0xca, 0xfe, 0xba, 0xbe]],
  ['a gzip archive', 0, [0x1f, 0x8b]],
  ['a bzip2 archive', 0, [0x42, 0x5a, 0x68]],
  ['an xz archive', 0, [0xfd, 0x37, 0x7a, 0x58]],
  ['a Zstandard archive', 0, [0x28, 0xb5, 0x2f, 0xfd]],
  ['a 7-Zip archive', 0, [0x37, 0x7a, 0xbc, 0xaf]],
  ['a RAR archive', 0, [0x52, 0x61, 0x72, 0x21]],
  ['an SQLite database', 0, [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66]],
  ['a font', 0, [0x77, 0x4f, 0x46]],
]

const supported = 'AIA reads Markdown, text, HTML, PDF, Word (DOCX), CSV, JSON, JSONL and OSCAL catalogues.'
const unsupported = (what: string): ParseError => new ParseError('unsupported_type', `The file is ${what}. ${supported}`)

const hasHead = (bytes: Uint8Array, head: number[], at = 0): boolean => head.every((byte, index) => bytes[at + index] === byte)
const latin = (text: string): Buffer => Buffer.from(text, 'latin1')

function declaredFormat(fileName: string | null, contentType: string | null): Format | null {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === manifestType) return 'manifest'
  const extension = /\.([a-z0-9]{1,10})$/iu.exec(fileName ?? '')?.[1]?.toLowerCase() ?? ''
  return byExtension[extension] ?? byContentType[type] ?? null
}

/** What a text without a declared type is. */
function sniffed(text: string): Format {
  const head = text.slice(0, 2_000).trimStart()
  if (/^<(?:!doctype html|html[\s>])/iu.test(head)) return 'html'
  if (head.startsWith('{') || head.startsWith('[')) {
    try {
      JSON.parse(text)
      return 'json'
    } catch {
      const lines = text.split('\n', 3).filter((line) => line.trim() !== '')
      try {
        if (lines.length > 1 && lines.every((line) => typeof JSON.parse(line) === 'object')) return 'jsonl'
      } catch {
        // Text that begins with a bracket.
      }
    }
  }
  const sample = text.slice(0, 50_000)
  return /^(?:#{1,6} \S|```|---\n)/mu.test(sample) || sample.includes('](http') || sample.includes('](./') ? 'markdown' : 'plain'
}

function binary(bytes: Buffer, declared: Format | null): Detected | null {
  const found = (format: Format): Detected => ({ format, contentType: contentTypes[format], text: null })
  if (hasHead(bytes, [0x25, 0x50, 0x44, 0x46, 0x2d]) || (declared === 'pdf' && bytes.subarray(0, 1_024).includes(latin('%PDF-')))) return found('pdf')
  if (hasHead(bytes, [0x50, 0x4b, 0x03, 0x04]) || hasHead(bytes, [0x50, 0x4b, 0x05, 0x06]) || hasHead(bytes, [0x50, 0x4b, 0x07, 0x08])) {
    // Names stand in the clear in the central directory, which ends the file.
    const has = (name: string): boolean => bytes.includes(latin(name))
    if (declared === 'docx' || (has('[Content_Types].xml') && has('word/'))) return found('docx')
    throw unsupported(
      has('xl/workbook') ? 'an Excel workbook' : has('ppt/presentation') ? 'a PowerPoint presentation' : 'a ZIP archive, but no Word document',
    )
  }
  if (hasHead(bytes, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])) {
    // An encrypted OOXML file is an OLE container with this stream ([MS-OFFCRYPTO] 2.3.4.4).
    if (bytes.includes(Buffer.from('EncryptedPackage', 'utf16le')))
      throw new ParseError('encrypted_document', 'The Word file is encrypted. Remove its password and give it again.')
    throw unsupported('an old Office document (DOC, XLS or PPT); save it as DOCX')
  }
  return null
}

/**
 * The format of a document: by its bytes where they tell, else by extension, declared media type and looks of the text.
 * @throws ParseError unsupported_type, encrypted_document, broken_document, invalid_encoding or empty_document
 */
export function detectType(input: { bytes: Uint8Array; fileName: string | null; contentType: string | null }): Detected {
  const bytes = Buffer.from(input.bytes.buffer, input.bytes.byteOffset, input.bytes.byteLength)
  if (bytes.length === 0) throw new ParseError('empty_document', 'The document is empty.')
  const declared = declaredFormat(input.fileName, input.contentType)
  const known = binary(bytes, declared)
  if (known) return known
  const wide = hasHead(bytes, [0xff, 0xfe]) || hasHead(bytes, [0xfe, 0xff])
  const signature = magic.find(([, at, head]) => hasHead(bytes, head, at))
  const looksBinary = !wide && bytes.includes(0)
  if (signature && (looksBinary || bytes[0]! >= 0x80)) throw unsupported(signature[0])
  if (declared === 'pdf') throw new ParseError('broken_document', 'The file is named or declared as a PDF, but it is none.')
  if (declared === 'docx') throw new ParseError('broken_document', 'The file is named or declared as a Word document, but it is none.')
  if (looksBinary) throw unsupported(signature ? signature[0] : 'binary (it contains NUL bytes)')
  if (declared === null && /^(?:image|audio|video|font|model)\//iu.test(input.contentType ?? ''))
    throw unsupported(`declared as ${input.contentType}`)
  let text: string
  try {
    text = decodeText(bytes)
  } catch (error) {
    throw signature ? unsupported(signature[0]) : error
  }
  if (text.includes('\0')) throw unsupported('binary (it contains NUL characters)')
  if (text.trim() === '') throw new ParseError('empty_document', 'The document has no text.')
  if (text.startsWith('{\\rtf')) throw unsupported('an RTF document; save it as DOCX')
  const format = declared === null || (declared === 'plain' && input.fileName === null && input.contentType === null) ? sniffed(text) : declared
  return { format, contentType: contentTypes[format], text }
}
