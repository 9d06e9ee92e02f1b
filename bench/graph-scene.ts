// The browser half of `npm run bench:graph`: the scene on the built server beside 3d-force-graph, on the same seeded graphs in the same run. Frame
// rates under software rendering mean nothing, so none is measured: draw calls, triangles and milliseconds of JavaScript. Results go to
// bench/results/graph-scene.json.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from '@playwright/test'
import { scaleFreeGraph } from '../components/graph/lab/scale-free.ts'
import { frames, useGaze as lookAndPinch, wearHeadset } from '../e2e/headset.ts'
import { chromiumFlags, findChromium, missingChromium } from '../scripts/chromium.mjs'
import { startStandalone } from '../scripts/standalone.mjs'
import { circumstances } from './corpus.ts'
import { keepResult } from './results.ts'

const seed = 1
const sizes = [
  { nodes: 1_000, edges: 4_000 },
  { nodes: 10_000, edges: 60_000 },
  { nodes: 50_000, edges: 250_000 },
] as const
/** The most that is allowed, at every size. What 3d-force-graph has no counterpart of (names in the picture, stereo) is measured of ours alone. */
export const sceneBudgets = { drawCalls: 6, stereoDrawCalls: 12, triangles: 150_000, pickMs: 0.5, labelMs: 2, longestTaskMs: 50 } as const
/** What 3d-force-graph gets to draw its first picture of a graph. */
const patienceMs = 240_000
/** Pictures of a moving layout after which the longest task is read. */
const layoutPictures = 20
/** Frames of a session after which its draw calls are read: whatever comes later is there. */
const stereoFrames = 12
/** Picks of 3d-force-graph's objects, of which the median counts. */
const picks = 5

type Measured = Partial<Record<keyof typeof sceneBudgets | 'layoutTickMs' | 'firstPictureMs', number | null>>

export interface SceneRow {
  nodes: number
  edges: number
  aia: Measured
  '3d_force_graph': Measured
  over_budget: string[]
}

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

/** Software may take seconds for a frame of both eyes: what it did not show in time was not measured. */
function missed(error: Error): null {
  console.error(error.message)
  return null
}

/** Draw calls of both eyes of a session without any controller, whose model would count too. */
async function measureStereo(page: Page, url: string, nodes: number, edges: number): Promise<number> {
  page.setDefaultTimeout(patienceMs)
  // tsx names functions by a helper of its own, which functions that go into the page miss there.
  await page.addInitScript('globalThis.__name = (named) => named')
  await wearHeadset(page)
  await page.goto(`${url}/lab/graph?nodes=${nodes}&edges=${edges}&seed=${seed}&layout=off`)
  await page.getByRole('button', { name: 'Enter VR' }).click()
  await page.waitForFunction(() => window.headset.session && window.aiaGraph?.xr(), null, { timeout: patienceMs, polling: 500 })
  await lookAndPinch(page)
  await page.waitForFunction(() => window.aiaGraph?.xr()?.inputs().length === 0, null, { timeout: patienceMs, polling: 500 })
  await frames(page, stereoFrames)
  return page.evaluate(() => window.aiaGraph?.stats().drawCalls ?? Number.NaN)
}

/** The same graph in 3d-force-graph as its documentation shows it, after five ticks of its layout. */
async function measureForceGraph(page: Page, url: string): Promise<Measured> {
  const started = Date.now()
  await page.goto(url, { timeout: patienceMs })
  try {
    await page.waitForFunction(() => (window as unknown as { drawn?: boolean }).drawn === true, null, { timeout: patienceMs, polling: 500 })
  } catch {
    return { drawCalls: null, triangles: null, longestTaskMs: null, pickMs: null, firstPictureMs: null }
  }
  const firstPictureMs = Date.now() - started
  const read = await page.evaluate(
    (times) =>
      (window as unknown as { read(times: number): Required<Pick<Measured, 'drawCalls' | 'triangles' | 'longestTaskMs' | 'pickMs'>> }).read(times),
    picks,
  )
  return { ...read, firstPictureMs }
}

