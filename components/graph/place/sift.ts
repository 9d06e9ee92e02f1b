import type { GraphData } from '@/components/graph/graph-data'

export type Range = { from: number | null; to: number | null }

/** What narrows a graph down. Lists mean "one of these"; empty lists and nulls mean everything. Times are in milliseconds since 1970. */
export interface Filters {
  q: string
  domains: readonly string[]
  kinds: readonly string[]
  /** Kinds of pathways: they narrow down what joins the nodes, not the nodes. */
  pathways: readonly string[]
  source: string | null
  weight: Range
  time: Range
}

/** What else keeps nodes out: 1 for those that may stay. */
export interface Scope {
  focus: Uint8Array | null
  community: Uint8Array | null
}

export const filterNames = ['q', 'domains', 'kinds', 'source', 'weight', 'time', 'focus', 'community'] as const
export type FilterName = (typeof filterNames)[number]
const bitOf = (name: FilterName) => 1 << filterNames.indexOf(name)

export interface Sifted {
  /** 1 for nodes that pass everything. */
  shown: Uint8Array
  count: number
  /** A bit for each filter that keeps the node out, in the order of `filterNames`. */
  refused: Uint8Array
}

/** Text as search compares it: without case and accents. */
export const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

const foldedNames = new WeakMap<readonly string[], readonly string[]>()
function namesToSearch(graph: GraphData): readonly string[] {
  const known = foldedNames.get(graph.names)
  if (known) return known
  const made = graph.names.map(folded)
  foldedNames.set(graph.names, made)
  return made
}

const outside = (value: number, { from, to }: Range) => (from !== null && value < from) || (to !== null && value > to)

/** 1 for nodes of which a value is wanted: the one in their column, or a further one. */
function having(wanted: readonly boolean[], first: ArrayLike<number>, further: Uint32Array): Uint8Array {
  const found = Uint8Array.from(first, (place) => (wanted[place] ? 1 : 0))
  for (let i = 0; i < further.length; i += 2) if (wanted[further[i + 1] ?? 0]) found[further[i] ?? 0] = 1
  return found
}

/**
 * Puts every node to every filter. A node fits a search when its name has all its words.
 * @param said 1 for nodes that fit the search whatever they are called: their text has the words
 */
export function sift(graph: GraphData, filters: Filters, scope: Scope, said: Uint8Array | null = null): Sifted {
  const words = folded(filters.q).split(/\s+/u).filter(Boolean)
  const names = words.length > 0 ? namesToSearch(graph) : graph.names
  const placesOf = (wanted: readonly string[], all: readonly string[]) => (wanted.length === 0 ? null : all.map((name) => wanted.includes(name)))
  const domains = placesOf(filters.domains, graph.domainNames)
  const kinds = placesOf(filters.kinds, graph.kindNames)
  const sources = filters.source === null ? null : graph.sourceNames.map(({ id }) => id === filters.source)
  const inDomains = domains && having(domains, graph.domains, graph.furtherDomains)
  const inSource = sources && having(sources, graph.sources, graph.furtherSources)
  const bits = Object.fromEntries(filterNames.map((name) => [name, bitOf(name)])) as Record<FilterName, number>
  const shown = new Uint8Array(graph.count)
  const refused = new Uint8Array(graph.count)
  let count = 0
  for (let node = 0; node < graph.count; node++) {
    let no = 0
    if (words.length > 0 && !said?.[node] && !words.every((word) => names[node]?.includes(word))) no |= bits.q
    if (inDomains && !inDomains[node]) no |= bits.domains
    if (kinds && !kinds[graph.kinds[node] ?? 0]) no |= bits.kinds
    if (inSource && !inSource[node]) no |= bits.source
    if (outside(graph.weights[node] ?? 0, filters.weight)) no |= bits.weight
    if (outside(graph.times[node] ?? 0, filters.time)) no |= bits.time
    if (scope.focus && !scope.focus[node]) no |= bits.focus
    if (scope.community && !scope.community[node]) no |= bits.community
    refused[node] = no
    if (no === 0) {
      shown[node] = 1
      count += 1
    }
  }
  return { shown, count, refused }
}

/** The same with some nodes shown whatever the filters say: 1 for each of them. */
export function alsoShown(sifted: Sifted, also: Uint8Array): Sifted {
  const shown = sifted.shown.map((one, node) => one | (also[node] ?? 0))
  return { ...sifted, shown, count: shown.reduce((sum, one) => sum + one, 0) }
}

/** Whether a filter keeps a node out. */
export const isRefused = ({ refused }: Sifted, name: FilterName, node: number): boolean => ((refused[node] ?? 0) & bitOf(name)) !== 0

/** How many nodes would be shown if one filter were taken away. */
export function countWithout(sifted: Sifted, name: FilterName): number {
  const bit = bitOf(name)
  let count = 0
  for (const no of sifted.refused) if ((no & ~bit) === 0) count += 1
  return count
}

/** How many nodes have each of `size` values, among those that every other filter lets through: what choosing the value would show. */
export function facet(sifted: Sifted, name: FilterName, values: ArrayLike<number>, size: number, further: Uint32Array = new Uint32Array()): number[] {
  const bit = bitOf(name)
  const counts = new Array<number>(size).fill(0)
  const add = (node: number, value: number) => {
    if (((sifted.refused[node] ?? 0) & ~bit) === 0) counts[value] = (counts[value] ?? 0) + 1
  }
  for (let node = 0; node < sifted.refused.length; node++) add(node, values[node] ?? 0)
  for (let i = 0; i < further.length; i += 2) add(further[i] ?? 0, further[i + 1] ?? 0)
  return counts
}

/** How many nodes lie in each of `bins` equal parts of a range, among those that every other filter lets through. */
export function histogram(
  sifted: Sifted,
  name: FilterName,
  values: ArrayLike<number>,
  { from, to }: { from: number; to: number },
  bins: number,
): number[] {
  const counts = new Array<number>(bins).fill(0)
  const bit = bitOf(name)
  const width = (to - from) / bins
  for (let node = 0; node < sifted.refused.length; node++) {
    if (((sifted.refused[node] ?? 0) & ~bit) !== 0) continue
    const bin = width > 0 ? Math.min(bins - 1, Math.max(0, Math.floor(((values[node] ?? 0) - from) / width))) : 0
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts
}

/** The least and the greatest of some values; 0 and 0 of none. */
export function extent(values: ArrayLike<number>): { from: number; to: number } {
  let [from, to] = [values[0] ?? 0, values[0] ?? 0]
  for (let at = 1; at < values.length; at++) {
    const value = values[at] ?? 0
    if (value < from) from = value
    if (value > to) to = value
  }
  return { from, to }
}

export const noFilters: Filters = {
  q: '',
  domains: [],
  kinds: [],
  pathways: [],
  source: null,
  weight: { from: null, to: null },
  time: { from: null, to: null },
}
