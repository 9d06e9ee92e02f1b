// What the build gives: to the browser no more than it may have, to the server all that it starts.
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from '@playwright/test'
import { standaloneDir } from '../scripts/setup.mjs'

/** Words that only server code has: the ORM, the tenant role, the embedded database, the durable jobs, a secret’s name. */
const serverMarkers = ['drizzle-orm', 'aia_app', 'pglite', 'enqueueInTransaction', 'AIA_ADMIN_PASSWORD']

async function scriptsUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name))
}

async function markersIn(files: string[]): Promise<Set<string>> {
  const found = new Set<string>()
  for (const file of files) {
    const text = await readFile(file, 'utf8')
    for (const marker of serverMarkers) if (text.includes(marker)) found.add(marker)
  }
  return found
}

test('the scripts sent to the browser hold no server code', async () => {
  const client = await scriptsUnder(join(standaloneDir, '.next', 'static'))
  expect(client.length).toBeGreaterThan(5)
  expect([...(await markersIn(client))]).toEqual([])
})

test('the markers are words that the server’s own scripts do hold', async () => {
  const server = await scriptsUnder(join(standaloneDir, '.next', 'server'))
  expect([...(await markersIn(server))].sort()).toEqual([...serverMarkers].sort())
})

test('the scripts of the documentation pages and the models of headsets come from here', async () => {
  const files = await readdir(join(standaloneDir, 'public', 'vendor'))
  expect(files.sort()).toEqual(['redoc.standalone.js', 'swagger-ui-bundle.js', 'swagger-ui.css', 'xr'])
})

test('the thread that analyses texts runs from the build', async () => {
  const thread = new Worker(join(standaloneDir, 'server', 'neural', 'knowledge', 'analysis-worker.js'))
  const reply = new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
  thread.postMessage({ id: 7, texts: ['The engine turns silver gears.'] })
  expect(await reply).toMatchObject({ id: 7, analysed: [{ summary: 'The engine turns silver gears.' }] })
  await thread.terminate()
})

/** What the service worker keeps from the start, as paths below .next/static. */
async function precached(worker: string): Promise<string[]> {
  const paths = [...worker.matchAll(/\/_next\/static\/[^'"]+\.(?:js|css|woff2?)/g)].map(([path]) => path)
  return [...new Set(paths)].map((path) => decodeURIComponent(path.replace('/_next/static/', '')))
}

test('the service worker is of this build and keeps at most 3 MB from the start, nothing of the scene or of charts', async () => {
  const worker = await readFile(join(standaloneDir, 'public', 'sw.js'), 'utf8')
  expect(worker).toContain((await readFile(join(standaloneDir, '.next', 'BUILD_ID'), 'utf8')).trim())
  const paths = await precached(worker)
  expect(paths.length).toBeGreaterThan(20)
  expect(paths.some((path) => path.includes('(console)/ask/page'))).toBe(true)
  let bytes = 0
  const heavy: string[] = []
  for (const path of paths) {
    const file = join(standaloneDir, '.next', 'static', path)
    bytes += (await stat(file)).size
    // Words that three.js, WebXR's emulator and input models, and the chart libraries leave in their code.
    if (/\.js$/.test(path) && /THREE\.WebGLRenderer|WebGLRenderer:|iwer|MuiChartsSurface|MuiLineChart|uplot/.test(await readFile(file, 'utf8')))
      heavy.push(path)
  }
  expect(heavy).toEqual([])
  expect(bytes, `${bytes} bytes`).toBeLessThanOrEqual(3_000_000)
  expect(bytes).toBeGreaterThan(500_000)
})
