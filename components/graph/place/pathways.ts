import type { GraphData } from '@/components/graph/graph-data'

/**
 * The graph with the pathways of some kinds alone (none named: all of them). Its nodes stay, and so does what joins the nodes of a path, one to the next.
 */
export function withPathways(graph: GraphData, kinds: readonly string[], path: readonly number[] = []): GraphData {
  if (kinds.length === 0) return graph
  const isWanted = graph.edgeKindNames.map((name) => kinds.includes(name))
  const steps = new Set<string>()
  for (let at = 1; at < path.length; at++) steps.add(`${path[at - 1]} ${path[at]}`).add(`${path[at]} ${path[at - 1]}`)
  const kept = [...graph.edgeWeights.keys()].filter(
    (edge) => isWanted[graph.edgeKinds[edge]!] || (steps.size > 0 && steps.has(`${graph.edges[2 * edge]} ${graph.edges[2 * edge + 1]}`)),
  )
  const edges = new Uint32Array(2 * kept.length)
  for (const [at, edge] of kept.entries()) {
    edges[2 * at] = graph.edges[2 * edge]!
    edges[2 * at + 1] = graph.edges[2 * edge + 1]!
  }
  return {
    ...graph,
    edges,
    edgeKinds: Uint8Array.from(kept, (edge) => graph.edgeKinds[edge]!),
    edgeWeights: Float32Array.from(kept, (edge) => graph.edgeWeights[edge]!),
  }
}

/** How many pathways of each kind join two shown nodes. */
export function pathwayCounts({ edges, edgeKinds, edgeKindNames }: GraphData, shown: Uint8Array): number[] {
  const counts = new Array<number>(edgeKindNames.length).fill(0)
  for (let edge = 0; edge < edgeKinds.length; edge++) if (shown[edges[2 * edge]!] && shown[edges[2 * edge + 1]!]) counts[edgeKinds[edge]!]! += 1
  return counts
}
