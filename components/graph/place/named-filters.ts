import { formatNumber, humanise, plural } from '@/components/ui/format'
import type { UrlChanges } from '@/components/ui/url-state'
import type { FilterName } from './sift'
import type { GraphPlace } from './use-graph-place'
import { nameOf } from './walk'

/** A filter that is at work, by name, and what takes it away. */
export interface NamedFilter {
  key: string
  /** `pathways` keeps no atom out. */
  name: FilterName | 'pathways'
  /** With its property: `Domain physics`. */
  text: string
  without: UrlChanges
}

const day = (at: number) => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(at)

function rangeText({ from, to }: { from: number | null; to: number | null }, write: (value: number) => string): string {
  if (from === null) return `up to ${write(to ?? 0)}`
  return to === null ? `from ${write(from)}` : `${write(from)} to ${write(to)}`
}

/** Every filter at work, also one that is just being slid, in the words by which people know it. */
export function namedFilters({ graph, view, filters, indexOf }: Pick<GraphPlace, 'graph' | 'view' | 'filters' | 'indexOf'>): NamedFilter[] {
  const { q, domains, kinds, pathways, source, weight, time } = filters
  const found: NamedFilter[] = []
  const add = (name: NamedFilter['name'], text: string, without: UrlChanges, key: string = name) => found.push({ key, name, text, without })
  if (q) add('q', `Search “${q}”`, { q: null })
  for (const domain of domains)
    add('domains', domain ? `Domain ${domain}` : 'Without a domain', { domain: domains.filter((other) => other !== domain) }, `domain ${domain}`)
  for (const kind of kinds) add('kinds', `Kind ${humanise(kind)}`, { kind: kinds.filter((other) => other !== kind) }, `kind ${kind}`)
  for (const kind of pathways)
    add('pathways', `Pathways ${humanise(kind)}`, { pathway: pathways.filter((other) => other !== kind) }, `pathway ${kind}`)
  if (source !== null) add('source', `Source ${graph.sourceNames.find(({ id }) => id === source)?.title ?? 'that is not here'}`, { source: null })
  if (weight.from !== null || weight.to !== null)
    add('weight', `Weight ${rangeText(weight, (value) => formatNumber(value, 2))}`, { weight_from: null, weight_to: null })
  if (time.from !== null || time.to !== null) add('time', `Known ${rangeText(time, day)}`, { since: null, until: null })
  const focus = indexOf(view.focus)
  if (focus >= 0) add('focus', `${plural(view.depth, 'pathway', 'pathways')} around ${nameOf(graph, focus)}`, { focus: null, depth: null })
  const community = indexOf(view.community)
  if (community >= 0) add('community', `Community of ${nameOf(graph, community)}`, { community: null })
  return found
}

/** Those that keep atoms out. */
export const ofAtoms = (filters: readonly NamedFilter[]) =>
  filters.filter((filter): filter is NamedFilter & { name: FilterName } => filter.name !== 'pathways')

/** The same with one entry a property: where several domains are let through, taking one of them away lets through less, all of them more. */
export function wholeFilters<Filter extends NamedFilter>(filters: readonly Filter[]): Filter[] {
  return [...new Set(filters.map(({ name }) => name))].map((name) => {
    const parts = filters.filter((filter) => filter.name === name)
    const without = Object.fromEntries(parts.flatMap((part) => Object.keys(part.without)).map((param) => [param, null]))
    return { ...parts[0]!, key: name, text: parts.map(({ text }) => text).join(' or '), without }
  })
}
