import { type DefaultTreeAdapterMap, type DefaultTreeAdapterTypes, defaultTreeAdapter, parse, type TreeAdapter } from 'parse5'
import { ParseError } from './document.ts'
import { type FoundLink, resolveLink, slugger } from './links.ts'
import { type DocumentContext, documentTitle, fileStem, oneLine, showable } from './naming.ts'
import type { Parsed } from './plain.ts'
import { ExtractedText, segmentsOf } from './sections.ts'

type Node = DefaultTreeAdapterTypes.ChildNode
type Element = DefaultTreeAdapterTypes.Element

const deepest = 500
const mostElements = 2_000_000

/** Not read by people. */
const silent = new Set(
  'script style template noscript head nav svg math iframe object embed canvas video audio select datalist button form-control'.split(' '),
)
const blockTags = new Set(
  (
    'address article aside blockquote body dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main ol p pre ' +
    'search section summary table tbody td tfoot th thead tr ul'
  ).split(' '),
)
/** A table that holds these lays out a page. */
const layoutTags = new Set('table h1 h2 h3 h4 h5 h6 ul ol article section form'.split(' '))

/** Builds the usual tree, and gives up on markup that nests or multiplies without bounds. */
function boundedAdapter(tags: number): TreeAdapter<DefaultTreeAdapterMap> {
  let depth = 0
  let elements = 0
  return {
    ...defaultTreeAdapter,
    createElement(...args) {
      // Unclosed formatting is opened anew in every paragraph, so elements can outgrow the tags by far.
      if (++elements > mostElements || elements > tags * 10 + 1_000)
        throw new ParseError('broken_document', 'The HTML page opens elements without end; it cannot be read within bounds.')
      return defaultTreeAdapter.createElement(...args)
    },
    onItemPush() {
      if (++depth > deepest) throw new ParseError('broken_document', `The HTML page nests elements more than ${deepest} deep.`)
    },
    onItemPop() {
      depth--
    },
  }
}

const attribute = (element: Element, name: string): string | null => element.attrs.find((attr) => attr.name === name)?.value ?? null
const isElement = (node: Node): node is Element => 'tagName' in node
const isText = (node: Node): node is DefaultTreeAdapterTypes.TextNode => node.nodeName === '#text'

function find(node: { childNodes: Node[] }, wanted: (element: Element) => boolean): Element | null {
  for (const child of node.childNodes) {
    if (!isElement(child)) continue
    if (wanted(child)) return child
    const inside = find(child, wanted)
    if (inside) return inside
  }
  return null
}

/** Collects the words of one block: white space folds to one space, except in preformatted text. */
class Line {
  text = ''
  links: FoundLink[] = []

  put(words: string, preformatted: boolean): void {
    if (preformatted) {
      this.text += words
      return
    }
    const folded = words.replace(/[ \t\n\r\f]+/g, ' ')
    this.text += this.text === '' || /[\s]$/u.test(this.text.slice(-1)) ? folded.trimStart() : folded
  }
}

class Reader {
  readonly out = new ExtractedText()
  firstHeading: string | null = null
  private line = new Line()
  private readonly slug = slugger()

  constructor(private readonly skipNavigation: boolean) {}

  /** Ends the block that is open. */
  flush(kind: 'paragraph' | 'code' | 'table' = 'paragraph'): void {
    const { text, links } = this.line
    this.line = new Line()
    if (text.trim() !== '') this.out.add(kind, showable(text), { links })
  }

  read(node: Node, preformatted = false): void {
    if (isText(node)) this.line.put(node.value, preformatted)
    else if (isElement(node)) this.element(node, preformatted)
  }

  private children(element: Element, preformatted: boolean): void {
    for (const child of element.childNodes) this.read(child, preformatted)
  }

  private element(element: Element, preformatted: boolean): void {
    const tag = element.tagName
    if (silent.has(tag) && (tag !== 'nav' || this.skipNavigation)) return
    if (attribute(element, 'hidden') !== null || attribute(element, 'aria-hidden') === 'true') return
    if (tag === 'br') this.line.text = `${this.line.text.trimEnd()}\n`
    else if (tag === 'img') this.line.put(attribute(element, 'alt') ?? '', false)
    else if (tag === 'a') {
      const at = this.line.text.length
      this.children(element, preformatted)
      const href = attribute(element, 'href')
      if (href) this.line.links.push({ at, href, label: this.line.text.slice(at) })
    } else if (/^h[1-6]$/.test(tag)) this.heading(element)
    else if (tag === 'pre') {
      this.flush()
      this.children(element, true)
      this.flush('code')
    } else if (tag === 'table' && find(element, (inner) => layoutTags.has(inner.tagName)) === null) this.table(element)
    else if (tag === 'ul' || tag === 'ol') this.list(element)
    else if (blockTags.has(tag)) {
      this.flush()
      this.children(element, preformatted)
      this.flush()
    } else this.children(element, preformatted)
  }

