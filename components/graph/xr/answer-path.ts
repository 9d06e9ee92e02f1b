import type { Citation, PathStep } from '@/components/api/types'
import type { GraphData } from '@/components/graph/graph-data'

/** Place of every atom in the columns of a graph. */
export const nodesById = (graph: Pick<GraphData, 'ids'>): ReadonlyMap<string, number> => new Map(graph.ids.map((id, node) => [id, node]))

/**
 * The nodes an answer's path leads through, in order, then those it cites; `missing` counts atoms that this picture does not hold.
 * Neighbours in the list are joined by a pathway wherever the path has one.
 */
export function pathNodes(
  path: readonly Pick<PathStep, 'from' | 'to'>[],
  citations: readonly Pick<Citation, 'atom_id'>[],
  nodes: ReadonlyMap<string, number>,
): { lit: number[]; missing: number } {
  const order: string[] = []
  const add = (id: string) => {
    if (order.at(-1) !== id) order.push(id)
  }
  for (const { from, to } of path) {
    // A pathway may have been followed backwards: begin where the last one ended.
    const backwards = order.at(-1) === to
    add(backwards ? to : from)
    add(backwards ? from : to)
  }
  for (const { atom_id } of citations) if (!order.includes(atom_id)) order.push(atom_id)
  const lit = order.flatMap((id) => nodes.get(id) ?? [])
  return { lit, missing: new Set(order.filter((id) => !nodes.has(id))).size }
}
