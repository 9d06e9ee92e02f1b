// Without a connection, on a standalone server of its own behind a line that can be cut: what was seen opens, what is done waits and is sent once.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from '@playwright/test'
import { standaloneDir } from '../scripts/setup.mjs'
import { type StandaloneServer, startStandalone } from '../scripts/standalone.mjs'
import { expect, expectAccessible, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
import { everythingKept, expectNothingLeft, isInBrowserCache } from './left-behind.ts'
import { Line } from './line.ts'

skipWithoutBrowser()
test.describe.configure({ mode: 'serial' })
test.use({ serviceWorkers: 'allow' })

const line = new Line()
let server: StandaloneServer
let url = ''
let token = ''

const notes = '# Lighthouse of Varsund\n\nThe lighthouse of Varsund was lit in 1871 by the keeper Ingrid Holm. Its lamp burns colza oil.\n'

async function rest<T>(path: string, json?: unknown): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, ...(json ? { 'content-type': 'application/json' } : {}) }
  const response = await fetch(server.url + path, { method: json ? 'POST' : 'GET', headers, ...(json ? { body: JSON.stringify(json) } : {}) })
  expect(response.ok, `${path} ${response.status}`).toBe(true)
  return (await response.json()) as T
}

type Results = { items: { id: string; question: string }[] }
const questionsAsked = async () => (await rest<Results>('/api/v1/neural/results?limit=100')).items.map(({ question }) => question)

test.beforeAll(async () => {
  url = await line.open()
  server = await startStandalone({ AIA_STARTER: 'off', AIA_PUBLIC_URL: url })
  line.to(server.url)
  const { email, password } = server
  const signedIn = await fetch(`${server.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  token = ((await signedIn.json()) as { access_token: string }).access_token
  await rest('/api/v1/neural/sources', { title: 'Lighthouse of Varsund', content: notes, content_type: 'text/markdown' })
  await expect.poll(async () => (await rest<{ sources: { ready: number } }>('/api/v1/neural/status')).sources.ready).toBe(1)
})

test.afterAll(async () => {
  await line.close()
  expect(await server?.stop()).toBe(0)
})

test.beforeEach(() => {
  line.mend()
  line.instead = () => null
  line.rewrites = () => false
})

/** Violations of the page's policy, as the browser reports them. */
async function watchPolicy(context: BrowserContext): Promise<string[]> {
  const violations: string[] = []
  await context.exposeFunction('noteViolation', (text: string) => void violations.push(text))
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const note = (window as unknown as { noteViolation(text: string): void }).noteViolation
      note(`${event.violatedDirective} ${event.blockedURI} on ${location.pathname}`)
    })
  })
  return violations
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${url}/signin`)
  await page.getByRole('textbox', { name: /email/i }).fill(server.email)
  await page.getByLabel('Password', { exact: true }).fill(server.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).not.toHaveURL(/\/signin/)
  await page.goto(`${url}/ask`)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
}

const keptPages = (page: Page) =>
  page.evaluate(async () => {
    if (!(await caches.has('aia-pages'))) return []
    return (await (await caches.open('aia-pages')).keys()).map((request) => new URL(request.url).pathname + new URL(request.url).search)
  })

const untilKept = (page: Page) => expect.poll(() => keptPages(page)).toContain(new URL(page.url()).pathname + new URL(page.url()).search)

async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your question' }).fill(question)
  await page.keyboard.press('Enter')
}

const mapPath = '/api/v1/neural/graph/map?'
/** Words of this workspace and of who works in it. */
const theirs = () => ['Varsund', 'Ingrid Holm', server.email]

const answersKept = async (page: Page) => (await everythingKept(page, [])).filter(({ where }) => where === 'aia/seen').length

async function goOffline(context: BrowserContext): Promise<void> {
  line.cut()
  await context.setOffline(true)
}
async function goOnline(context: BrowserContext): Promise<void> {
  line.mend()
  await context.setOffline(false)
}

