/** A link that a document states, not yet resolved to an atom. */
export interface Link {
  kind: 'references' | 'related'
  /** Address of the target, see `Segment.address`. */
  target: string
  /** The words of the link, when it has some. */
  label?: string
}

/** One future atom: `text.slice(start, end)` of its document. */
export interface Segment {
  /** document, section, passage, row, record, control, part, reference, package, licence … */
  kind: string
  /** For people, for example the heading it stands under. */
  title: string
  /** The name by which other atoms can mention it (its heading, the document's title); null when it has none of its own. */
  name: string | null
  headingPath: string[]
  /** [start, end) in the document's text, UTF-16 code units. */
  start: number
  end: number
  /** Index of the enclosing segment in `segments`, always smaller than its own index; null at the top. */
  parent: number | null
  /** Key by which links of other documents reach it: `npm:react`, `oscal:<uuid>#ac-2`, `file:docs/a.md#usage`, `https://…`. */
  address: string | null
  links: Link[]
  /** Subjects of this segment alone, beside those of the whole document: the group of an OSCAL control. */
  tags?: string[]
}

/** What a parser makes of a file: the text that is stored and cited, and its structure. Deterministic: same bytes, same result. */
export interface ParsedDocument {
  title: string
  /** The stored text. For Markdown, text, CSV, JSON and JSONL exactly what was given (without a byte order mark); extracted for PDF, DOCX, HTML and OSCAL. */
  text: string
  /** Media type after detection. */
  contentType: string
  /** ISO 639-3 code, null when it cannot be told. */
  language: string | null
  /** Subjects that the document gives itself (front matter, keywords). */
  tags: string[]
  segments: Segment[]
}

/** Why a document cannot be taken. `code` becomes the problem's code, `detail` is for people and names the reason. */
export class ParseError extends Error {
  constructor(
    readonly code:
      | 'unsupported_type'
      | 'broken_document'
      | 'encrypted_document'
      | 'archive_bomb'
      | 'invalid_encoding'
      | 'empty_document'
      | 'too_large',
    readonly detail: string,
  ) {
    super(detail)
    this.name = 'ParseError'
  }
}
