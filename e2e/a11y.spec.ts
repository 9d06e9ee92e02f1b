// Every page of the console against WCAG 2.1 A and AA, dark and wide, light and as wide as a phone, by rule and by keyboard. The list is read from app/, so
// that no page is forgotten.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { projectDir } from '../scripts/setup.mjs'
import { expect, expectAccessible, expectLoaded, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
import { expectReadable } from './reading.ts'
import { call, forget, learn, type SourceState } from './rest-client.ts'

skipWithoutBrowser()

const app = join(projectDir, 'app')
const phone = { width: 390, height: 844 }

/** The addresses of all pages: folders in round brackets are no part of them. */
const addresses = readdirSync(app, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name === 'page.tsx')
  .map((entry) => `/${relative(app, entry.parentPath)}`)
  .map((path) => path.replaceAll(/\/\([^)]+\)/g, '') || '/')
  .sort()

/** Those that lead elsewhere, need an invitation or another program's request, or show made-up graphs. */
const elsewhere = new Set(['/', '/admin', '/knowledge/sources', '/consent/[uid]', '/invitation', '/signin'])
const pages = addresses.filter((path) => !elsewhere.has(path) && !path.startsWith('/lab'))

let source: SourceState | undefined
let result = ''

test.beforeAll(async () => {
  source = await learn(
    'Granholt mine',
    '# Granholt mine\n\nThe Granholt mine was dug in 1702. It gave silver until 1840.\n\n## Shafts\n\nIts shaft reaches 310 metres.\n',
  )
  const answer = await call<{ id: string }>('/api/v1/neural/process', { json: { data: { question: 'When was the Granholt mine dug?' } } })
  expect(answer.status).toBe(200)
  result = answer.body.id
})
test.afterAll(async () => {
  if (source) await forget(source.id)
})

test('there are pages to look at', () => {
  expect(pages.length).toBeGreaterThan(15)
  for (const path of ['/ask', '/knowledge', '/knowledge/atoms', '/admin/people', '/admin/audit', '/account', '/offline'])
    expect(pages).toContain(path)
})

const chart = '/analytics?measurement=enterprise_usage&metric=calls&by=operation&range=1h'

for (const path of [...pages, '/ask?result', chart]) {
  const address = () => path.replace('[id]', source?.id ?? '').replace('?result', `?result=${result}`)
  test(`${path} is accessible, dark and wide, light and on a phone`, async ({ signedInPage: page }) => {
    await page.goto(address())
    await expectLoaded(page)
    await test.step('dark and wide', () => expectAccessible(page))
    await test.step('by keyboard', () => expectReadable(page, { frame: path !== '/offline' }))
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.setViewportSize(phone)
    await expectLoaded(page)
    await test.step('light and on a phone', () => expectAccessible(page))
    await expectNoSidewaysScroll(page)
  })
}

test('the pages of a stranger and the laboratory are accessible', async ({ page }) => {
  for (const path of ['/signin', '/invitation', '/offline', '/lab/graph?nodes=40&edges=80&seed=7&layout=off']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached()
    if (path.startsWith('/lab')) await page.waitForFunction(() => window.aiaGraph)
    await expectAccessible(page)
    await test.step(`${path} by keyboard`, () => expectReadable(page, { frame: false }))
  }
})

/** Notes what a live region says from now on; it must be there before, since only a change is read out. */
async function hear(page: Page, region: Locator): Promise<() => Promise<string[]>> {
  await expect(region).toHaveCount(1)
  // What is not displayed is no region.
  expect(await region.evaluate((element) => element.checkVisibility())).toBe(true)
  const [role, live] = await region.evaluate((element) => [element.getAttribute('role'), element.getAttribute('aria-live')])
  expect(role === 'status' || role === 'log' || live === 'polite', `${role} ${live}`).toBe(true)
  const handle = await region.elementHandle()
  await page.evaluate((element) => {
    const heard: string[] = []
    const said = () => element?.textContent?.trim() ?? ''
    Object.assign(window, { heard })
    if (element)
      new MutationObserver(() => said() !== heard.at(-1) && heard.push(said())).observe(element, {
        childList: true,
        subtree: true,
        characterData: true,
      })
  }, handle)
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard)
}

test('live regions are there before anything happens, and say what happens', async ({ signedInPage: page, context, complaints }) => {
  await page.setViewportSize(phone)
  await page.goto('/ask')
  await expectLoaded(page)
  await test.step('the stream', async () => {
    const chip = page.locator('[data-live]')
    await expect(chip).toHaveAttribute('data-live', 'Live')
    const heard = await hear(page, chip)
    const see = (state: 'hidden' | 'visible') =>
      page.evaluate((visibility) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility })
        document.dispatchEvent(new Event('visibilitychange'))
      }, state)
    await see('hidden')
    await expect.poll(async () => (await heard()).join()).toMatch(/Paused/)
    await see('visible')
    await expect.poll(async () => (await heard()).at(-1)).toMatch(/Live/)
  })
  await test.step('the connection, and what waits', async () => {
    const state = page.getByRole('status', { name: 'Connection' })
    const heard = await hear(page, state)
    await context.setOffline(true)
    await expect.poll(async () => (await heard()).join()).toMatch(/No connection/)
    await page.getByRole('textbox', { name: 'Your question' }).fill('How deep is the shaft of the Granholt mine?')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await heard()).join()).toMatch(/1 thing waits to be sent/)
    await context.setOffline(false)
    await expect.poll(async () => (await heard()).at(-1)).toBe('')
  })
  await test.step('an answer', async () => {
    await page.goto('/ask')
    await expectLoaded(page)
    const heard = await hear(page, page.getByRole('status', { name: 'Answer' }))
    await page.getByRole('textbox', { name: 'Your question' }).fill('When was the Granholt mine dug?')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await heard()).join()).toMatch(/Answered/)
  })
  // A call that was broken off is what was asked for.
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text)))
})
