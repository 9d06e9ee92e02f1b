import { expect, it } from 'vitest'
import { scaleFreeGraph } from '../components/graph/lab/scale-free.ts'
import { ForceLayout } from '../server/neural/graph/layout/force-layout.ts'
import { edgeLengthRatio, referenceLayout } from './layout-reference.ts'

it.each([
  ['space', 'every pair', 250, 1_000, 1],
  ['space', 'every pair', 250, 250, 2],
  ['space', 'its approximation', 1_000, 4_000, 3],
  ['plane', 'its approximation', 700, 700, 4],
  ['plane', 'its approximation', 700, 3_000, 5],
] as const)('holds together what d3-force-3d holds together, within a tenth: %s, %s, %d nodes, %d edges', (view, pairs, nodes, edges, seed) => {
  const graph = scaleFreeGraph({ nodes, edges, seed })
  const flat = view === 'plane'
  const start = graph.positions.map((value, at) => (flat && at % 3 === 2 ? 0 : value))
  const reference = referenceLayout(graph, start, { flat, exact: pairs === 'every pair' })
  for (let i = 0; i < 300; i++) reference.tick()
  const own = start.slice()
  const ticks = new ForceLayout(graph, own, { flat }).settle()
  expect(ticks).toBe(300)
  const [ours, theirs, before] = [edgeLengthRatio(graph, own), edgeLengthRatio(graph, reference.positions()), edgeLengthRatio(graph, start)]
  expect(ours / theirs, `ours ${ours}, theirs ${theirs}`).toBeGreaterThan(0.9)
  expect(ours / theirs, `ours ${ours}, theirs ${theirs}`).toBeLessThan(1.1)
  // The start would not pass.
  expect(before / theirs).toBeGreaterThan(1.1)
})
