// Every page of the console against WCAG 2.1 A and AA, dark and wide, light and as wide as a phone. The list is read from app/, so that no page is forgotten.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { projectDir } from '../scripts/setup.mjs'
import { expect, expectAccessible, expectLoaded, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
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
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.setViewportSize(phone)
    await expectLoaded(page)
    await test.step('light and on a phone', () => expectAccessible(page))
    await expectNoSidewaysScroll(page)
  })
}

test('the pages of a stranger are accessible', async ({ page }) => {
  for (const path of ['/signin', '/invitation', '/offline']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    await expectAccessible(page)
  }
})
