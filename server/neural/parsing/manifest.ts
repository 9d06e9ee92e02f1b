import { ParseError, type Link, type Segment } from './document.ts'
import { distinctLinks, resolveLink } from './links.ts'
import { type DocumentContext, oneLine } from './naming.ts'
import type { Parsed } from './plain.ts'
import { boundDepth } from './json-spans.ts'

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? oneLine(value, 1_000) : '')

const dependencyFields = [
  ['dependencies', 'Depends on'],
  ['peerDependencies', 'Expects beside it'],
  ['optionalDependencies', 'Takes when there'],
] as const

const versions = (value: unknown): [string, string][] =>
  isRecord(value) ? Object.entries(value).flatMap(([name, range]): [string, string][] => (typeof range === 'string' ? [[oneLine(name), oneLine(range, 100)]] : [])) : []

function licenceOf(manifest: Record<string, unknown>): string {
  const licence = manifest.license ?? manifest.licence ?? manifest.licenses
  const one = (value: unknown): string => textOf(isRecord(value) ? (value.type ?? value.name) : value)
  return Array.isArray(licence) ? licence.map(one).filter(Boolean).join(' or ') : one(licence)
}

/**
 * An npm manifest (package.json) as a readable text and one segment of kind package. Every dependency is a stated link to
 * `npm:<name>`, and the package's own README and licence are linked at `<address>/readme` and `<address>/licence`.
 */
export function parseManifest(text: string, context: DocumentContext): Parsed {
  boundDepth(text)
  let manifest: unknown
  try {
    manifest = JSON.parse(text)
  } catch (error) {
    throw new ParseError('broken_document', `The manifest is not valid JSON: ${error instanceof Error ? oneLine(error.message, 300) : 'it cannot be read'}`)
  }
  const name = isRecord(manifest) ? textOf(manifest.name) : ''
  if (!isRecord(manifest) || name === '') throw new ParseError('broken_document', 'The manifest names no package.')
  const address = context.address ?? `npm:${name}`
  const keywords = Array.isArray(manifest.keywords) ? manifest.keywords.map(textOf) : textOf(manifest.keywords).split(',')
  const tags = [...new Set(keywords.map((keyword) => oneLine(keyword, 100)).filter((keyword) => keyword !== ''))].slice(0, 50)
  const homepage = textOf(manifest.homepage)
  const repository = textOf(isRecord(manifest.repository) ? manifest.repository.url : manifest.repository)
  const links: Link[] = [
    { kind: 'references', target: `${address}/readme`, label: 'README' },
    { kind: 'references', target: `${address}/licence`, label: 'licence' },
  ]
  for (const href of [homepage]) {
    const target = resolveLink(href, null)
    if (target !== null) links.push({ kind: 'references', target, label: 'homepage' })
  }
  const facts = [
    ['Licence', licenceOf(manifest)],
    ['Keywords', tags.join(', ')],
    ['Homepage', homepage],
    ['Repository', repository.replace(/^git\+/u, '')],
    ['Engines', versions(manifest.engines).map(([engine, range]) => `${engine} ${range}`).join(', ')],
  ]
  for (const [field, words] of dependencyFields) {
    const list = versions(manifest[field])
    facts.push([words, list.map(([dependency, range]) => `${dependency} ${range}`).join(', ')])
    for (const [dependency, range] of list) links.push({ kind: 'references', target: `npm:${dependency}`, label: `${dependency} ${range}` })
  }
  const known = facts.filter(([, fact]) => fact !== '').map(([label, fact]) => `${label}: ${fact}`)
  const head = [name, textOf(manifest.version)].filter((part) => part !== '').join(' ')
  const stored = [head, textOf(manifest.description), known.join('\n')].filter((part) => part !== '').join('\n\n')
  const title = context.title ? oneLine(context.title) : name
  const segment: Segment = { kind: 'package', title, name, headingPath: [], start: 0, end: stored.length, parent: null, address, links: distinctLinks(links) }
  // Names and version ranges are no language.
  return { title, text: stored, language: null, tags, segments: [segment] }
}
