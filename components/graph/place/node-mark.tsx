import type { GraphData } from '@/components/graph/graph-data'
import { kindShape } from '@/components/graph/kind-shape'
import { DomainMark } from '@/components/ui/domain'
import { domainOf } from './walk'

/** A node as the picture draws it: the colour of its domain, the shape of its kind. */
export function NodeMark({ graph, node }: { graph: GraphData; node: number }) {
  return <DomainMark name={domainOf(graph, node)} shape={kindShape(graph.kindNames[graph.kinds[node] ?? 0] ?? '')} />
}