test('opens what was seen, says what was not, queues what is done, and sends it once', async ({ context, page }) => {
  const violations = await watchPolicy(context)
  await signIn(page)
  let sourcePath = ''

  await test.step('something is seen', async () => {
    await ask(page, 'Who lit the lighthouse of Varsund?')
    await expect(page.getByRole('article')).toContainText('Ingrid Holm')
    await untilKept(page)
    await page
      .getByRole('link', { name: /^Sources/ })
      .first()
      .click()
    await expect(page.getByRole('row').filter({ hasText: 'Lighthouse of Varsund' })).toBeVisible()
    await expect(page).toHaveURL(/\/knowledge$/)
    await untilKept(page)
    await page.getByRole('link', { name: 'Lighthouse of Varsund' }).first().click()
    await expect(page).toHaveURL(/\/knowledge\/sources\//)
    await expect(page.getByText('colza oil').first()).toBeVisible()
    await untilKept(page)
    sourcePath = new URL(page.url()).pathname
  })
  const answerPath = (await keptPages(page)).find((path) => path.includes('result=')) ?? ''
  expect(answerPath).not.toBe('')

  await test.step('offline, the pages come with their own policy and what was seen', async () => {
    await goOffline(context)
    for (const [path, text] of [
      [answerPath, 'Ingrid Holm'],
      [sourcePath, 'colza oil'],
      ['/knowledge', 'Lighthouse of Varsund'],
    ] as const) {
      const response = await page.goto(url + path)
      expect(response?.fromServiceWorker(), path).toBe(true)
      const nonce = /'nonce-([^']+)'/.exec((await response?.allHeaders())?.['content-security-policy'] ?? '')?.[1] ?? 'none'
      expect(await response?.text(), path).toContain(`nonce="${nonce}"`)
      await expect(page.getByText(text).first()).toBeVisible()
    }
    await expect(page.getByRole('button', { name: /Offline/ })).toBeVisible()
    await expectAccessible(page)
  })

  await test.step('what was not seen leads to a page that says so and lists what opens', async () => {
    await page.goto(`${url}/admin/limits`)
    await expect(page.getByRole('heading', { name: 'There is no connection' })).toBeVisible()
    await expect(page.getByRole('navigation', { name: 'Pages on this device' }).getByRole('link').first()).toBeVisible()
    await expectAccessible(page)
    expect(violations).toEqual([])
  })

  await test.step('a question, a judgement and files wait, and are still there after a reload', async () => {
    await page.goto(url + answerPath)
    await page.getByRole('button', { name: 'Useful: the answer', exact: true }).click()
    await ask(page, 'What does the lamp of Varsund burn?')
    await expect(page.getByText('Queued').first()).toBeVisible()
    await page.goto(`${url}/knowledge`)
    await page.getByLabel('Files to add', { exact: true }).setInputFiles([
      { name: 'harbour.md', mimeType: 'text/markdown', buffer: Buffer.from('# Harbour\n\nThe harbour of Varsund freezes in February.\n') },
      { name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') },
    ])
    await expect(page.getByRole('region', { name: 'Queued documents' })).toContainText('harbour.md')
    await page.reload()
    await page.getByRole('button', { name: /Offline · 4 queued/ }).click()
    const list = page.getByRole('list', { name: 'Outbox' })
    await expect(list.getByRole('listitem')).toHaveCount(4)
    await expectAccessible(page)
    await page.setViewportSize({ width: 390, height: 844 })
    await expectNoSidewaysScroll(page)
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.getByRole('button', { name: 'Change: What does the lamp of Varsund burn?' }).click()
    await page.getByRole('textbox', { name: 'Question' }).fill('Which oil does the lamp of Varsund burn?')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(list).toContainText('Which oil does the lamp of Varsund burn?')
    expect(await questionsAsked()).toEqual(['Who lit the lighthouse of Varsund?'])
  })

  await test.step('reconnected with two tabs open, each is done once, and what was refused is shown and kept', async () => {
    const second = await context.newPage()
    await second.goto(url + answerPath)
    await goOnline(context)
    await expect.poll(questionsAsked).toContain('Which oil does the lamp of Varsund burn?')
    const refused = page.getByRole('list', { name: 'Outbox' }).getByRole('listitem').filter({ hasText: 'picture.png' })
    await expect(refused).toContainText('Not taken')
    expect((await questionsAsked()).filter((question) => question.includes('lamp'))).toHaveLength(1)
    const { items } = await rest<{ items: { title: string }[] }>('/api/v1/neural/sources?limit=100')
    expect(items.filter(({ title }) => /harbour/i.test(title))).toHaveLength(1)
    const result = await rest<{ feedback: { citation: number; useful: boolean }[] }>(
      `/api/v1/neural/results/${new URL(url + answerPath).searchParams.get('result')}`,
    )
    expect(result.feedback).toEqual([{ citation: 0, useful: true }])
    await page.getByRole('link', { name: 'Open the answer' }).click()
    await expect(page.getByRole('article')).toContainText('colza oil')
    await expect(page.getByRole('button', { name: /1 not taken/ })).toBeVisible()
    await second.close()
  })

  await test.step('signing out takes everything away, after a word about what was not sent', async () => {
    expect(await answersKept(page)).toBeGreaterThan(0)
    await page.goto(`${url}/graph?view=table`)
    await expect(page.getByRole('table', { name: 'Atoms of the graph' })).toContainText('Lighthouse of Varsund')
    await untilKept(page)
    expect(await isInBrowserCache(page, mapPath)).toBe(true)
    const before = await everythingKept(page, theirs())
    for (const where of ['aia-pages', 'aia/seen', 'aia/outbox', 'aia/facts']) expect(before.map((entry) => entry.where)).toContain(where)
    expect(before.some(({ words }) => words.includes('Varsund'))).toBe(true)
    await page.getByRole('button', { name: /^You/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Remove and sign out' }).click()
    await expect(page).toHaveURL(/\/signin/)
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled()
    await expectNothingLeft(page, theirs())
    expect(await isInBrowserCache(page, mapPath)).toBe(false)
    await goOffline(context)
    await page.goto(url + answerPath)
    await expect(page.getByRole('heading', { name: 'There is no connection' })).toBeVisible()
    await expect(page.getByText('Ingrid Holm')).toHaveCount(0)
    await expect(page.getByRole('navigation', { name: 'Pages on this device' })).toHaveCount(0)
  })
  expect(violations).toEqual([])
})

type Sessions = { items: { id: string; user_agent: string | null }[] }
const browserSessions = async () => (await rest<Sessions>('/api/v1/auth/sessions')).items.filter(({ user_agent: agent }) => agent?.includes('Chrome'))

test('signing out without a connection wipes at once, and ends the session before anything else is asked', async ({ context, page }) => {
  const isSignedOut = (tab: Page) => expect(tab.getByRole('heading', { name: 'You are signed out on this device' })).toBeVisible()
  const signOutOffline = async (tab: Page) => {
    await tab.goto(`${url}/graph?view=table`)
    await expect(tab.getByRole('table', { name: 'Atoms of the graph' })).toContainText('Lighthouse of Varsund')
    await untilKept(tab)
    await goOffline(context)
    await tab.getByRole('button', { name: /^You/ }).click()
    await tab.getByRole('menuitem', { name: 'Sign out' }).click()
    await isSignedOut(tab)
    await expectNothingLeft(tab, theirs(), { ended: false })
  }

  await test.step('a page of the workspace, opened first of all, shows and asks nothing before that', async () => {
    const tab = await context.newPage()
    // As in Safari, where no worker ends the session first.
    await tab.addInitScript(() => Object.defineProperty(ServiceWorkerRegistration.prototype, 'sync', { value: undefined }))
    await signIn(tab)
    await signOutOffline(tab)
    await tab.goto('about:blank')
    const asked: string[] = []
    tab.on('response', (response) => {
      const { pathname } = new URL(response.url())
      if (/^\/(?:rpc|api)\//.test(pathname)) asked.push(`${pathname} ${response.status()}`)
    })
    await goOnline(context)
    await tab.goto(`${url}/knowledge`)
    await expect(tab).toHaveURL(/\/signin/)
    expect(asked.slice(0, 2)).toEqual(['/api/auth/csrf 200', '/api/auth/signout 200'])
    expect(asked.filter((call) => !call.startsWith('/api/auth/') && !call.endsWith(' 401'))).toEqual([])
    await expect(tab.getByRole('button', { name: 'Sign in' })).toBeEnabled()
    await expectNothingLeft(tab, theirs())
    await tab.close()
  })

  await test.step('in every tab; as soon as there is a connection the session is ended', async () => {
    await signIn(page)
    const open = (await browserSessions()).length
    const other = await context.newPage()
    await other.goto(`${url}/knowledge`)
    await expect(other.getByText('Lighthouse of Varsund').first()).toBeVisible()
    await signOutOffline(page)
    await isSignedOut(other)
    await expect(other.getByText('Lighthouse of Varsund')).toHaveCount(0)
    await expectAccessible(page)
    await page.goto(`${url}/knowledge`)
    await isSignedOut(page)
    await other.close()
    expect(await browserSessions()).toHaveLength(open)
    await goOnline(context)
    await expect(page).toHaveURL(/\/signin/)
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled()
    expect(await browserSessions()).toHaveLength(open - 1)
    await expectNothingLeft(page, theirs())
    expect(await isInBrowserCache(page, mapPath)).toBe(false)
  })

  await test.step('and who signs in next stays signed in', async () => {
    await signIn(page)
    await page.goto(`${url}/knowledge`)
    await expect(page.getByText('Lighthouse of Varsund').first()).toBeVisible()
  })
})

test('a session ended from elsewhere leaves nothing to see', async ({ context, page }) => {
  await signIn(page)
  await page.goto(`${url}/knowledge`)
  await expect(page.getByRole('row').filter({ hasText: 'Lighthouse of Varsund' })).toBeVisible()
  await expect.poll(() => answersKept(page)).toBeGreaterThan(0)
  await untilKept(page)
  await page.goto(`${url}/graph?view=table`)
  await expect(page.getByRole('table', { name: 'Atoms of the graph' })).toContainText('Lighthouse of Varsund')
  for (const { id } of await browserSessions())
    await fetch(`${server.url}/api/v1/auth/sessions/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
  await page.reload()
  await expect(page).toHaveURL(/\/signin/)
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled()
  await expectNothingLeft(page, theirs())
  expect(await isInBrowserCache(page, mapPath)).toBe(false)
  await goOffline(context)
  await page.goto(`${url}/knowledge`)
  await expect(page.getByText('Lighthouse of Varsund')).toHaveCount(0)
})

test('what another app shares waits, and is added', async ({ page }) => {
  await signIn(page)
  // As the system posts it to the address that the manifest names.
  await page.evaluate(() => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '/share', enctype: 'multipart/form-data' })
    for (const [name, value] of [
      ['title', 'Ferry of Varsund'],
      ['text', 'The ferry of Varsund leaves at six.'],
    ] as const)
      form.append(Object.assign(document.createElement('input'), { name, value }))
    document.body.append(form)
    form.submit()
  })
  await expect(page).toHaveURL(/\/knowledge\?outbox=open/)
  await expect(page.getByRole('list', { name: 'Outbox' })).toContainText('Ferry of Varsund')
  await expect
    .poll(async () => (await rest<{ items: { title: string }[] }>('/api/v1/neural/sources?limit=100')).items.map(({ title }) => title))
    .toContain('Ferry of Varsund')
})

test('a new deployment under an open tab: one prompt, no chunk error', async ({ context, page }) => {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await signIn(page)
  await untilKept(page)
  const build = await readFile(join(standaloneDir, '.next', 'BUILD_ID'), 'utf8')
  // The server is another build now: its worker says so, and of the old one's files it has none.
  line.rewrites = (path) => path === '/sw.js'
  line.rewrite = (_, body) => {
    expect(body).toContain(build)
    return body.replaceAll(build, 'another-build')
  }
  line.instead = (path) => (path.startsWith('/_next/static/chunks/') ? { status: 404, headers: {}, body: '' } : null)
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()))
  const prompt = page.getByRole('alert').filter({ hasText: 'A new version of AIA is ready' })
  await expect(prompt).toHaveCount(1)

  await test.step('the old tab goes on working from what it has', async () => {
    await page.getByRole('link', { name: 'Learning', exact: true }).first().click()
    await expect(page.getByRole('heading', { level: 1, name: 'Learning' })).toBeVisible()
    await expect(prompt).toHaveCount(1)
    expect(errors).toEqual([])
  })

  await test.step('a part that is not there any more asks in its place, and then nothing else does', async () => {
    const reload = page.getByRole('button', { name: 'Reload' })
    await page.getByRole('link', { name: 'Graph', exact: true }).first().click()
    await expect(page.getByText('This part belongs to the version before.')).toBeVisible()
    await expect(reload).toHaveCount(1)
    await expect(prompt).toHaveCount(1)
    await page.getByRole('link', { name: 'Learning', exact: true }).first().click()
    await expect(page.getByRole('heading', { level: 1, name: 'Learning' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Later' })).toBeVisible()
    await expect(reload).toHaveCount(1)
  })

  await test.step('reloading takes the new version, once', async () => {
    line.instead = () => null
    const loaded = page.waitForEvent('load')
    await prompt.getByRole('button', { name: 'Reload' }).click()
    await loaded
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    const active = await page.evaluate(async () => {
      const worker = (await navigator.serviceWorker.getRegistration())?.active
      return new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = ({ data }) => resolve(data)
        worker?.postMessage({ type: 'build' }, [port2])
      })
    })
    expect(active).toBe('another-build')
  })
  await context.close()
})
