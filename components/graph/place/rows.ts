import type { GraphData } from '@/components/graph/graph-data'
import { type Adjacency, degreeOf } from './adjacency'
import { domainOf, kindOf, nameOf, sourceOf } from './walk'

export const columnNames = ['name', 'kind', 'domain', 'weight', 'neighbours', 'community', 'source', 'known'] as const
export type ColumnName = (typeof columnNames)[number]
export type Order = { column: ColumnName; down: boolean }

const collator = new Intl.Collator(undefined, { numeric: true })
const ranks = new WeakMap<readonly string[], Float64Array>()

/** The place of each of some names in the alphabet: sorted once, compared as numbers from then on. */
function rankOf(names: readonly string[]): Float64Array {
  const known = ranks.get(names)
  if (known) return known
  const order = names.map((_, at) => at).sort((a, b) => collator.compare(names[a] ?? '', names[b] ?? ''))
  const made = new Float64Array(names.length)
  let rank = 0
  for (const [at, name] of order.entries()) {
    if (at > 0 && names[name] !== names[order[at - 1] ?? 0]) rank = at
    made[name] = rank
  }
  ranks.set(names, made)
  return made
}

const titles = new WeakMap<GraphData['sourceNames'], readonly string[]>()
function titlesOf(sources: GraphData['sourceNames']): readonly string[] {
  const known = titles.get(sources)
  if (known) return known
  const made = sources.map(({ title }) => title)
  titles.set(sources, made)
  return made
}

function keyOf(graph: GraphData, adjacency: Adjacency, column: ColumnName): (node: number) => number {
  const byName = (names: readonly string[], places: ArrayLike<number>) => {
    const rank = rankOf(names)
    return (node: number) => rank[places[node] ?? 0] ?? 0
  }
  switch (column) {
    case 'name': {
      const rank = rankOf(graph.names)
      return (node) => rank[node] ?? 0
    }
    case 'kind':
      return byName(graph.kindNames, graph.kinds)
    case 'domain':
      return byName(graph.domainNames, graph.domains)
    case 'source':
      return byName(titlesOf(graph.sourceNames), graph.sources)
    case 'weight':
      return (node) => graph.weights[node] ?? 0
    case 'neighbours':
      return (node) => degreeOf(adjacency, node)
    case 'community':
      return (node) => graph.communities[node] ?? 0
    case 'known':
      return (node) => graph.times[node] ?? 0
  }
}

/** The shown nodes in the order of a column; those that are equal in it by weight, the weightiest first. */
export function rowsOf(graph: GraphData, adjacency: Adjacency, shown: Uint8Array, { column, down }: Order): number[] {
  const key = keyOf(graph, adjacency, column)
  const sign = down ? -1 : 1
  const nodes = [...shown.keys()].filter((node) => shown[node])
  return nodes.sort((a, b) => sign * (key(a) - key(b)) || (graph.weights[b] ?? 0) - (graph.weights[a] ?? 0) || a - b)
}

const headings: Record<ColumnName, string> = {
  name: 'Name',
  kind: 'Kind',
  domain: 'Domain',
  weight: 'Weight',
  neighbours: 'Neighbours',
  community: 'Community',
  source: 'Source',
  known: 'Known since',
}
export const headingOf = (column: ColumnName): string => headings[column]

/** A field of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function field(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The table as CSV: the same rows in the same order, ids beside the names. */
export function csvOf(graph: GraphData, adjacency: Adjacency, rows: readonly number[]): string {
  const lines = rows.map((node) => [
    graph.ids[node] ?? '',
    nameOf(graph, node),
    kindOf(graph, node),
    domainOf(graph, node),
    // A weight is a 32 bit float: seven digits are all it knows.
    Number((graph.weights[node] ?? 0).toPrecision(7)),
    degreeOf(adjacency, node),
    (graph.communities[node] ?? 0) + 1,
    sourceOf(graph, node),
    new Date(graph.times[node] ?? 0).toISOString(),
  ])
  return [['Id', ...columnNames.map(headingOf)], ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('')
}
