import type { GraphData } from '@/components/graph/graph-data'

type SmallNode = {
  name?: string
  kind?: string
  domain?: string
  source?: string
  also?: { domain?: string; source?: string }
  weight?: number
  time?: number
  community?: number
}
type SmallEdge = readonly [from: number, to: number, weight?: number, kind?: string]

/** A graph written out by hand: `id` of node i is `atom-i`; what is left out of a node is the same for all. */
export function smallGraph(nodes: readonly SmallNode[], edges: readonly SmallEdge[] = []): GraphData {
  const distinct = (values: readonly string[]) => [...new Set(values)]
  const kinds = nodes.map(({ kind }) => kind ?? 'section')
  const domains = nodes.map(({ domain }) => domain ?? '')
  const sources = nodes.map(({ source }) => source ?? 'Handbook')
  const edgeKinds = edges.map(([, , , kind]) => kind ?? 'references')
  const [kindNames, domainNames, sourceTitles, edgeKindNames] = [distinct(kinds), distinct(domains), distinct(sources), distinct(edgeKinds)]
  const weights = nodes.map(
    ({ weight }, node) => weight ?? edges.filter(([a, b]) => a === node || b === node).reduce((sum, [, , w]) => sum + (w ?? 1), 0),
  )
  const further = (of: 'domain' | 'source', names: readonly string[]) =>
    Uint32Array.from(nodes.flatMap(({ also }, node) => (also?.[of] === undefined ? [] : [node, names.indexOf(also[of])])))
  return {
    revision: 1,
    count: nodes.length,
    ids: nodes.map((_, node) => `atom-${node}`),
    names: nodes.map(({ name }, node) => name ?? `Atom ${node}`),
    kinds: Uint8Array.from(kinds, (kind) => kindNames.indexOf(kind)),
    kindNames,
    domains: Uint16Array.from(domains, (domain) => domainNames.indexOf(domain)),
    domainNames,
    sources: Uint32Array.from(sources, (source) => sourceTitles.indexOf(source)),
    sourceNames: sourceTitles.map((title) => ({ id: `source-${title}`, title })),
    furtherDomains: further('domain', domainNames),
    furtherSources: further('source', sourceTitles),
    weights: Float32Array.from(weights),
    times: Float64Array.from(nodes, ({ time }) => time ?? 0),
    communities: Uint32Array.from(nodes, ({ community }) => community ?? 0),
    positions: Float32Array.from({ length: nodes.length * 3 }, (_, at) => at),
    edges: Uint32Array.from(edges.flatMap(([from, to]) => [from, to] as const)),
    edgeKinds: Uint8Array.from(edgeKinds, (kind) => edgeKindNames.indexOf(kind)),
    edgeKindNames,
    edgeWeights: Float32Array.from(edges, ([, , weight]) => weight ?? 1),
    total: { nodes: nodes.length, edges: edges.length },
  }
}
