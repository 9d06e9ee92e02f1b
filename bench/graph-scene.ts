// The browser half of `npm run bench:graph`: the scene on the built server beside 3d-force-graph, on the same seeded graphs in the same run. Frame
// rates under software rendering mean nothing, so none is measured: draw calls, triangles and milliseconds of JavaScript. Results go to
// bench/results/graph-scene.json.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cpus, loadavg, totalmem } from 'node:os'
import { type Browser, chromium, type Page } from '@playwright/test'
import { scaleFreeGraph } from '../components/graph/lab/scale-free.ts'
import { chromiumFlags, findChromium, missingChromium } from '../scripts/chromium.mjs'
import { startStandalone } from '../scripts/standalone.mjs'

const seed = 1
const sizes = [
  { nodes: 1_000, edges: 4_000 },
  { nodes: 10_000, edges: 60_000 },
  { nodes: 50_000, edges: 250_000 },
] as const
const budgets = { drawCalls: 6, triangles: 150_000, pickMs: 0.5, labelMs: 2, longestTaskMs: 50 } as const
/** What 3d-force-graph gets to draw its first picture of a graph. */
const patienceMs = 240_000
/** Pictures of a moving layout after which the longest task is read. */
const layoutPictures = 20

type Measured = Partial<Record<keyof typeof budgets | 'layoutTickMs' | 'firstPictureMs', number | null>>
const rounded = (value: number) => Math.round(value * 1_000) / 1_000

/** The scene, once standing still and once while its layout runs. */
async function measureScene(page: Page, url: string, nodes: number, edges: number): Promise<Measured> {
  const started = Date.now()
  await page.goto(`${url}/lab/graph?nodes=${nodes}&edges=${edges}&seed=${seed}`, { timeout: patienceMs })
  await page.waitForFunction(() => window.aiaGraph !== undefined && window.aiaGraph.stats().drawCalls > 0, null, {
    timeout: patienceMs,
    polling: 500,
  })
  const firstPictureMs = Date.now() - started
  await page.waitForFunction(() => (window.aiaGraph?.stats().layoutTickMs ?? null) !== null || window.aiaGraph?.stats().nodes === 0, null, {
    timeout: patienceMs,
    polling: 1_000,
  })
  // Only what is measured while it lays out: starting a page is one long task of its own.
  const longestTaskMs = await page.evaluate(async (pictures) => {
    let longest = 0
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
    })
    observer.observe({ type: 'longtask' })
    for (let at = 0; at < pictures; at++) await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 50))
    observer.disconnect()
    return longest
  }, layoutPictures)
  const stats = await page.evaluate(() => window.aiaGraph?.stats())
  if (!stats) throw new Error('The laboratory is gone.')
  if (stats.nodes !== nodes || stats.edges !== edges) throw new Error(`It draws ${stats.nodes} nodes and ${stats.edges} edges.`)
  const { drawCalls, triangles, pickMs, labelMs, layoutTickMs } = stats
  return { drawCalls, triangles, pickMs, labelMs, longestTaskMs, layoutTickMs, firstPictureMs }
}

/** The same graph in 3d-force-graph as its documentation shows it, after five ticks of its layout. */
async function measureForceGraph(page: Page, url: string): Promise<Measured> {
  const started = Date.now()
  await page.goto(url, { timeout: patienceMs })
  try {
    await page.waitForFunction(() => (window as unknown as { drawn?: boolean }).drawn === true, null, { timeout: patienceMs, polling: 500 })
  } catch {
    return { drawCalls: null, triangles: null, longestTaskMs: null, firstPictureMs: null }
  }
  const read = await page.evaluate(() => (window as unknown as { read(): { drawCalls: number; triangles: number; longestTaskMs: number } }).read())
  return { ...read, firstPictureMs: Date.now() - started }
}

const forceGraphPage = `<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="graph"></div><script src="/3d-force-graph.js"></script><script>
let longest = 0, ticks = 0
new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) }).observe({ type: 'longtask' })
fetch('/graph.json').then((answer) => answer.json()).then((data) => {
  const graph = new ForceGraph3D(document.getElementById('graph')).graphData(data).cooldownTicks(5)
  graph.onEngineTick(() => { ticks++ }).onEngineStop(() => requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = true })))
  window.read = () => ({ drawCalls: graph.renderer().info.render.calls, triangles: graph.renderer().info.render.triangles, longestTaskMs: longest })
})</script>`

function serveForceGraph(nodes: number, edges: number) {
  const graph = scaleFreeGraph({ nodes, edges, seed })
  const links = Array.from({ length: edges }, (_, edge) => ({ source: graph.edges[2 * edge], target: graph.edges[2 * edge + 1] }))
  const files: Record<string, [string, string]> = {
    '/': ['text/html', forceGraphPage],
    '/graph.json': ['application/json', JSON.stringify({ nodes: graph.names.map((name, id) => ({ id, name })), links })],
    '/3d-force-graph.js': ['text/javascript', readFileSync('node_modules/3d-force-graph/dist/3d-force-graph.min.js', 'utf8')],
  }
  const server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ''] ?? []
    if (text === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text)
  })
  return new Promise<{ url: string; close(): void }>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() }))
  })
}

async function inOwnPage<T>(browser: Browser, use: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  try {
    return await use(page)
  } finally {
    await page.close()
  }
}

const shown = (measured: Measured) =>
  Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, typeof value === 'number' ? rounded(value) : value]))

/** Measures every budget of the scene. @param at address of a server with AIA_LAB=1; without it the build is started */
export async function benchScene(at?: string): Promise<void> {
  const executablePath = findChromium()
  if (!executablePath) throw new Error(missingChromium)
  const server = at ? null : await startStandalone({ AIA_STARTER: 'off', AIA_LAB: '1' })
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags, '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] })
  try {
    const rows = []
    for (const { nodes, edges } of sizes) {
      const aia = await inOwnPage(browser, (page) => measureScene(page, at ?? server?.url ?? '', nodes, edges))
      const other = await serveForceGraph(nodes, edges)
      const forceGraph = await inOwnPage(browser, (page) => measureForceGraph(page, other.url)).finally(other.close)
      const missed = Object.entries(budgets).filter(([name, most]) => ((aia as Record<string, number>)[name] ?? 0) > most)
      rows.push({ nodes, edges, aia: shown(aia), '3d_force_graph': shown(forceGraph), over_budget: missed.map(([name]) => name) })
      process.stdout.write(`${JSON.stringify(rows.at(-1))}\n`)
    }
    const machine = {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memory_gb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      browser: browser.version(),
      load_at_end: rounded(loadavg()[0] as number),
    }
    const result = { command: 'npm run bench:graph -- scene', date: new Date().toISOString(), machine, budgets, rows }
    mkdirSync('bench/results', { recursive: true })
    writeFileSync('bench/results/graph-scene.json', `${JSON.stringify(result, null, 2)}\n`)
    console.table(rows.map(({ nodes, aia, '3d_force_graph': other }) => ({ nodes, ...aia, '3d-force-graph calls': other.drawCalls })))
  } finally {
    await browser.close()
    await server?.stop()
  }
}