const forceGraphPage = `<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="graph"></div><script src="/3d-force-graph.js"></script><script type="module">
import { Raycaster, Vector2 } from '/three.module.js'
let longest = 0, ticks = 0
new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) }).observe({ type: 'longtask' })
fetch('/graph.json').then((answer) => answer.json()).then((data) => {
  const graph = new ForceGraph3D(document.getElementById('graph')).graphData(data).cooldownTicks(5)
  graph.onEngineTick(() => { ticks++ }).onEngineStop(() => requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = true })))
  window.read = (picks) => {
    const { calls, triangles } = graph.renderer().info.render
    // As it finds what is under the mouse: a ray through every object of the scene.
    const times = Array.from({ length: picks }, () => {
      const begun = performance.now()
      const ray = new Raycaster()
      ray.setFromCamera(new Vector2(0, 0), graph.camera())
      ray.intersectObjects(graph.scene().children, true)
      return performance.now() - begun
    }).sort((a, b) => a - b)
    return { drawCalls: calls, triangles, longestTaskMs: longest, pickMs: times[picks >> 1] }
  }
})</script>`

function serveForceGraph(nodes: number, edges: number) {
  const graph = scaleFreeGraph({ nodes, edges, seed })
  const links = Array.from({ length: edges }, (_, edge) => ({ source: graph.edges[2 * edge], target: graph.edges[2 * edge + 1] }))
  const files: Record<string, [string, string]> = {
    '/': ['text/html', forceGraphPage],
    '/graph.json': ['application/json', JSON.stringify({ nodes: graph.names.map((name, id) => ({ id, name })), links })],
    '/3d-force-graph.js': ['text/javascript', readFileSync('node_modules/3d-force-graph/dist/3d-force-graph.min.js', 'utf8')],
    '/three.module.js': ['text/javascript', readFileSync('node_modules/three/build/three.module.js', 'utf8')],
    '/three.core.js': ['text/javascript', readFileSync('node_modules/three/build/three.core.js', 'utf8')],
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

const screen = { width: 1440, height: 900 }
/** Software draws both eyes anew for every frame that is waited for, and calls are counted, not pixels. */
const fewPixels = { width: 320, height: 200 }

async function inOwnPage<T>(browser: Browser, use: (page: Page) => Promise<T>, viewport = screen): Promise<T> {
  const page = await browser.newPage({ viewport })
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
  const around = circumstances()
  const server = at ? null : await startStandalone({ AIA_STARTER: 'off', AIA_LAB: '1' })
  const url = at ?? server?.url ?? ''
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags, '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] })
  try {
    const rows: SceneRow[] = []
    for (const { nodes, edges } of sizes) {
      const flat = await inOwnPage(browser, (page) => measureScene(page, url, nodes, edges))
      const aia = { ...flat, stereoDrawCalls: await inOwnPage(browser, (page) => measureStereo(page, url, nodes, edges), fewPixels).catch(missed) }
      const other = await serveForceGraph(nodes, edges)
      const forceGraph = await inOwnPage(browser, (page) => measureForceGraph(page, other.url)).finally(other.close)
      const over = Object.entries(sceneBudgets).filter(([name, most]) => !(Number((aia as Measured)[name as keyof Measured] ?? Number.NaN) <= most))
      rows.push({ nodes, edges, aia: shown(aia), '3d_force_graph': shown(forceGraph), over_budget: over.map(([name]) => name) })
      console.log(JSON.stringify(rows.at(-1)))
    }
    keepResult('graph-scene', { command: 'npm run bench:graph -- scene', ...around, browser: browser.version(), seed, budgets: sceneBudgets, rows })
  } finally {
    await browser.close()
    await server?.stop()
  }
}
