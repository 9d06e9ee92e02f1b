// The places that follow what happens: Overview and Analytics, on the standalone server.
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
import { call, forget, learn } from './rest-client.ts'

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
  await call('/api/v1/neural/process', { json: { data: { question: 'How many bollards has the quay?' } } })
  await page.goto('/overview')
  await expect(page.locator(figure('Agents'))).toHaveText('4')
  await page.getByRole('main').getByRole('link', { name: 'Agents', exact: true }).click()
  await expect(page).toHaveURL(/\/analytics\?.*metric=agent_ms.*by=agent/)
  await page.goto('/overview')
  await page.getByRole('main').getByRole('link', { name: 'Atoms', exact: true }).click()
  await expect(page).toHaveURL(/\/analytics\?.*metric=atoms/)
  await expect(page.getByRole('heading', { level: 2, name: /^Atoms/ })).toBeVisible()
  // What was measured is written four times a minute.
  await page.goto('/analytics?measurement=enterprise_usage&metric=calls&by=door&range=1h&live=off')
  const table = page.locator('table[data-series]')
  await expect(async () => {
    await page.reload()
    // Two at least, or any order would be the same.
    await expect(table.locator('tbody tr').nth(1)).toBeVisible({ timeout: 3_000 })
  }).toPass({ timeout: 120_000 })
  await expect(page.locator('[data-chart] svg').first()).toBeVisible()
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()])
  const lines = (await readFile(await csv.path(), 'utf8')).trimEnd().split('\r\n')
  const shown = await table
    .locator('tr')
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent?.trim()).join(',')))
  expect(lines).toEqual(shown)
  expect(lines.length).toBeGreaterThan(2)
  const [png] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()])
  const picture = await readFile(await png.path())
  expect(picture.subarray(1, 4).toString()).toBe('PNG')
  expect(picture.length).toBeGreaterThan(5_000)
  expect(await coloursBelow(page, picture)).toContain(await colourOfFirstLine(page))
})

const colourOfFirstLine = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D
    canvas.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--mui-palette-aia-domain0').trim()
    return canvas.fillStyle
  })

/** The colours of a picture below its chart, where the names of the lines stand. */
const coloursBelow = (page: Page, picture: Buffer) =>
  page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const draw = new OffscreenCanvas(image.width, image.height).getContext('2d') as OffscreenCanvasRenderingContext2D
    draw.drawImage(image, 0, 0)
    const height = 2 * (16 + 22)
    const { data } = draw.getImageData(0, image.height - height, image.width, height)
    const found = new Set<string>()
    for (let i = 0; i < data.length; i += 4)
      found.add(`#${[0, 1, 2].map((part) => (data[i + part] as number).toString(16).padStart(2, '0')).join('')}`)
    return [...found]
  }, picture.toString('base64'))

test('two moments are typed without losing the fields, and say what is wrong at the field', async ({ signedInPage: page }) => {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000)
  await page.goto(`/analytics?measurement=enterprise_usage&metric=calls&from=${ago(3).toISOString()}&to=${ago(2).toISOString()}`)
  const [from, to] = [page.getByLabel('From', { exact: true }), page.getByLabel('To', { exact: true })]
  const local = (at: Date) => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
  const [address, steps] = [page.url(), await page.evaluate(() => history.length)]
  await from.fill(local(ago(1)))
  await expect(page.getByText('This must be after “From”.')).toBeVisible()
  await expect(to).toHaveAttribute('aria-invalid', 'true')
  await expect(from).toBeFocused()
  expect(page.url()).toBe(address)
  await to.fill(local(new Date()))
  await expect(page.getByText('This must be after “From”.')).toHaveCount(0)
  await expect(page).not.toHaveURL(address)
  await from.fill('2020-01-01T00:00')
  await expect(from).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText('Figures are kept for 30 days.')).toBeVisible()
  expect(await page.evaluate(() => history.length)).toBe(steps)
  await expectAccessible(page)
  await page.goto('/analytics?measurement=enterprise_usage&metric=calls&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')
  await expect(page.getByText('Nothing of this time is kept')).toBeVisible()
  await expect(page.getByText('could not be loaded')).toHaveCount(0)
})

test('any value of a tag is chosen from those that were measured', async ({ signedInPage: page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/analytics?measurement=enterprise_usage&metric=calls&range=1h')
  const field = page.getByRole('combobox', { name: 'Operation' })
  await expect(async () => {
    await page.reload()
    await field.fill('auth.login')
    await page.getByRole('option', { name: 'auth.login', exact: true }).click({ timeout: 3_000 })
  }).toPass({ timeout: 90_000 })
  await expect(page).toHaveURL(/operation=auth\.login/)
  await expect(field).toHaveValue('auth.login')
  await expectNoSidewaysScroll(page)
  await expectAccessible(page)
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

test('an alert rule is made by keyboard, fires by the clock, needs somebody, and is changed, paused, deleted and back', async ({
  signedInPage: page,
}) => {
  await page.goto('/analytics?measurement=enterprise_usage&metric=calls&range=15m')
  const region = page.getByRole('region', { name: 'Alert rules' })
  await region.getByRole('button', { name: 'New alert rule' }).click()
  const form = page.getByRole('dialog', { name: 'New alert rule' })
  await form.getByRole('textbox', { name: 'Name' }).fill('Somebody calls')
  await form.getByRole('textbox', { name: 'Threshold' }).fill('none')
  await expect(form.getByText('Give a number.')).toBeVisible()
  await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled()
  await form.getByRole('textbox', { name: 'Threshold' }).fill('0')
  await expect(form.getByText('Calls above 0 in 5 min')).toBeVisible()
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await expect(form).toHaveCount(0)
  const rule = region.getByRole('listitem').filter({ hasText: 'Somebody calls' })
  // No reload: the clock looks within its minute, and the event of it comes by the stream.
  await expect(rule).toHaveAttribute('data-alert', 'Firing', { timeout: 150_000 })
  await expect(page.locator('[data-chart]').getByText('Somebody calls')).toBeVisible()
  await page.setViewportSize({ width: 390, height: 844 })
  await expectNoSidewaysScroll(page)
  await expectAccessible(page)
  await page.setViewportSize({ width: 1440, height: 900 })

  await page.goto('/overview')
  const needs = page.getByRole('region', { name: 'Needs you' })
  await expect(needs).toContainText('Somebody calls: Calls above 0 in 5 min')
  await needs.getByRole('link', { name: /Somebody calls/ }).click()
  await expect(page).toHaveURL(/\/analytics\?.*metric=calls/)

  await rule.getByRole('button', { name: 'Change Somebody calls' }).click()
  const change = page.getByRole('dialog', { name: 'Change the alert rule' })
  await change.getByRole('textbox', { name: 'Threshold' }).fill('1000000')
  await change.getByRole('button', { name: 'Save' }).click()
  await expect(rule).toHaveAttribute('data-alert', 'OK')
  await rule.getByRole('button', { name: 'Pause Somebody calls' }).click()
  await expect(rule).toHaveAttribute('data-alert', 'Paused')
  await rule.getByRole('button', { name: 'Delete Somebody calls' }).click()
  await expect(rule).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rule).toHaveAttribute('data-alert', 'Paused')
  // What somebody else does is seen too.
  const { body } = await call<{ items: { id: string }[] }>('/api/v1/analytics/alert-rules')
  for (const { id } of body.items) await call(`/api/v1/analytics/alert-rules/${id}`, { method: 'DELETE' })
  await expect(region).toContainText('None yet.')
})
