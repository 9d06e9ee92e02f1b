import { parse as parseYaml } from 'yaml'
import { slugger } from './links.ts'
import { BlockScanner } from './markdown-blocks.ts'
import { markdownLinks } from './markdown-links.ts'
import { type DocumentContext, documentTitle, fileStem, oneLine } from './naming.ts'
import type { Parsed } from './plain.ts'
import { segmentsOf } from './sections.ts'

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
  const lists = [record.tags, record.keywords, record.categories, record.topics].flatMap((list) =>
    typeof list === 'string' ? list.split(',') : Array.isArray(list) ? list : [],
  )
  const tags = lists.filter((tag): tag is string => typeof tag === 'string').map((tag) => oneLine(tag, 100))
  return { title: typeof record.title === 'string' ? record.title : null, tags: [...new Set(tags.filter((tag) => tag !== ''))].slice(0, 50) }
}

/** CommonMark with GitHub's extensions and YAML front matter. The stored text is the file itself. */
export function parseMarkdown(text: string, context: DocumentContext): Parsed {
  const { blocks, frontMatter } = new BlockScanner(text, slugger())
  const links = markdownLinks(text, blocks)
  const { title: given, tags } = metadataOf(frontMatter)
  const firstHeading = blocks.find((block) => block.kind === 'heading' && block.depth === 1)?.heading
  const title = documentTitle([context.title, given, firstHeading, fileStem(context.fileName)], text)
  return { title, text, tags, segments: segmentsOf(text, blocks, links, title, context.address) }
}
