'use client'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { orpc } from '@/components/api/client'
import type { PathwayKind } from '@/components/api/types'
import { kindOrder } from '@/components/atom/kinds'
import type { GraphData } from '@/components/graph/graph-data'
import { buildAdjacency } from './adjacency'
import { shortestPath } from './shortest'

/** The longest path that the server looks for. */
export const mostAsked = 8

/** A path, or that there is none. */
export interface FoundPath {
  found: boolean
  /** Along the way, both ends included. */
  atoms: readonly { id: string; title: string }[]
  /** Each as it runs itself: it may be followed backwards. */
  steps: readonly { from: string; to: string; kind: PathwayKind | undefined; weight: number }[]
  /** It was looked for among the atoms that are drawn, however long, because the server knows no path of at most `mostAsked` pathways. */
  amongDrawn: boolean
}

/** The shortest path between two atoms: from the server, which knows all pathways, and longer ones from the graph that is here. */
export function usePath(graph: GraphData, { from, to }: { from: string | null; to: string | null }, indexOf: (id: string) => number) {
  const { data, error, refetch } = useQuery(
    orpc.neural.graphPath.queryOptions({
      input: { from: from ?? '', to: to ?? '', most: mostAsked },
      enabled: from !== null && to !== null,
      staleTime: 30_000,
    }),
  )
  const path = useMemo((): FoundPath | undefined => {
    if (!data || data.found || from === null || to === null) return data && { ...data, amongDrawn: false }
    return longerPath(graph, indexOf(from), indexOf(to))
  }, [data, from, to, graph, indexOf])
  const nodes = useMemo(() => (path?.atoms ?? []).map(({ id }) => indexOf(id)).filter((node) => node >= 0), [path, indexOf])
  return { data: path, error, refetch, nodes }
}

function longerPath(graph: GraphData, from: number, to: number): FoundPath {
  const way = from < 0 || to < 0 ? null : shortestPath(buildAdjacency(graph), graph.edgeWeights, from, to)
  const idOf = (node: number) => graph.ids[node] ?? ''
  return {
    found: way !== null,
    amongDrawn: true,
    atoms: (way ?? []).map(({ node }) => ({ id: idOf(node), title: graph.names[node] ?? '' })),
    steps: (way ?? []).slice(1).map(({ edge }) => ({
      from: idOf(graph.edges[2 * edge] ?? 0),
      to: idOf(graph.edges[2 * edge + 1] ?? 0),
      kind: kindOrder.find((kind) => kind === graph.edgeKindNames[graph.edgeKinds[edge] ?? 0]),
      weight: graph.edgeWeights[edge] ?? 0,
    })),
  }
}
