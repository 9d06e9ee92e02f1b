import { call, ownHeaders } from '@/components/api/call'
import type { GraphMap } from '@/components/api/types'
import type { GraphData } from './graph-data'

/** The whole graph as the server keeps it, places and communities included. */
export interface LoadedGraph {
  graph: GraphData
  /** False while the server still lays out what has changed: the places are near, not final. */
  settled: boolean
}

/**
 * Loads the graph, at most so many nodes and edges, the heaviest. Unchanged since the last time, it comes from the browser's own cache.
 * @throws Problem
 */
export async function loadGraph(most: { nodes?: number; edges?: number } = {}, signal?: AbortSignal): Promise<LoadedGraph> {
  const query = new URLSearchParams(Object.entries(most).map(([name, value]) => [name, String(value)]))
  const response = await call(`/api/v1/neural/graph/map?${query}`, { headers: ownHeaders, ...(signal ? { signal } : {}) })
  return decodeMap((await response.json()) as GraphMap)
}

/** The answer of GET /v1/neural/graph/map as the scene, the table and the walk read it. */
export function decodeMap({ revision, settled, total, nodes, edges }: GraphMap): LoadedGraph {
  const graph: GraphData = {
    revision,
    count: nodes.ids.length,
    ids: nodes.ids,
    names: nodes.names,
    kinds: bytesOf(nodes.kinds),
    kindNames: nodes.kind_names,
    domains: new Uint16Array(bytesOf(nodes.domains).buffer),
    domainNames: nodes.domain_names,
    sources: new Uint32Array(bytesOf(nodes.sources).buffer),
    sourceNames: nodes.source_names,
    furtherDomains: new Uint32Array(bytesOf(nodes.further_domains).buffer),
    furtherSources: new Uint32Array(bytesOf(nodes.further_sources).buffer),
    weights: new Float32Array(bytesOf(nodes.weights).buffer),
    times: new Float64Array(bytesOf(nodes.times).buffer),
    communities: new Uint32Array(bytesOf(nodes.communities).buffer),
    positions: new Float32Array(bytesOf(nodes.positions).buffer),
    edges: new Uint32Array(bytesOf(edges.ends).buffer),
    edgeKinds: bytesOf(edges.kinds),
    edgeKindNames: edges.kind_names,
    edgeWeights: new Float32Array(bytesOf(edges.weights).buffer),
    total,
  }
  return { graph, settled }
}

/** Bytes of a column in a buffer of their own. The columns are little-endian, as is every machine that has a browser. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}
