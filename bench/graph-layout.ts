// The layout half of `npm run bench:graph`: our kernel beside d3-force-3d with the same forces, and beside d3-force-3d as 3d-force-graph sets it up, on the
// same seeded graphs in the same run, in turn. Results go to bench/results/graph-layout.json.
import { scaleFreeGraph } from '../components/graph/lab/scale-free.ts'
import { ForceLayout } from '../server/neural/graph/layout/force-layout.ts'
import { circumstances } from './corpus.ts'
import { edgeLengthRatio, packagedLayout, referenceLayout } from './layout-reference.ts'
import { keepResult } from './results.ts'

const seed = 1
/** Ticks of each that are measured; `settles` also runs our own and the reference to their end. */
const sizes = [
  { nodes: 1_000, edges: 4_000, ticks: 60, settles: true },
  { nodes: 10_000, edges: 60_000, ticks: 20, settles: true },
  { nodes: 50_000, edges: 250_000, ticks: 7, settles: false },
] as const
const ticksToSettle = 300
/** Ticks before any counts: the compiler warms up. */
const warmUp = 2
export const layoutAims = { cpu_s_to_settle_10k: 6, tick_ms_50k: 100, edge_length_ratio_to_d3: [0.9, 1.1] }

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] as number
const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

interface Contestant {
  tick(): void
  positions(): Float32Array
}

type Times = { tick_ms: number; tick_cpu_ms: number }

export interface LayoutRow {
  nodes: number
  edges: number
  times: Record<'aia' | 'd3_force_3d' | '3d_force_graph', Times>
  settled?: { ticks: number; cpu_s: number }
  edge_length_ratio?: { aia: number; d3_force_3d: number; aia_to_d3: number }
}

function measure({ nodes, edges, ticks, settles }: (typeof sizes)[number]): LayoutRow {
  const graph = scaleFreeGraph({ nodes, edges, seed })
  const own = graph.positions.slice()
  const layout = new ForceLayout(graph, own)
  const contestants: Record<string, Contestant> = {
    aia: { tick: () => layout.tick(), positions: () => own },
    d3_force_3d: referenceLayout(graph, graph.positions),
    '3d_force_graph': packagedLayout(graph, graph.positions),
  }
  const seen = Object.fromEntries(Object.keys(contestants).map((name) => [name, { wall: [] as number[], cpu: [] as number[] }]))
  for (let tick = 0; tick < warmUp + ticks; tick++) {
    for (const [name, contestant] of Object.entries(contestants)) {
      const [wall, cpu] = [performance.now(), cpuMs()]
      contestant.tick()
      if (tick < warmUp) continue
      seen[name]?.wall.push(performance.now() - wall)
      seen[name]?.cpu.push(cpuMs() - cpu)
    }
  }
  const of = (name: string) => ({ tick_ms: rounded(median(seen[name]?.wall ?? [])), tick_cpu_ms: rounded(median(seen[name]?.cpu ?? [])) })
  const times = { aia: of('aia'), d3_force_3d: of('d3_force_3d'), '3d_force_graph': of('3d_force_graph') }
  if (!settles) return { nodes, edges, times }
  const settled = graph.positions.slice()
  const begun = cpuMs()
  const ticksMade = new ForceLayout(graph, settled).settle()
  const cpu = cpuMs() - begun
  const reference = contestants.d3_force_3d as Contestant
  for (let tick = warmUp + ticks; tick < ticksToSettle; tick++) reference.tick()
  const [ours, theirs] = [edgeLengthRatio(graph, settled), edgeLengthRatio(graph, reference.positions())]
  return {
    nodes,
    edges,
    times,
    settled: { ticks: ticksMade, cpu_s: rounded(cpu / 1_000, 2) },
    edge_length_ratio: { aia: rounded(ours, 3), d3_force_3d: rounded(theirs, 3), aia_to_d3: rounded(ours / theirs, 3) },
  }
}

/** Measures, prints and keeps the figures of the layout. */
export function benchLayout(): void {
  const around = circumstances()
  const rows = sizes.map((size) => {
    const row = measure(size)
    console.log(JSON.stringify(row))
    return row
  })
  keepResult('graph-layout', { command: 'npm run bench:graph -- layout', ...around, seed, aims: layoutAims, rows })
}
