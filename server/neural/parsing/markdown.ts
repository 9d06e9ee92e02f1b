import type { Nodes, Parents, Root } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { frontmatter } from 'micromark-extension-frontmatter'
import { gfm } from 'micromark-extension-gfm'
import { parseFragment } from 'parse5'
import { parse as parseYaml } from 'yaml'
import { type FoundLink, slugger } from './links.ts'
import { type DocumentContext, documentTitle, fileStem, oneLine } from './naming.ts'
import type { Parsed } from './plain.ts'
import { type Block, paragraphs, segmentsOf } from './sections.ts'

/** Lists and quotes longer than this are taken item by item. */
const longestContainer = 1_200
/** Containers in containers beyond this are one block: nobody writes them, and every level costs. */
const deepest = 40

const hasChildren = (node: Nodes): node is Parents & Nodes => 'children' in node

/** The words of a node without markup. */
function wordsOf(node: Nodes): string {
  const words: string[] = []
  const open: Nodes[] = [node]
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.type === 'text' || next.type === 'inlineCode') words.push(next.value)
    else if (next.type === 'break') words.push(' ')
    else if (next.type === 'image' && next.alt) words.push(next.alt)
    if (hasChildren(next)) open.push(...[...next.children].reverse())
  }
  return words.join('')
}

/** Links that stand as HTML tags in Markdown. */
function htmlLinks(html: string, at: number): FoundLink[] {
  const low = html.toLowerCase()
  const links: FoundLink[] = []
  // A tag at a time: the fragment never nests, so its cost is its length.
  for (let open = low.indexOf('<a '); open >= 0; open = low.indexOf('<a ', open + 1)) {
    const close = low.indexOf('>', open)
    if (close < 0 || close - open > 4_000) break
    const node = parseFragment(html.slice(open, close + 1)).childNodes[0]
    const href = node && 'attrs' in node ? node.attrs.find((attribute) => attribute.name === 'href')?.value : undefined
    if (href) links.push({ at: at + open, href, label: '' })
  }
  return links
}

function linksIn(root: Root, offset: number): FoundLink[] {
  const links: FoundLink[] = []
  const targets = new Map<string, string>()
  const later: { at: number; identifier: string; label: string }[] = []
  const open: Nodes[] = [root]
  for (let node = open.pop(); node; node = open.pop()) {
    const at = offset + (node.position?.start.offset ?? 0)
    if (node.type === 'link') links.push({ at, href: node.url, label: wordsOf(node) })
    else if (node.type === 'linkReference') later.push({ at, identifier: node.identifier, label: wordsOf(node) })
    else if (node.type === 'definition' && !targets.has(node.identifier)) targets.set(node.identifier, node.url)
    else if (node.type === 'html') links.push(...htmlLinks(node.value, at))
    if (hasChildren(node)) open.push(...node.children)
  }
  for (const { at, identifier, label } of later) {
    const href = targets.get(identifier)
    if (href !== undefined) links.push({ at, href, label })
  }
  return links
}

interface Found {
  blocks: Block[]
  links: FoundLink[]
  yaml: string | null
}

function blocksOf(nodes: Nodes[], offset: number, depth: number, anchor: (heading: string) => string, into: Found, from?: number): void {
  for (const [index, node] of nodes.entries()) {
    const start = offset + (node.position?.start.offset ?? 0)
    const end = offset + (node.position?.end.offset ?? 0)
    const span = { start: index === 0 && from !== undefined ? from : start, end }
    if (node.type === 'heading' && depth === 0) {
      const heading = oneLine(wordsOf(node))
      into.blocks.push({ kind: heading === '' ? 'paragraph' : 'heading', ...span, depth: node.depth, heading, anchor: anchor(wordsOf(node)) })
    } else if (node.type === 'yaml') {
      into.yaml ??= node.value
      into.blocks.push({ kind: 'metadata', ...span })
    } else if ((node.type === 'list' || node.type === 'blockquote' || node.type === 'footnoteDefinition') && end - start > longestContainer && depth < deepest) {
      blocksOf(node.children, offset, depth + 1, anchor, into, span.start)
    } else if (node.type === 'listItem' && end - start > longestContainer && depth < deepest && node.children.length > 0) {
      blocksOf(node.children, offset, depth + 1, anchor, into, span.start)
    } else into.blocks.push({ kind: node.type === 'code' ? 'code' : node.type === 'table' ? 'table' : 'paragraph', ...span })
  }
}

