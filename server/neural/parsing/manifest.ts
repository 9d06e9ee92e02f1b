import { type Link, ParseError, type Segment } from './document.ts'
import { boundDepth } from './json-spans.ts'
import { distinctLinks, resolveLink } from './links.ts'
import { type DocumentContext, oneLine } from './naming.ts'
import type { Parsed } from './plain.ts'
import { pieces } from './spans.ts'

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? oneLine(value, 1_000) : '')

const dependencyFields = [
  ['dependencies', 'depends on'],
  ['peerDependencies', 'expects beside it'],
  ['optionalDependencies', 'optionally uses'],
] as const

const versions = (value: unknown): [string, string][] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([name, range]): [string, string][] => (typeof range === 'string' ? [[oneLine(name), oneLine(range, 100)]] : []))
    : []

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
    throw new ParseError(
      'broken_document',
      `The manifest is not valid JSON: ${error instanceof Error ? oneLine(error.message, 300) : 'it cannot be read'}`,
    )
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
  const homepageLink = resolveLink(homepage, null)
  if (homepageLink !== null) links.push({ kind: 'references', target: homepageLink, label: 'homepage' })
  // Whole sentences with the package's name: each can be cited by itself.
  const facts = [
    ['is published under the licence', licenceOf(manifest)],
    ['has the keywords', tags.join(', ')],
    ['has its homepage at', homepage],
    ['has its source at', repository.replace(/^git\+/u, '')],
    [
      'runs on',
      versions(manifest.engines)
        .map(([engine, range]) => `${engine} ${range}`)
        .join(', '),
    ],
  ]
  for (const [field, words] of dependencyFields) {
    const list = versions(manifest[field])
    facts.push([words, list.map(([dependency, range]) => `${dependency} ${range}`).join(', ')])
    for (const [dependency, range] of list) links.push({ kind: 'references', target: `npm:${dependency}`, label: `${dependency} ${range}` })
  }
  const known = facts.filter(([, fact]) => fact !== '').map(([verb, fact]) => `${name} ${verb} ${fact}.`)
  const head = [name, textOf(manifest.version)].filter((part) => part !== '').join(' ')
  const description = textOf(manifest.description)
  const stored = [description === '' ? head : `${head}: ${description}`, ...known].filter((part) => part !== '').join('\n\n')
  const title = context.title ? oneLine(context.title) : name
  // One segment, unless somebody lists hundreds of dependencies.
  const segments = pieces(stored, { start: 0, end: stored.length }, 1_200, 4_000, 4_000, true).map((span, index): Segment => {
    const shared = { title, headingPath: [], ...span }
    if (index > 0) return { kind: 'passage', name: null, parent: 0, address: null, links: [], ...shared }
    return { kind: 'package', name, parent: null, address, links: distinctLinks(links), ...shared }
  })
  // Names and version ranges are no language.
  return { title, text: stored, language: null, tags, segments }
}
