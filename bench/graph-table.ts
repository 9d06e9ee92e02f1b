// What was measured of the living graph as one table: a line for each budget, a column for each size, ours beside the others'.
import { type LayoutRow, layoutAims } from './graph-layout.ts'
import { type SceneRow, sceneBudgets } from './graph-scene.ts'
import { lastResult } from './results.ts'

interface Kept<Row> {
  date: string
  machine: { cpu: string; cores: number; node: string; load_at_start?: number }
  rows: Row[]
}

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: 2 })

/** One line of the table: what is asked, what was seen at each size, and whether all of it is met; null where something was not measured. */
function line(
  name: string,
  asked: string,
  rows: readonly { own: number | null | undefined; others: (number | null | undefined)[] }[],
  met: boolean | null,
) {
  const cells = rows.map(({ own, others }) => [own, ...others].map(number).join(' · '))
  return `| ${[name, asked, ...cells, met === null ? 'not measured' : met ? 'yes' : '**no**'].join(' | ')} |`
}

const sceneNames: Record<keyof typeof sceneBudgets, string> = {
  drawCalls: 'draw calls',
  stereoDrawCalls: 'draw calls in stereo, without models of inputs',
  triangles: 'triangles',
  pickMs: 'pick, ms',
  labelMs: 'choice of labels, ms',
  longestTaskMs: 'longest task while laying out, ms (0: none over 50)',
}

function sceneTable({ date, machine, rows }: Kept<SceneRow>): string[] {
  const lines = Object.entries(sceneBudgets).map(([key, most]) => {
    const name = key as keyof typeof sceneBudgets
    const seen = rows.map((row) => ({ own: row.aia[name], others: [row['3d_force_graph'][name]] }))
    const isMeasured = seen.every(({ own }) => typeof own === 'number')
    return line(sceneNames[name], `<= ${number(most)}`, seen, isMeasured ? seen.every(({ own }) => Number(own) <= most) : null)
  })
  return [
    `## Scene: AIA · 3d-force-graph`,
    `${date}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}${loadOf(machine)}; software rendering.`,
    '',
    head(rows),
    ...lines,
  ]
}

function layoutTable({ date, machine, rows }: Kept<LayoutRow>): string[] {
  const at = (nodes: number) => rows.find((row) => row.nodes === nodes)
  const [low, high] = layoutAims.edge_length_ratio_to_d3 as [number, number]
  const settles = rows.map((row) => ({ own: row.settled?.cpu_s, others: [] }))
  const ratios = rows.map((row) => ({ own: row.edge_length_ratio?.aia_to_d3, others: [] }))
  const isNear = rows.every(({ edge_length_ratio: ratio }) => !ratio || (ratio.aia_to_d3 >= low && ratio.aia_to_d3 <= high))
  return [
    `## Layout: AIA · d3-force-3d with the same forces · d3-force-3d as 3d-force-graph sets it up`,
    `${date}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}${loadOf(machine)}.`,
    '',
    head(rows),
    line(
      'a tick, ms',
      `<= ${layoutAims.tick_ms_50k} at 50,000`,
      rows.map(({ times }) => ({ own: times.aia.tick_ms, others: [times.d3_force_3d.tick_ms, times['3d_force_graph'].tick_ms] })),
      (at(50_000)?.times.aia.tick_ms ?? Number.NaN) <= layoutAims.tick_ms_50k,
    ),
    line(
      'settled, s of CPU',
      `<= ${layoutAims.cpu_s_to_settle_10k} at 10,000`,
      settles,
      (at(10_000)?.settled?.cpu_s ?? Number.NaN) <= layoutAims.cpu_s_to_settle_10k,
    ),
    line('length of edges over that of d3-force-3d', `${low} to ${high}`, ratios, isNear),
  ]
}

const loadOf = ({ load_at_start: load }: { load_at_start?: number }): string => (load === undefined ? '' : `, load ${load} at the start`)

const head = (rows: readonly { nodes: number; edges: number }[]): string => {
  const columns = ['budget', 'asked', ...rows.map(({ nodes, edges }) => `${number(nodes)} / ${number(edges)}`), 'met']
  return `| ${columns.join(' | ')} |\n|${' --- |'.repeat(columns.length)}`
}

/** The last measurements of layout and scene as Markdown. */
export function graphTable(): string {
  const [layout, scene] = [lastResult('graph-layout') as Kept<LayoutRow> | null, lastResult('graph-scene') as Kept<SceneRow> | null]
  const parts = [...(scene ? sceneTable(scene) : []), '', ...(layout ? layoutTable(layout) : [])]
  return `# The living graph, measured by \`npm run bench:graph\`\n\nNodes and edges of made-up scale-free graphs. A dash: not measured, or there is no such thing.\n\n${parts.join('\n')}\n`
}