/** A Markdown parser's events take some hundred times the text: long texts are read in stretches that end before a heading. */
const stretch = 256_000
/** Lines of markup alone without end are no document; the grammar's cost on them is not linear. */
const longestMarkupRun = 1_000

function* stretches(text: string): Generator<{ start: number; end: number; plain: boolean }> {
  let start = 0
  let at = 0
  let fence: string | null = null
  let run = 0
  let plain = false
  while (at < text.length) {
    const line = text.indexOf('\n', at)
    const next = line < 0 ? text.length : line + 1
    const head = text.slice(at, Math.min(next, at + 80)).trimStart()
    const mark = head.startsWith('```') ? '```' : head.startsWith('~~~') ? '~~~' : null
    const long = at - start > stretch
    if (long && ((fence === null && (head.startsWith('#') || (at - start > stretch * 2 && head === ''))) || at - start > stretch * 4)) {
      yield { start, end: at, plain }
      start = at
      plain = false
    }
    if (mark !== null) fence = fence === null ? mark : fence === mark ? null : fence
    for (let index = at; index < next; index++) {
      const code = text.charCodeAt(index)
      // Brackets, stars, quotes, dashes and their like one after another, with or without space between.
      const markup = code === 33 || code === 38 || code === 40 || code === 42 || code === 60 || code === 62 || code === 91 || code === 93 || code === 95 || code === 96 || code === 126
      if (markup) run++
      else if (code > 32) run = 0
      if (run > longestMarkupRun) plain = true
    }
    at = next
  }
  if (start < text.length) yield { start, end: text.length, plain }
}

function readMarkdown(text: string): Found {
  const found: Found = { blocks: [], links: [], yaml: null }
  const anchor = slugger()
  for (const { start, end, plain } of stretches(text)) {
    if (plain) {
      found.blocks.push(...paragraphs(text, start, end))
      continue
    }
    const metadata = start === 0
    const root = fromMarkdown(text.slice(start, end), {
      extensions: metadata ? [gfm(), frontmatter(['yaml'])] : [gfm()],
      mdastExtensions: metadata ? [gfmFromMarkdown(), frontmatterFromMarkdown(['yaml'])] : [gfmFromMarkdown()],
    })
    blocksOf(root.children, start, 0, anchor, found)
    for (const link of linksIn(root, start)) found.links.push(link)
  }
  return found
}

/** Title and subjects from front matter; whatever is wrong with it, the document counts. */
function metadataOf(yaml: string | null): { title: string | null; tags: string[] } {
  if (yaml === null || yaml.length > 100_000) return { title: null, tags: [] }
  let value: unknown
  try {
    value = parseYaml(yaml, { maxAliasCount: 10, logLevel: 'silent' })
  } catch {
    return { title: null, tags: [] }
  }
  const record = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
  const lists = [record.tags, record.keywords, record.categories, record.topics].flatMap((list) => (typeof list === 'string' ? list.split(',') : Array.isArray(list) ? list : []))
  const tags = lists.filter((tag): tag is string => typeof tag === 'string').map((tag) => oneLine(tag, 100))
  return { title: typeof record.title === 'string' ? record.title : null, tags: [...new Set(tags.filter((tag) => tag !== ''))].slice(0, 50) }
}

/** CommonMark with GitHub's extensions and YAML front matter. The stored text is the file itself. */
export function parseMarkdown(text: string, context: DocumentContext): Parsed {
  const { blocks, links, yaml } = readMarkdown(text)
  const { title: given, tags } = metadataOf(yaml)
  const firstHeading = blocks.find((block) => block.kind === 'heading' && block.depth === 1)?.heading
  const title = documentTitle([context.title, given, firstHeading, fileStem(context.fileName)], text)
  return { title, text, tags, segments: segmentsOf(text, blocks, links, title, context.address) }
}
