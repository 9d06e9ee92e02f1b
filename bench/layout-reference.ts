// The layout of d3-force-3d with the forces of ours, and how two layouts of one graph are compared.
import { type Body, forceCenter, forceLink, forceManyBody, forceSimulation, forceX, forceY, forceZ } from 'd3-force-3d'
import { gravity, type LayoutGraph } from '../server/neural/graph/layout/force-layout.ts'
import { seededRandom } from '../server/neural/ranking/random.ts'

/**
 * d3-force-3d on a graph, from given places.
 * @param exact computes every pair. Its approximation is one of that in the plane only: in space it weakens the push of a cell by the square root of a
 * half at every level of the octree (manyBody.js, `Math.sqrt(4 / numChildren)`).
 */
export function referenceLayout(
  graph: LayoutGraph,
  start: Float32Array,
  { flat = false, exact = false } = {},
): { tick(): void; positions(): Float32Array } {
  const { nodes, links } = bodies(graph, start)
  const simulation = forceSimulation(nodes, flat ? 2 : 3)
    .stop()
    .force('link', forceLink(links))
    .force('charge', forceManyBody().theta(exact ? 1e-4 : 0.9))
    .force('x', forceX().strength(gravity))
    .force('y', forceY().strength(gravity))
  if (!flat) simulation.force('z', forceZ().strength(gravity))
  return { tick: () => void simulation.tick(), positions: () => placesOf(nodes) }
}

/** d3-force-3d with the forces that 3d-force-graph gives it where nobody says otherwise (three-forcegraph, `d3ForceLayout`). */
export function packagedLayout(graph: LayoutGraph, start: Float32Array): { tick(): void; positions(): Float32Array } {
  const { nodes, links } = bodies(graph, start)
  const simulation = forceSimulation(nodes, 3).stop().force('link', forceLink(links)).force('charge', forceManyBody()).force('center', forceCenter())
  return { tick: () => void simulation.tick(), positions: () => placesOf(nodes) }
}

const placesOf = (nodes: readonly Body[]): Float32Array => Float32Array.from(nodes.flatMap(({ x, y, z }) => [x, y, z ?? 0]))

function bodies({ count, edges }: LayoutGraph, start: Float32Array) {
  const nodes: Body[] = Array.from({ length: count }, (_, i) => ({ x: start[3 * i]!, y: start[3 * i + 1]!, z: start[3 * i + 2]! }))
  return { nodes, links: Array.from({ length: edges.length / 2 }, (_, i) => ({ source: edges[2 * i]!, target: edges[2 * i + 1]! })) }
}

/** Mean length of an edge in mean distances of two nodes: how well a layout holds together what belongs together. Between 0 and about 1. */
export function edgeLengthRatio({ count, edges }: LayoutGraph, positions: Float32Array): number {
  const distance = (a: number, b: number) =>
    Math.hypot(positions[3 * a]! - positions[3 * b]!, positions[3 * a + 1]! - positions[3 * b + 1]!, positions[3 * a + 2]! - positions[3 * b + 2]!)
  let length = 0
  for (let i = 0; i < edges.length; i += 2) length += distance(edges[i]!, edges[i + 1]!)
  const random = seededRandom(1)
  const pairs = 200_000
  let apart = 0
  for (let i = 0; i < pairs; i++) apart += distance(Math.floor(random() * count), Math.floor(random() * count))
  return length / (edges.length / 2) / (apart / pairs)
}
