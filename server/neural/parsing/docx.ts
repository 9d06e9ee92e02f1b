import { packed, unpack } from './archive.ts'
import { ParseError } from './document.ts'
import { parseHtml } from './html.ts'
import { type DocumentContext, oneLine } from './naming.ts'
import type { Parsed } from './plain.ts'

/** Titles that word processors fill in by themselves. */
const meaningless = /^(?:untitled|document\s?\d*|microsoft word|word document|title|normal|template)\b/iu

/** A title from metadata, null when it says nothing. */
export function sensibleTitle(title: string | null | undefined): string | null {
  const line = oneLine(title ?? '')
  return line.length < 3 || meaningless.test(line) || /\.(?:docx?|pdf|odt|rtf|indd|tex|dvi)$/iu.test(line) ? null : line
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function coreTitle(xml: string): string | null {
  const open = xml.indexOf('<dc:title')
  const from = open < 0 ? -1 : xml.indexOf('>', open)
  const to = from < 0 ? -1 : xml.indexOf('</dc:title>', from)
  return to < 0 ? null : xml.slice(from + 1, to).replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '')
}

/** A Word document (OOXML) as readable text, by way of HTML. Pictures are left out. */
export async function parseDocx(bytes: Uint8Array, context: DocumentContext): Promise<Parsed> {
  const parts = await unpack(bytes, (name) => name.endsWith('.xml') || name.endsWith('.rels'))
  if (!parts.has('[Content_Types].xml') || ![...parts.keys()].some((name) => name.startsWith('word/')))
    throw new ParseError('unsupported_type', 'The file is a ZIP archive that holds no Word document.')
  for (const [name, part] of parts) {
    if (part.includes('<!DOCTYPE') || part.includes('<!ENTITY'))
      throw new ParseError('broken_document', `The Word file's part ${name} declares XML entities, which no Word document does.`)
  }
  const { default: mammoth } = await import('mammoth')
  let html: string
  try {
    const result = await mammoth.convertToHtml(
      { buffer: packed(parts) },
      {
        externalFileAccess: false,
        convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })),
        styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
      },
    )
    html = result.value
  } catch (error) {
    throw new ParseError(
      'broken_document',
      `The Word file is damaged: ${error instanceof Error ? oneLine(error.message, 200) : 'it cannot be read'}.`,
    )
  }
  const core = parts.get('docProps/core.xml')?.toString('utf8') ?? ''
  return parseHtml(html, context, sensibleTitle(coreTitle(core)))
}
