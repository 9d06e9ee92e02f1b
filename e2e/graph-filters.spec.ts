// What the filters of the graph leave, and that picture, table, tree, path and walk stay in step with it; on the standalone server.
import type { Page } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
import { forget, learn, type SourceState } from './rest-client.ts'

skipWithoutBrowser()

const islands = [
  '# Skerrivore islands',
  '',
  'The Skerrivore islands lie north of the coast.',
  '',
  '## Kelp farm',
  '',
  'The kelp farm of the Skerrivore islands dries its harvest in the drying loft for the Lundmark Mill.',
  '',
  '## Drying loft',
  '',
  'The drying loft has slatted walls of larch.',
  '',
  '## Either/or',
  '',
  'Either the ferry goes, or nobody does.',
].join('\n')

// Known one after the other: at one moment alone nothing grows.
const sources: SourceState[] = []
test.beforeAll(async () => {
  sources.push(await learn('Skerrivore islands', islands))
  sources.push(await learn('Lundmark Mill', '# Lundmark Mill\n\nThe Lundmark Mill grinds rye.\n'))
})
test.afterAll(async () => {
  for (const { id } of sources) await forget(id)
})

const table = (page: Page) => page.getByRole('table', { name: 'Atoms of the graph' })
const row = (page: Page, name: string) => table(page).locator('tbody').getByRole('button', { name })
const view = (page: Page, name: string) => page.getByRole('group', { name: 'View' }).getByRole('button', { name, exact: true })
const phone = { width: 390, height: 844 }

/** The address of a view with an atom selected. */
async function select(page: Page, name: string): Promise<string> {
  await page.goto(`/graph?view=table&q=${encodeURIComponent(name)}`)
  await row(page, name).first().click()
  await expect(page).toHaveURL(/atom=/)
  return new URL(page.url()).searchParams.get('atom') ?? ''
}

test('a weight that nothing has is named while it is being slid, and the picture stays what it was', async ({ signedInPage: page }) => {
  await page.goto('/graph?q=slatted')
  const canvas = page.locator('canvas')
  await expect(canvas).toBeVisible()
  await expect(page).toHaveURL(/camera=/)
  await canvas.evaluate((element) => {
    element.dataset.first = 'yes'
  })
  const weight = page.getByRole('complementary', { name: 'Filters and legend' }).getByRole('region', { name: 'Weight' })
  const [thumb, track] = [await weight.locator('.MuiSlider-thumb').first().boundingBox(), await weight.locator('.MuiSlider-rail').boundingBox()]
  if (!thumb || !track) throw new Error('There is no slider.')
  await page.mouse.move(thumb.x + thumb.width / 2, thumb.y + thumb.height / 2)
  await page.mouse.down()
  await page.mouse.move(track.x + track.width - 2, thumb.y + thumb.height / 2, { steps: 8 })
  await expect(page.getByText('Nothing fits all of these filters')).toBeVisible()
  const without = page.getByRole('button', { name: /^Without Weight from .+: 1 atom$/ })
  await expect(without).toBeVisible()
  expect(new URL(page.url()).searchParams.has('weight_from')).toBe(false)
  await page.mouse.up()
  await expect(page).toHaveURL(/weight_from=/)
  await expectAccessible(page)
  await without.click()
  await expect(page).not.toHaveURL(/weight_from=/)
  await expect(canvas).toBeVisible()
  await expect(canvas).toHaveAttribute('data-first', 'yes')
})

test('growth that plays into nothing is named and ends when it is taken away', async ({ signedInPage: page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await page.goto('/graph?q=slatted')
  await expect(page.locator('canvas')).toBeVisible()
  await page.getByRole('button', { name: 'Play the growth' }).click()
  const chip = page.getByRole('button', { name: /^Known .+, take the filter away$/ })
  await expect(chip).toBeVisible()
  expect(new URL(page.url()).searchParams.has('until')).toBe(false)
  await chip.click()
  await expect(page.getByRole('button', { name: 'Play the growth' })).toBeVisible()
  await expect(chip).toHaveCount(0)
})

test('of two domains the press takes away both, and leaves as many atoms as it said', async ({ signedInPage: page }) => {
  await page.goto('/graph?view=table&domain=nowhere&domain=neverwhere&q=skerrivore')
  const without = page.getByRole('button', { name: /^Without Domain nowhere or Domain neverwhere: / })
  const said = Number((await without.textContent())?.match(/: (\d+) atoms?$/)?.[1])
  expect(said).toBeGreaterThan(1)
  await without.click()
  await expect(table(page)).toHaveAttribute('aria-rowcount', String(said + 1))
})

test('a path is drawn and listed whatever the filters say, and beyond what the server looks for it is found here', async ({ signedInPage: page }) => {
  const to = await select(page, 'Drying loft')
  const from = await select(page, 'Kelp farm')
  const path = page.getByRole('region', { name: 'Path between two atoms' })
  await page.goto(`/graph?view=table&q=slatted&from=${from}&to=${to}`)
  await expect(path.getByRole('status')).toContainText(/\d+ pathways?, the strongest among the shortest · shown whatever the filters say/)
  await expect(row(page, 'Kelp farm')).toBeVisible()
  await expect(row(page, 'Drying loft')).toBeVisible()

  await page.route('**/rpc/neural/graphPath**', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { json: { found: false, atoms: [], steps: [] } } })
  })
  await page.reload()
  await expect(path.getByRole('status')).toContainText(/\d+ pathways?, the strongest among the shortest/)
  await expect(path.getByRole('listitem').filter({ hasText: /Contain|Mention|Refer|Similar|Related/ })).not.toHaveCount(0)
  await path.getByRole('button', { name: 'Drying loft' }).click()
  await expect(page).toHaveURL(new RegExp(`atom=${to}`))

  await test.step('where no pathway is at all, that is said', async () => {
    await page.route('**/api/v1/neural/graph/map*', async (route) => {
      const response = await route.fetch()
      const map = await response.json()
      Object.assign(map.edges, { ends: '', kinds: '', weights: '' })
      await route.fulfill({ response, json: { ...map, total: { ...map.total, edges: 0 } } })
    })
    await page.reload()
    await expect(path.getByRole('status')).toContainText('There is no path at all')
    await page.unrouteAll()
  })
})

