// What the build gives: to the browser no more than it may have, to the server all that it starts.
import { readdir, readFile } from 'node:fs/promises'
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

test('the scripts of the documentation pages come from here', async () => {
  const files = await readdir(join(standaloneDir, 'public', 'vendor'))
  expect(files.sort()).toEqual(['redoc.standalone.js', 'swagger-ui-bundle.js', 'swagger-ui.css'])
})

test('the thread that analyses texts runs from the build', async () => {
  const thread = new Worker(join(standaloneDir, 'server', 'neural', 'knowledge', 'analysis-worker.js'))
  const reply = new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject))
  thread.postMessage({ id: 7, texts: ['The engine turns silver gears.'] })
  expect(await reply).toMatchObject({ id: 7, analysed: [{ summary: 'The engine turns silver gears.' }] })
  await thread.terminate()
})
