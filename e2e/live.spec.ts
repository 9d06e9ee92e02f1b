// The places that follow what happens: Overview and Analytics, on the standalone server.
import { readFile } from 'node:fs/promises'
import { expect, expectAccessible, skipWithoutBrowser, test } from './browser.ts'
import { forget, learn } from './rest-client.ts'

skipWithoutBrowser()

const figure = (name: string) => `[data-figure="${name}"]`
const number = async (text: Promise<string | null>) => Number((await text)?.replaceAll(',', ''))

test('overview follows a document that is added elsewhere, without a reload', async ({ signedInPage: page }) => {
  await page.goto('/overview')
  await expect(page.locator('[data-live="Live"]')).toBeVisible()
  const atoms = page.locator(figure('Atoms'))
  await expect(atoms).toHaveText(/\d/)
  const before = await number(atoms.textContent())
  await page.evaluate(() => {
    ;(window as unknown as { sameWindow: boolean }).sameWindow = true
  })
  const source = await learn('Tarnwick quay', '# Tarnwick quay\n\nThe quay of Tarnwick has nine bollards.\n\nIts crane lifts four tonnes.\n')
  await expect(page.getByRole('region', { name: 'Activity' })).toContainText('Tarnwick quay')
  await expect.poll(async () => number(atoms.textContent())).toBeGreaterThan(before)
  await forget(source.id)
  await expect.poll(async () => number(atoms.textContent())).toBe(before)
  expect(await page.evaluate(() => (window as unknown as { sameWindow?: boolean }).sameWindow)).toBe(true)
  await expectAccessible(page)
})

test('a hidden window has no stream, and catches up when it is seen', async ({ signedInPage: page }) => {
  const streams: string[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/v1/events') streams.push((request.headers()['last-event-id'] ?? '') as string)
  })
  await page.goto('/overview')
  await expect(page.locator('[data-live="Live"]')).toBeVisible()
  const opened = streams.length
  const see = (state: 'hidden' | 'visible') =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility })
      document.dispatchEvent(new Event('visibilitychange'))
    }, state)
  await see('hidden')
  await expect(page.locator('[data-live="Paused"]')).toBeVisible()
  const source = await learn('Ravensgill weir', '# Ravensgill weir\n\nThe weir at Ravensgill is two metres high.\n')
  expect(streams.length).toBe(opened)
  await expect(page.getByRole('region', { name: 'Activity' })).not.toContainText('Ravensgill weir')
  await see('visible')
  await expect(page.getByRole('region', { name: 'Activity' })).toContainText('Ravensgill weir')
  expect(streams.at(-1)).toMatch(/\.\d+$/)
  await forget(source.id)
})

test('a figure leads to its series, whose table is the file', async ({ signedInPage: page }) => {
  await page.goto('/overview')
  await page.getByRole('main').getByRole('link', { name: 'Atoms', exact: true }).click()
  await expect(page).toHaveURL(/\/analytics\?.*metric=atoms/)
  await expect(page.getByRole('heading', { level: 2, name: /^Atoms/ })).toBeVisible()
  // What was measured is written four times a minute.
  await page.goto('/analytics?measurement=enterprise_usage&metric=calls&by=door&range=1h&live=off')
  const table = page.locator('table[data-series]')
  await expect(async () => {
    await page.reload()
    await expect(table).toBeVisible({ timeout: 3_000 })
  }).toPass({ timeout: 45_000 })
  await expect(page.locator('[data-chart] svg').first()).toBeVisible()
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
  const lines = (await readFile(await csv.path(), 'utf8')).trimEnd().split('\r\n')
  const shown = await table
    .locator('tr')
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent?.trim()).join(',')))
  expect([lines[0], ...lines.slice(1).reverse()]).toEqual(shown)
  expect(lines.length).toBeGreaterThan(1)
  const [png] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()])
  const picture = await readFile(await png.path())
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  expect(picture.length).toBeGreaterThan(5_000)
})

test('the whole view stands in the address, can be saved and looked at closer by keyboard', async ({ signedInPage: page }) => {
  await page.goto('/analytics?measurement=enterprise_usage&metric=calls&range=1h')
  await page.getByRole('combobox', { name: 'A line for each' }).click()
  await page.getByRole('option', { name: 'Outcome' }).click()
  await expect(page).toHaveURL(/by=outcome/)
  await page.getByRole('switch', { name: 'Compare with before' }).click()
  await expect(page).toHaveURL(/compare=previous/)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: 'Save this view' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('Outcomes of an hour')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  const row = page.locator('table[data-series] tbody button').first()
  await row.focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/from=.*to=/)
  await page.goBack()
  await expect(page).toHaveURL(/range=1h/)
  await page.goto('/analytics')
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: /Outcomes of an hour/ }).click()
  await expect(page).toHaveURL(/by=outcome/)
  await expect(page).toHaveURL(/compare=previous/)
})
