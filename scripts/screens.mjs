// npm run screens: pictures of every place, wide and on a phone, dark and light, from a fresh standalone server that has read
// its first workspace. They go to docs/screens/; the two that an installing device shows go to public/screenshots/ too.
import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { chromiumFlags, findChromium, missingChromium } from './chromium.mjs'
import { showProgress } from './command.mjs'
import { reportAndExit, SetupFailure } from './failure.mjs'
import { checkNode, ensureBuild, ensurePackages, projectDir } from './setup.mjs'
import { startStandalone } from './standalone.mjs'

const folder = join(projectDir, 'docs', 'screens')
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
const question = 'What licence does chalk have, and what does it depend on?'
const workspaceLimitMs = 10 * 60_000
const settleMs = 8_000
const sceneRestsMs = 4_000

async function post(url, path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

async function untilWorkspaceIsRead(url, token) {
  const done = showProgress('Reading the first workspace')
  const until = Date.now() + workspaceLimitMs
  while (Date.now() < until) {
    const response = await fetch(`${url}/api/v1/neural/status`, { headers: { authorization: `Bearer ${token}` } })
    const status = await response.json()
    const open = status.sources.queued + status.sources.processing
    if (status.atoms > 0 && status.starter === null && open === 0) return done(`${status.atoms} atoms, ${status.pathways} pathways`)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
  }
  done('still going on; taking the pictures as it is')
}

/** Every place as path and name of its picture. */
function placesOf(answer) {
  const places = {
    overview: '/overview',
    ask: `/ask?result=${answer.id}`,
    start: '/ask',
    sources: '/knowledge',
    atoms: '/knowledge/atoms',
    'graph-3d': '/graph',
    'graph-2d': '/graph?view=2d',
    'graph-communities': '/graph?groups=1',
    'graph-table': '/graph?view=table',
    'graph-tree': '/graph?view=tree',
    analytics: '/analytics',
    learning: '/learning',
    people: '/admin/people',
    audit: '/admin/audit',
    jobs: '/admin/jobs',
    offline: '/offline',
  }
  const [step] = answer.path
  if (step) places['graph-path'] = `/graph?from=${step.from}&to=${step.to}`
  const [citation] = answer.citations
  if (!citation) return places
  const { source_id, atom_id, start, end } = citation
  return { ...places, source: `/knowledge/sources/${source_id}?start=${start}&end=${end}`, atom: `/knowledge/atoms?atom=${atom_id}` }
}

/** Until nothing is being loaded. A place with live data never has a silent network, so it gets a moment only; a scene rests once it is laid out. */
async function settled(page) {
  await page.waitForLoadState('networkidle', { timeout: settleMs }).catch(() => {})
  await page
    .waitForFunction(() => document.querySelector('[role="status"][aria-label^="Loading"]') === null, null, { timeout: settleMs })
    .catch(() => {})
  await page.evaluate(() => document.fonts.ready)
  if (await page.locator('canvas').count()) await page.waitForTimeout(sceneRestsMs)
}

/** The pictures of the manifest, which a device shows before it installs. */
function showInManifest() {
  const shown = join(projectDir, 'public', 'screenshots')
  mkdirSync(shown, { recursive: true })
  copyFileSync(join(folder, 'ask-dark-wide.png'), join(shown, 'wide.png'))
  copyFileSync(join(folder, 'ask-dark-phone.png'), join(shown, 'narrow.png'))
}

async function shoot(server, places) {
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
  try {
    const context = await browser.newContext({ baseURL: server.url, locale: 'en-US', reducedMotion: 'reduce', serviceWorkers: 'block' })
    const page = await context.newPage()
    await page.goto('/signin')
    const signInPage = page.url()
    await page.getByRole('textbox', { name: /email/i }).fill(server.email)
    await page.getByLabel('Password', { exact: true }).fill(server.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/overview/)
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport)
      for (const colorScheme of ['dark', 'light']) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        for (const [name, path] of Object.entries(places)) {
          await page.goto(path)
          await settled(page)
          await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${size}.png`) })
        }
      }
    }
    const stranger = await browser.newPage({ viewport: sizes.wide, colorScheme: 'dark' })
    await stranger.goto(signInPage)
    await stranger.screenshot({ path: join(folder, 'signin-dark-wide.png') })
  } finally {
    await browser.close()
  }
}

try {
  checkNode()
  await ensurePackages()
  await ensureBuild()
  if (!findChromium()) throw new SetupFailure(`${missingChromium}.`)
  mkdirSync(folder, { recursive: true })
  const server = await startStandalone({ AIA_STARTER: process.env.AIA_STARTER ?? 'on' })
  try {
    const { access_token: token } = await post(server.url, '/api/v1/auth/login', { email: server.email, password: server.password })
    await untilWorkspaceIsRead(server.url, token)
    const answer = await post(
      server.url,
      '/api/v1/neural/process',
      { data: { question }, processing_type: 'enterprise', enterprise_tier: 'fortune_500' },
      token,
    )
    await shoot(server, placesOf(answer))
    showInManifest()
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
    console.log(`The pictures are in ${folder}: ${(bytes / 2 ** 20).toFixed(1)} MB`)
  } finally {
    await server.stop()
  }
} catch (error) {
  reportAndExit(error)
}
