import { detectType } from './detect.ts'
import { type ParsedDocument, ParseError } from './document.ts'
import { languageOf } from './language.ts'
import type { DocumentContext } from './naming.ts'
import type { Parsed } from './plain.ts'

export interface ParseInput {
  bytes: Uint8Array
  fileName: string | null
  contentType: string | null
  /** Given by the person; wins over every title in the document. */
  title: string | null
  /** Key by which links reach the document: `file:…`, `npm:…`, a URL; null when it has none. */
  address: string | null
}

/** Parsers are loaded when first needed: most processes never meet a PDF. */
async function read(input: ParseInput, detected: ReturnType<typeof detectType>): Promise<Parsed> {
  const context: DocumentContext = { title: input.title, fileName: input.fileName, address: input.address }
  const text = detected.text ?? ''
  switch (detected.format) {
    case 'markdown':
      return (await import('./markdown.ts')).parseMarkdown(text, context)
    case 'plain':
      return (await import('./plain.ts')).parsePlain(text, context)
    case 'html':
      return (await import('./html.ts')).parseHtml(text, context)
    case 'pdf':
      return (await import('./pdf.ts')).parsePdf(input.bytes, context)
    case 'docx':
      return (await import('./docx.ts')).parseDocx(input.bytes, context)
    case 'csv':
      return (await import('./csv.ts')).parseCsv(text, context)
    case 'json':
      return (await import('./json.ts')).parseJson(text, context)
    case 'jsonl':
      return (await import('./json.ts')).parseJsonLines(text, context)
    case 'manifest':
      return (await import('./manifest.ts')).parseManifest(text, context)
  }
}

/**
 * The stored text of a document and its tree of segments. Deterministic: the same input gives a deeply equal result.
 * @throws ParseError with a reason for people when the document cannot be taken
 */
export async function parseDocument(input: ParseInput): Promise<ParsedDocument> {
  const detected = detectType(input)
  let parsed: Parsed
  try {
    parsed = await read(input, detected)
  } catch (error) {
    // A stack that ran out in a parser is the document's doing, not ours.
    if (error instanceof RangeError) throw new ParseError('broken_document', 'The document nests too deep to be read.')
    throw error
  }
  if (parsed.segments.length === 0) throw new ParseError('empty_document', 'The document has no text.')
  const { contentType = detected.contentType, language = languageOf(parsed.text), ...document } = parsed
  return { ...document, contentType, language }
}
