import type { AtomDetail } from '@/components/api/types'
import { kindLooks } from '@/components/atom/kinds'
import type { GraphData } from '@/components/graph/graph-data'
import { formatNumber, humanise } from '@/components/ui/format'

/** What the panel in space shows of one atom. */
export interface AtomCard {
  id: string
  title: string
  kind: string
  domains: readonly string[]
  /** Null until it is known. */
  text: string | null
  /** Heaviest first. */
  neighbours: readonly { id: string; title: string; detail: string }[]
  neighboursTotal: number
  sources: readonly string[]
}

const shownNeighbours = 24
/** More than this is read on the page, not in a headset. */
const shownCharacters = 4_000

/** What the picture itself knows of a node, at once and without a network. */
export function cardOfNode(graph: GraphData, node: number): AtomCard {
  const ends: { other: number; kind: string; weight: number; out: boolean }[] = []
  for (let edge = 0; edge < graph.edgeWeights.length; edge++) {
    const from = graph.edges[2 * edge]
    const to = graph.edges[2 * edge + 1]
    if ((from !== node && to !== node) || from === to || from === undefined || to === undefined) continue
    const kind = graph.edgeKindNames[graph.edgeKinds[edge] ?? -1] ?? ''
    ends.push({ other: from === node ? to : from, kind, weight: graph.edgeWeights[edge] ?? 0, out: from === node })
  }
  ends.sort((a, b) => b.weight - a.weight || a.other - b.other)
  const domain = graph.domainNames[graph.domains[node] ?? -1]
  const source = graph.sourceNames[graph.sources[node] ?? -1]
  return {
    id: graph.ids[node] ?? '',
    title: graph.names[node] || 'Untitled',
    kind: humanise(graph.kindNames[graph.kinds[node] ?? -1] ?? ''),
    domains: domain ? [domain] : [],
    text: null,
    neighbours: ends.slice(0, shownNeighbours).map(({ other, kind, weight, out }) => ({
      id: graph.ids[other] ?? '',
      title: graph.names[other] || 'Untitled',
      detail: pathwayText(kind, weight, out),
    })),
    neighboursTotal: ends.length,
    sources: source ? [source.title] : [],
  }
}

/** Everything the server knows of an atom. */
export function cardOfAtom(atom: AtomDetail): AtomCard {
  const text = atom.text.length > shownCharacters ? `${atom.text.slice(0, shownCharacters).trimEnd()}…` : atom.text
  return {
    id: atom.id,
    title: atom.title || 'Untitled',
    kind: humanise(atom.kind),
    domains: atom.knowledge_domains,
    text,
    neighbours: atom.neighbours
      .toSorted((a, b) => b.weight - a.weight || a.title.localeCompare(b.title))
      .slice(0, shownNeighbours)
      .map(({ atom_id, title, kind, weight, direction }) => ({
        id: atom_id,
        title: title || 'Untitled',
        detail: pathwayText(kind, weight, direction === 'out'),
      })),
    neighboursTotal: atom.neighbours_total,
    sources: atom.occurrences.map(({ source_title, heading_path }) => [source_title, ...heading_path].join(' › ')),
  }
}

function pathwayText(kind: string, weight: number, out: boolean): string {
  const look = Object.entries(kindLooks).find(([name]) => name === kind)?.[1]
  const name = look ? (out ? look.label : look.incoming) : humanise(kind)
  return `${name} · ${formatNumber(weight, 2)}`
}