test('a selected atom that is filtered out is said to be, and one press shows it', async ({ signedInPage: page }) => {
  const atom = await select(page, 'Kelp farm')
  await page.goto(`/graph?view=table&q=slatted&atom=${atom}`)
  const hidden = page.getByRole('status', { name: 'Selection' })
  await expect(hidden).toContainText('The selected atom is filtered out by Search “slatted”.')
  await expectAccessible(page)
  await hidden.getByRole('button', { name: 'Show it' }).click()
  await expect(table(page).locator('tr[aria-current="true"]')).toContainText('Kelp farm')
  await expect(hidden).toBeHidden()
})

test('the tree marks the community that is picked, and an atom that is chosen there is the one of the table', async ({ signedInPage: page }) => {
  await page.goto('/graph?groups=1&view=table&q=skerrivore')
  const groups = page.getByRole('table', { name: 'Communities of the graph' })
  await groups.locator('tbody').getByRole('button').last().click()
  await expect(page).toHaveURL(/group=/)
  await view(page, 'Tree').click()
  const tree = page.getByRole('tree')
  const marked = tree.getByRole('treeitem', { selected: true })
  await expect(marked).toHaveCount(1)
  await expect(marked).toHaveAttribute('aria-level', '1')
  await tree.focus()
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/atom=/)
  await expect(page).not.toHaveURL(/group=/)
  await expect(marked).toHaveAttribute('aria-level', '4')
  await view(page, 'Table').click()
  await expect(groups.locator('tr[aria-current="true"]')).toHaveCount(1)
})

test('ids in the tree by source are ids, whatever the headings', async ({ signedInPage: page }) => {
  await page.goto('/graph?view=tree&by=source&q=skerrivore')
  const tree = page.getByRole('tree')
  await tree.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  const active = await tree.getAttribute('aria-activedescendant')
  expect(active).not.toMatch(/\s/)
  await expect(page.locator(`[id="${active}"]`)).toHaveAttribute('aria-level', '2')
})

test('neighbours are expanded and folded by the same button, and pathways are filtered by kind', async ({ signedInPage: page }) => {
  const atom = await select(page, 'Kelp farm')
  const expand = page.getByRole('button', { name: 'Expand its neighbours' })
  const before = await table(page).getAttribute('aria-rowcount')
  await expand.click()
  await expect(page).toHaveURL(new RegExp(`expand=${atom}`))
  await expect(table(page)).not.toHaveAttribute('aria-rowcount', before ?? '')
  await expect(expand).toHaveAttribute('aria-pressed', 'true')
  await expand.click()
  await expect(page).not.toHaveURL(/expand=/)
  await expect(table(page)).toHaveAttribute('aria-rowcount', before ?? '')

  await page.goto(`/graph?view=table&atom=${atom}`)
  const kinds = page.getByRole('region', { name: 'Pathways, by kind' })
  await kinds.getByRole('button', { name: /^Contains/ }).click()
  await expect(page).toHaveURL(/pathway=contains/)
  const steps = page.getByRole('listbox', { name: /Neighbours of this atom/ }).getByRole('option')
  await expect(steps.filter({ hasText: /Contains/ })).not.toHaveCount(0)
  await expect(steps.filter({ hasNotText: /Contains/ })).toHaveCount(0)
  await page.getByRole('button', { name: 'Pathways Contains, take the filter away' }).click()
  await expect(steps.filter({ hasNotText: /Contains/ })).not.toHaveCount(0)
})

test('on a phone the search leads to the walk, time is among the filters, and the panel of the atom has a name', async ({ signedInPage: page }) => {
  await page.setViewportSize(phone)
  await page.goto('/graph')
  await expect(page.locator('canvas')).toBeVisible()
  await page.getByRole('textbox', { name: 'Search the graph' }).fill('slatted')
  await expect(page.getByRole('status', { name: 'Walk' })).toHaveText('1 atom shown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('listbox', { name: 'Where to begin' })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: 'Selected atom' })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: /^Filters/ }).click()
  const sheet = page.getByRole('dialog')
  await expect(sheet.getByRole('slider', { name: 'Known until' })).toBeAttached()
  await expectNoSidewaysScroll(page)
  await expectAccessible(page)
  await sheet.getByRole('button', { name: 'Close the filters' }).click()

  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null
  })
  await page.goto('/graph')
  await expect(page.getByText('This table is complete')).toBeVisible()
  await expect(page.getByRole('listbox', { name: 'Where to begin' })).toBeVisible()
  await page.getByRole('main').getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Walk' }).click()
  await expect(page.getByRole('listbox', { name: 'Where to begin' })).toBeHidden()
})
