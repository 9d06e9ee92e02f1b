import type { ParsedDocument } from './document.ts'
import { type DocumentContext, documentTitle, fileStem } from './naming.ts'
import { paragraphs, segmentsOf } from './sections.ts'

/** What a format makes of a document. Media type and language are added for all alike, unless the format knows better. */
export type Parsed = Omit<ParsedDocument, 'contentType' | 'language'> & Partial<Pick<ParsedDocument, 'contentType' | 'language'>>

/** Text without markup: paragraphs between blank lines, packed into passages. */
export function parsePlain(text: string, context: DocumentContext): Parsed {
  const title = documentTitle([context.title, fileStem(context.fileName)], text)
  return { title, text, tags: [], segments: segmentsOf(text, paragraphs(text, 0, text.length), [], title, context.address) }
}
