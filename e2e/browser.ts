import AxeBuilder from '@axe-core/playwright'
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test'
import { findChromium, missingChromium } from '../scripts/chromium.mjs'
import { serverUnderTest } from './account.ts'

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>

/** Fills the sign-in form and waits until the console is there. */
export async function signInByForm(page: Page, password: string): Promise<void> {
  await page.getByRole('textbox', { name: /email/i }).fill(serverUnderTest().email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** `page` is signed in; what the browser complains about fails the test. */
export const test = base.extend<{ signedInPage: Page; complaints: string[] }, { session: StorageState }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the wanted fixtures from a pattern
  baseURL: async ({}, use) => use(serverUnderTest().url),
  session: [
    async ({ browser }, use) => {
      const page = await browser.newPage({ baseURL: serverUnderTest().url })
      await page.goto('/signin')
      await signInByForm(page, serverUnderTest().password)
      await expect(page).toHaveURL(/\/overview/)
      const state = await page.context().storageState()
      await page.close()
      await use(state)
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: see above
  complaints: async ({}, use) => {
    const complaints: string[] = []
    await use(complaints)
    expect(complaints, 'errors in the browser’s console').toEqual([])
  },
  signedInPage: async ({ page, session, complaints }, use) => {
    await page.context().addCookies(session.cookies)
    watch(page, complaints)
    await use(page)
  },
})

/** Notes errors of a page: exceptions, policy violations and what the console calls an error. Refused calls (4xx) are an answer, not an error. */
export function watch(page: Page, complaints: string[]): void {
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text())
  })
}

export const skipWithoutBrowser = (): void => test.skip(findChromium() === null, missingChromium)

/** Waits until a page shows what it is about. A page with live data never has a silent network. */
export async function expectLoaded(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
  await expect(page.getByRole('status', { name: /^Loading/ })).toHaveCount(0)
}

/** WCAG 2.1 A and AA as far as a machine can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  // Legacy mode finishes in the page itself instead of a second one, which only frames of other origins need.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary ?? ''}`).join(' | ')}`),
  ).toEqual([])
}

/** Nothing is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wider = await page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return []
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`)
      .slice(0, 5)
  })
  expect(wider).toEqual([])
}

export { expect }
