// Measures the living graph: `npm run bench:graph` all of it, `npm run bench:graph -- layout` one half. Best on a machine that does nothing else.
// The figures go to bench/results/graph-layout.json and graph-scene.json, and side by side with what was asked to bench/results/graph.md.
import { benchLayout } from './graph-layout.ts'
import { benchScene } from './graph-scene.ts'
import { graphTable } from './graph-table.ts'
import { keepText } from './results.ts'

const halves: Record<string, () => void | Promise<void>> = { layout: benchLayout, scene: () => benchScene() }

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !halves[name])
if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}: ${Object.keys(halves).join(', ')}`)
for (const [name, bench] of Object.entries(halves)) if (wanted.length === 0 || wanted.includes(name)) await bench()
const table = graphTable()
keepText('graph.md', table)
console.log(table)
