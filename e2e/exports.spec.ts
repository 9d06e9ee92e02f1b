// What a person takes away: exports, made by a job, and originals.
import { readFile } from 'node:fs/promises'
import type { Download, Page } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
import { forget, learn, type SourceState } from './rest-client.ts'

skipWithoutBrowser()

const phone = { width: 390, height: 844 }
const text = '# Sollund ferry\n\nThe ferry to Sollund leaves at nine.\n'
let source: SourceState
test.beforeAll(async () => {
  source = await learn('Sollund ferry', text)
})
test.afterAll(() => forget(source.id))

async function downloaded(page: Page, name: RegExp): Promise<{ file: Download; content: string }> {
  const coming = page.waitForEvent('download')
  await page.getByRole('link', { name }).first().click()
  const file = await coming
  return { file, content: await readFile(await file.path(), 'utf8') }
}

for (const { path, what, button, link, holds } of [
  { path: '/account', what: 'one’s own data', button: 'Export to read', link: /^Download personal-data\.html/, holds: 'What AIA holds about' },
  { path: '/admin/audit', what: 'the audit log', button: 'Export', link: /^Download audit-\d+\.jsonl/, holds: 'audit.startAuditExport' },
  { path: '/knowledge', what: 'all knowledge', button: 'Export', link: /^Download knowledge\.jsonl/, holds: 'The ferry to Sollund' },
])
  test(`${what} is made into a file where it is asked for, downloaded and removed again`, async ({ signedInPage: page }) => {
    await page.goto(path)
    const ask = page.getByRole('button', { name: button, exact: true })
    await ask.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('link', { name: link })).toBeVisible()
    await expect(page.getByRole('status').filter({ hasText: 'The export is ready.' })).toBeAttached()
    const { file, content } = await downloaded(page, link)
    expect(file.suggestedFilename()).toMatch(/^(?:personal-data\.html|audit-\d+\.jsonl|knowledge\.jsonl)$/)
    expect(content).toContain(holds)
    await expectAccessible(page)
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.setViewportSize(phone)
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    await page
      .getByRole('button', { name: /^Remove / })
      .first()
      .click()
    await expect(page.getByRole('link', { name: link })).toHaveCount(0)
  })

test('an export is among the jobs', async ({ signedInPage: page }) => {
  await page.goto('/admin/jobs?name=export')
  await expect(page.getByRole('row').filter({ hasText: 'Knowledge' }).first()).toBeVisible()
})

test('the original of a source is downloaded as it was given', async ({ signedInPage: page }) => {
  await page.goto(`/knowledge/sources/${source.id}`)
  const { file, content } = await downloaded(page, /^Download the original$/)
  expect(file.suggestedFilename()).toMatch(/^Sollund ferry\.\w+$/)
  expect(content).toBe(text)
  await page.setViewportSize(phone)
  await expectAccessible(page)
  await expectNoSidewaysScroll(page)
})
