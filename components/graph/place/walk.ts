import type { GraphData } from '@/components/graph/graph-data'
import { formatNumber, humanise, plural } from '@/components/ui/format'
import { type Adjacency, degreeOf, neighboursOf } from './adjacency'

/** Where one can go next from a node, and by which edge; -1 where no edge leads there. */
export type Step = { node: number; edge: number }

const firstSteps = 200

/**
 * Where the walk can go from `at`: its shown neighbours, the heaviest pathway first. From nowhere (-1): the weightiest shown nodes,
 * at most 200.
 */
export function stepsFrom(graph: GraphData, adjacency: Adjacency, shown: Uint8Array, at: number): Step[] {
  if (at >= 0) return neighboursOf(adjacency, at).filter(({ node }) => shown[node])
  const nodes = [...shown.keys()].filter((node) => shown[node])
  nodes.sort((a, b) => (graph.weights[b] ?? 0) - (graph.weights[a] ?? 0) || a - b)
  return nodes.slice(0, firstSteps).map((node) => ({ node, edge: -1 }))
}

/** The place after `current` (-1: none yet) going by `by`, round at both ends; -1 where there is nothing. */
export function nextStep(count: number, current: number, by: 1 | -1): number {
  if (count === 0) return -1
  return current < 0 ? (by === 1 ? 0 : count - 1) : (current + by + count) % count
}

export const nameOf = (graph: GraphData, node: number): string => graph.names[node] || 'Untitled'
export const kindOf = (graph: GraphData, node: number): string => humanise(graph.kindNames[graph.kinds[node] ?? 0] ?? '')
export const domainOf = (graph: GraphData, node: number): string => graph.domainNames[graph.domains[node] ?? 0] ?? ''
export const sourceOf = (graph: GraphData, node: number): string => graph.sourceNames[graph.sources[node] ?? 0]?.title ?? ''

/** What is said of a node on the walk: name, kind, weight, neighbours, source. */
export function sayOf(graph: GraphData, adjacency: Adjacency, node: number): string {
  const source = sourceOf(graph, node)
  const facts = [
    nameOf(graph, node),
    kindOf(graph, node),
    `weight ${formatNumber(graph.weights[node] ?? 0, 2)}`,
    plural(degreeOf(adjacency, node), 'neighbour', 'neighbours'),
    ...(source ? [`from ${source}`] : []),
  ]
  return facts.filter(Boolean).join(', ')
}

/** What a live region has to hold so that a text is spoken, also when it is the same as the one before: a space that nobody hears makes it another. */
export const spokenAnew = (before: string, text: string): string => (before === text ? `${text}\u00a0` : text)

/** What is said of a step that could be taken: how one gets there, and what is there. */
export function describeStep(graph: GraphData, adjacency: Adjacency, steps: readonly Step[], at: number): string {
  const step = steps[at]
  if (!step) return ''
  const by =
    step.edge < 0
      ? ''
      : `${humanise(graph.edgeKindNames[graph.edgeKinds[step.edge] ?? 0] ?? '')} pathway of weight ${formatNumber(graph.edgeWeights[step.edge] ?? 0, 2)} to `
  return `${formatNumber(at + 1)} of ${formatNumber(steps.length)}: ${by}${sayOf(graph, adjacency, step.node)}`
}
