import type { GraphData } from '@/components/graph/graph-data'

/** A graph whose nodes are communities, and how they belong together with the atoms. */
export interface Collapsed {
  graph: GraphData
  /** Place of an atom's community in `graph`, -1 for atoms that are not shown. */
  groupOf: Int32Array
  /** The weightiest shown atom of each community: by its id a community is named in links, because numbers change with the knowledge. */
  leads: Uint32Array
  sizes: Uint32Array
}

const namedAfter = 3

/** One node for each community that has shown atoms: as weighty as it has members, where its members are on the average, named by the weightiest of them. */
export function collapse(graph: GraphData, shown: Uint8Array): Collapsed {
  const groups = new Map<number, number[]>()
  for (let node = 0; node < graph.count; node++) {
    if (!shown[node]) continue
    const community = graph.communities[node] ?? 0
    const members = groups.get(community)
    if (members) members.push(node)
    else groups.set(community, [node])
  }
  const numbers = [...groups.keys()].sort((a, b) => a - b)
  const all = numbers.map((number) => groups.get(number) ?? [])
  const groupOf = new Int32Array(graph.count).fill(-1)
  const positions = new Float32Array(all.length * 3)
  const heaviest = all.map((members, group) => {
    for (const node of members) {
      groupOf[node] = group
      for (let axis = 0; axis < 3; axis++)
        positions[3 * group + axis] = (positions[3 * group + axis] ?? 0) + (graph.positions[3 * node + axis] ?? 0) / members.length
    }
    return [...members].sort((a, b) => (graph.weights[b] ?? 0) - (graph.weights[a] ?? 0) || a - b).slice(0, namedAfter)
  })
  const leads = Uint32Array.from(heaviest, ([lead]) => lead ?? 0)
  const between = edgesBetween(graph, groupOf, all.length)
  const sizes = Uint32Array.from(all, ({ length }) => length)
  return {
    groupOf,
    leads,
    sizes,
    graph: {
      revision: graph.revision,
      count: all.length,
      ids: Array.from(leads, (lead) => graph.ids[lead] ?? ''),
      names: heaviest.map((nodes) => nodes.map((node) => graph.names[node] || 'Untitled').join(' · ')),
      kinds: Uint8Array.from(all, (members) => commonest(members, graph.kinds)),
      kindNames: graph.kindNames,
      domains: Uint16Array.from(all, (members) => commonest(members, graph.domains)),
      domainNames: graph.domainNames,
      sources: Uint32Array.from(leads, (lead) => graph.sources[lead] ?? 0),
      sourceNames: graph.sourceNames,
      furtherDomains: new Uint32Array(),
      furtherSources: new Uint32Array(),
      weights: Float32Array.from(sizes),
      times: Float64Array.from(all, (members) => members.reduce((first, node) => Math.min(first, graph.times[node] ?? 0), Number.POSITIVE_INFINITY)),
      communities: Uint32Array.from(numbers),
      positions,
      edgeKindNames: graph.edgeKindNames,
      ...between,
      total: { nodes: all.length, edges: between.edgeWeights.length },
    },
  }
}

/** The value that most of the members have; of several the smallest. */
function commonest(members: readonly number[], values: ArrayLike<number>): number {
  const counts = new Map<number, number>()
  for (const node of members) counts.set(values[node] ?? 0, (counts.get(values[node] ?? 0) ?? 0) + 1)
  return [...counts].sort(([a, most], [b, other]) => other - most || a - b)[0]?.[0] ?? 0
}

/** Pathways between communities, summed, the heaviest of them 1; each with the kind of its heaviest. */
function edgesBetween(graph: GraphData, groupOf: Int32Array, count: number): Pick<GraphData, 'edges' | 'edgeWeights' | 'edgeKinds'> {
  const sums = new Map<number, { sum: number; most: number; kind: number }>()
  let heaviest = 0
  for (let edge = 0; edge < graph.edgeWeights.length; edge++) {
    const [a, b] = [groupOf[graph.edges[2 * edge] ?? 0] ?? -1, groupOf[graph.edges[2 * edge + 1] ?? 0] ?? -1]
    if (a < 0 || b < 0 || a === b) continue
    const key = Math.min(a, b) * count + Math.max(a, b)
    const weight = graph.edgeWeights[edge] ?? 0
    const known = sums.get(key) ?? { sum: 0, most: 0, kind: 0 }
    if (weight > known.most) Object.assign(known, { most: weight, kind: graph.edgeKinds[edge] ?? 0 })
    known.sum += weight
    heaviest = Math.max(heaviest, known.sum)
    sums.set(key, known)
  }
  const keys = [...sums.keys()]
  const values = [...sums.values()]
  return {
    edges: Uint32Array.from(keys.flatMap((key) => [Math.floor(key / count), key % count])),
    edgeWeights: Float32Array.from(values, ({ sum }) => sum / heaviest),
    edgeKinds: Uint8Array.from(values, ({ kind }) => kind),
  }
}

/** 1 for the atoms of the community that an atom belongs to. */
export function membersWith(graph: GraphData, node: number): Uint8Array {
  const community = graph.communities[node]
  return Uint8Array.from(graph.communities, (other) => (other === community ? 1 : 0))
}