  private heading(element: Element): void {
    this.flush()
    this.children(element, false)
    const { text, links } = this.line
    this.line = new Line()
    const words = oneLine(text)
    if (words === '') return
    const depth = Number(element.tagName[1])
    if (depth === 1) this.firstHeading ??= words
    this.out.add('heading', words, { depth, anchor: attribute(element, 'id') ?? this.slug(words), links: links.map((link) => ({ ...link, at: 0 })) })
  }

  private list(element: Element): void {
    this.flush()
    let number = Number.parseInt(attribute(element, 'start') ?? '1', 10)
    if (!Number.isSafeInteger(number)) number = 1
    for (const child of element.childNodes) {
      if (isElement(child) && child.tagName === 'li') {
        this.flush()
        this.line.put(element.tagName === 'ol' ? `${number++}. ` : '- ', true)
        // A paragraph that opens the item stands behind its mark.
        const bare = child.childNodes.filter((node) => !(isText(node) && node.value.trim() === ''))
        const opening = bare[0]
        if (opening && isElement(opening) && (opening.tagName === 'p' || opening.tagName === 'div')) {
          this.children(opening, false)
          for (const node of bare.slice(1)) this.read(node)
        } else this.children(child, false)
        if (/^(?:-|\d+\.)\s*$/.test(this.line.text)) this.line = new Line()
        this.flush()
      } else this.read(child)
    }
    this.flush()
  }

  private table(element: Element): void {
    this.flush()
    const caption = find(element, (inner) => inner.tagName === 'caption')
    if (caption) {
      this.children(caption, false)
      this.flush()
    }
    const rows: string[] = []
    const links: FoundLink[] = []
    let length = 0
    const readRows = (parent: Element): void => {
      for (const child of parent.childNodes) {
        if (!isElement(child) || child.tagName === 'caption') continue
        if (child.tagName !== 'tr') {
          readRows(child)
          continue
        }
        const cells = child.childNodes.filter(isElement).map((cell) => this.cell(cell))
        const row = cells.map((cell) => cell.text).join(' | ')
        if (cells.every((cell) => cell.text === '')) continue
        for (const cell of cells) links.push(...cell.links.map((link) => ({ ...link, at: length })))
        rows.push(row)
        length += row.length + 1
      }
    }
    readRows(element)
    this.out.add('table', showable(rows.join('\n')), { links })
  }

  private cell(element: Element): Line {
    const outer = this.line
    const line = new Line()
    const words = (node: Node): void => {
      if (isText(node)) line.put(node.value, false)
      else if (isElement(node) && !silent.has(node.tagName)) {
        const at = line.text.length
        if (node.tagName === 'br' || blockTags.has(node.tagName)) line.put(' ', false)
        if (node.tagName === 'img') line.put(attribute(node, 'alt') ?? '', false)
        for (const child of node.childNodes) words(child)
        if (blockTags.has(node.tagName)) line.put(' ', false)
        const href = node.tagName === 'a' ? attribute(node, 'href') : null
        if (href) line.links.push({ at, href, label: line.text.slice(at) })
      }
    }
    for (const child of element.childNodes) words(child)
    this.line = outer
    line.text = line.text.trim()
    return line
  }
}

/** A page as readable text: navigation and scripts out, headings on their own lines, tables as rows. */
export function parseHtml(html: string, context: DocumentContext, metadataTitle: string | null = null): Parsed {
  const tags = html.split('<').length
  const tree = parse(html, { treeAdapter: boundedAdapter(tags) })
  const titleElement = find(tree, (element) => element.tagName === 'title')
  const pageTitle = titleElement
    ? titleElement.childNodes
        .filter(isText)
        .map((node) => node.value)
        .join('')
    : null
  let reader = new Reader(true)
  const readAll = (): void => {
    for (const node of tree.childNodes) reader.read(node)
    reader.flush()
  }
  readAll()
  if (reader.out.characters === 0) {
    reader = new Reader(false)
    readAll()
  }
  const text = reader.out.toString()
  const title = documentTitle([context.title, reader.firstHeading, pageTitle, metadataTitle, fileStem(context.fileName)], text)
  const base = find(tree, (element) => element.tagName === 'base')
  const baseHref = base ? attribute(base, 'href') : null
  const linkBase = baseHref ? resolveLink(baseHref, context.address) : null
  const links =
    linkBase === null
      ? reader.out.links
      : reader.out.links.map((link) => (link.href.startsWith('#') ? link : { ...link, href: resolveLink(link.href, linkBase) ?? '' }))
  return { title, text, tags: [], segments: segmentsOf(text, reader.out.blocks, links, title, context.address) }
}
