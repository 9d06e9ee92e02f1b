// The graph as picture, table, tree and walk, on the standalone server.
import type { Locator, Page } from '@playwright/test'
import { expect, expectAccessible, expectNoSidewaysScroll, skipWithoutBrowser, test } from './browser.ts'
import { forget, learn, type SourceState } from './rest-client.ts'

skipWithoutBrowser()

const lighthouse = [
  '# Tarnholm station',
  '',
  'The Tarnholm station keeps the coast of Vellmark. It was founded in 1871.',
  '',
  '## Lantern room',
  '',
  'The lantern room of the Tarnholm station holds a Fresnel lens that was ground in Ostrava.',
  '',
  '## Oil store',
  '',
  'The oil store feeds the lantern room. Its tanks hold nine tonnes of colza oil.',
  '',
  '## Pilots “north” & ‘south’ 🚢',
  '',
  'The pilots of the Tarnholm station row out in every weather.',
  '',
  '## مرحبا بالعالم',
  '',
  'هذا نص قصير عن محطة تارنهولم.',
  '',
  `## ${'Exceedingly long heading '.repeat(11)}end`,
  '',
  'A heading of about three hundred characters stands above this line.',
  '',
].join('\n')
const phone = { width: 390, height: 844 }

let source: SourceState
test.beforeAll(async () => {
  source = await learn('Tarnholm station', lighthouse)
})
test.afterAll(async () => {
  await forget(source.id)
})

const picture = (page: Page) => page.getByRole('application', { name: /^Picture of the graph/ })
const panel = (page: Page) => page.getByRole('complementary', { name: 'Selected atom' })
const spoken = (page: Page) => page.getByRole('status', { name: 'Walk' })
const table = (page: Page) => page.getByRole('table', { name: 'Atoms of the graph' })

/** Until the picture is drawn and its camera stands still, which the address then has. */
async function drawn(page: Page): Promise<void> {
  await expect(picture(page).locator('canvas')).toBeVisible()
  await expect(page).toHaveURL(/camera=/)
}

async function clickMiddle(page: Page, of: Locator): Promise<void> {
  const box = await of.boundingBox()
  if (!box) throw new Error('It is not to be seen.')
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
}

const view = (page: Page, name: string) => page.getByRole('group', { name: 'View' }).getByRole('button', { name, exact: true })

test('select in 3D, see it in the table, walk by keyboard to a citation', async ({ signedInPage: page }) => {
  let atom: string | null
  await test.step('one atom is left by words of its text, in the middle of the picture, and a click there selects it', async () => {
    await page.goto('/graph')
    await drawn(page)
    await page.keyboard.press('/')
    await expect(page.getByRole('textbox', { name: 'Search the graph' })).toBeFocused()
    await page.keyboard.type('fresnel lens')
    await expect(page).toHaveURL(/q=fresnel/)
    await expect(spoken(page)).toHaveText('1 atom shown')
    await page.getByRole('button', { name: 'Everything in view' }).click()
    await expect(async () => {
      await clickMiddle(page, picture(page))
      await expect(page).toHaveURL(/atom=/, { timeout: 1_000 })
    }).toPass()
    atom = new URL(page.url()).searchParams.get('atom')
    await expect(panel(page).getByRole('heading', { level: 2 })).toContainText('Lantern room')
    await expect(spoken(page)).toHaveText(/Lantern room, .+, weight .+, \d+ neighbours?, from Tarnholm station/)
  })

  await test.step('the table shows the same one, selected; the tree too', async () => {
    await view(page, 'Table').click()
    const row = table(page).locator('tr[aria-current="true"]')
    await expect(row).toContainText('Lantern room')
    await expect(table(page).locator('tbody tr')).toHaveCount(1)
    await view(page, 'Tree').click()
    await expect(page.getByRole('tree').getByRole('treeitem', { selected: true })).toContainText('Lantern room')
  })

  await test.step('arrows go through the neighbours by weight, Enter follows, Backspace returns', async () => {
    await page.getByRole('button', { name: /^Search “fresnel lens”, take/ }).click()
    const list = page.getByRole('listbox', { name: /Neighbours of this atom/ })
    await list.focus()
    await page.keyboard.press('ArrowDown')
    await expect(spoken(page)).toHaveText(/^1 of \d+: .+ pathway of weight .+ to .+, weight .+, \d+ neighbours?, from Tarnholm station$/)
    const chosen = await list.getByRole('option', { selected: true }).locator('[dir]').textContent()
    await page.keyboard.press('Enter')
    await expect(page).not.toHaveURL(new RegExp(`atom=${atom}`))
    await expect(spoken(page)).toHaveText(new RegExp(`^${chosen?.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')}, `))
    await page.keyboard.press('Backspace')
    await expect(page).toHaveURL(new RegExp(`atom=${atom}`))
    await expect(spoken(page)).toHaveText(/^Tarnholm station › Lantern room, |^Lantern room, /)
  })

  await test.step('Enter once more goes to the citation, and that opens the source at the exact words', async () => {
    const citation = panel(page).getByRole('link', { name: 'Open source' })
    await expect(citation).toBeVisible()
    await page.keyboard.press('Enter')
    await expect(citation).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/knowledge\/sources\//)
    const words = new URL(page.url()).searchParams
    const marked = page.locator('mark')
    await expect(marked.first()).toBeInViewport()
    const text = (await marked.allTextContents()).join('')
    expect(text).toBe(lighthouse.slice(Number(words.get('start')), Number(words.get('end'))))
    expect(text).toContain('Fresnel lens')
  })
})

test('the walk works in the picture itself, and Escape lets go', async ({ signedInPage: page }) => {
  await page.goto('/graph')
  await drawn(page)
  await picture(page).focus()
  await page.keyboard.press('ArrowRight')
  await expect(spoken(page)).toHaveText(/^1 of \d+: /)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/atom=/)
  await expect(spoken(page)).not.toHaveText(/^1 of/)
  await expect(picture(page)).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page).not.toHaveURL(/atom=/)
  await expect(spoken(page)).toHaveText('Nothing is selected.')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog')).toContainText('through the neighbours by weight')
})

test('a shared link gives the same camera, filters and selection', async ({ signedInPage: page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/graph?view=2d&q=tarnholm')
  await drawn(page)
  const box = await picture(page).boundingBox()
  if (!box) throw new Error('There is no picture.')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  const before = new URL(page.url()).searchParams.get('camera')
  await page.mouse.wheel(0, -400)
  await expect.poll(() => new URL(page.url()).searchParams.get('camera')).not.toBe(before)
  await picture(page).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/atom=/)
  await page.waitForTimeout(1_000)
  await page.getByRole('button', { name: 'Share this view' }).click()
  await expect(page.getByText('Link copied', { exact: false })).toBeVisible()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  const shared = new URL(link)
  expect(shared.searchParams.get('enterprise')).toMatch(/^[0-9a-f-]{36}$/)
  const other = await context.newPage()
  await other.goto(link)
  await expect(other.getByRole('textbox', { name: 'Search the graph' })).toHaveValue('tarnholm')
  await expect(panel(other).getByRole('heading', { level: 2 })).toBeVisible()
  await expect(view(other, '2D')).toHaveAttribute('aria-pressed', 'true')
  await other.waitForTimeout(1_000)
  expect(new URL(other.url()).searchParams.get('camera')).toBe(shared.searchParams.get('camera'))

  await test.step('in another enterprise it is not found', async () => {
    shared.searchParams.set('enterprise', crypto.randomUUID())
    await other.goto(shared.href)
    await expect(other.getByRole('alert').filter({ hasText: 'Not found' })).toBeVisible()
    await expect(picture(other)).toHaveCount(0)
  })
})

test('a link to what is not there says so and leads to the graph', async ({ signedInPage: page }) => {
  for (const wrong of [
    `atom=${crypto.randomUUID()}`,
    `focus=${crypto.randomUUID()}`,
    'from=not-an-id',
    `community=${crypto.randomUUID()}&groups=1`,
  ]) {
    await page.goto(`/graph?${wrong}`)
    const answer = page.getByRole('alert').filter({ hasText: 'Not found' })
    await expect(answer).toBeVisible()
    await expectAccessible(page)
    await answer.getByRole('button', { name: 'Show the graph' }).click()
    await expect(picture(page)).toBeVisible()
  }
})

test('a filter that nothing fits is named and goes by one press', async ({ signedInPage: page }) => {
  await page.goto('/graph?q=zzyzx')
  await expect(page.getByText('Nothing fits: Search “zzyzx”')).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: /^Without Search “zzyzx”: \d+ atoms$/ }).click()
  await expect(picture(page)).toBeVisible()
  await expect(page).not.toHaveURL(/q=/)
  await page.goto('/graph?domain=no%20such%20domain&kind=section&view=table')
  await expect(page.getByText('Nothing fits all of these filters')).toBeVisible()
  await page.getByRole('button', { name: /^Without Domain no such domain: / }).click()
  await expect(table(page)).toBeVisible()
  await expect(page).toHaveURL(/kind=section/)
})

test('names in any script and of any length fit, in table and tree', async ({ signedInPage: page }) => {
  await page.setViewportSize(phone)
  await page.goto('/graph?view=table')
  for (const name of ['“north” & ‘south’ 🚢', 'مرحبا بالعالم', 'Exceedingly long heading'])
    await expect(table(page).getByRole('button', { name }).first()).toHaveAttribute('dir', 'auto')
  await expectNoSidewaysScroll(page)
  await page.goto('/graph?view=tree&by=source')
  const tree = page.getByRole('tree')
  await tree.focus()
  await page.keyboard.press('ArrowRight')
  await expect(tree.getByRole('treeitem', { expanded: true }).first()).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await expect(tree).toHaveAttribute('aria-activedescendant', /.+/)
  await expectNoSidewaysScroll(page)
})

test('communities open and close, and the path between two atoms names its pathways', async ({ signedInPage: page }) => {
  await page.goto('/graph?groups=1&view=table')
  const groups = page.getByRole('table', { name: 'Communities of the graph' })
  const first = groups.locator('tbody').getByRole('button').first()
  await first.click()
  await expect(page).toHaveURL(/group=/)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/community=/)
  await expect(table(page)).toBeVisible()
  await page.getByRole('navigation', { name: 'Communities' }).getByRole('button', { name: 'All communities' }).click()
  await expect(groups).toBeVisible()

  await page.goto('/graph?view=table&q=oil%20store')
  await table(page).locator('tbody').getByRole('button').first().click()
  await page.getByRole('button', { name: 'Path from here' }).click()
  await page.getByRole('combobox', { name: 'Path to' }).fill('lantern room')
  await page.getByRole('option').first().click()
  const path = page.getByRole('region', { name: 'Path between two atoms' })
  await expect(path.getByRole('status')).toContainText(/\d+ pathways?, the strongest among the shortest/)
  await expect(path.getByRole('listitem').filter({ hasText: /Contain|Mention|Refer|Similar|Related/ })).not.toHaveCount(0)
  await expectAccessible(page)
})

test('the table sorts, goes by arrow keys and is saved as it stands', async ({ signedInPage: page }) => {
  await page.goto('/graph?view=table&q=tarnholm')
  const names = () => table(page).locator('tbody').getByRole('button').allTextContents()
  await expect.poll(async () => (await names()).length).toBeGreaterThan(3)
  const byName = table(page).getByRole('columnheader', { name: 'Name' })
  await byName.getByRole('button').click()
  await expect(byName).toHaveAttribute('aria-sort', 'ascending')
  const up = await names()
  await byName.getByRole('button').click()
  await expect(byName).toHaveAttribute('aria-sort', 'descending')
  expect(await names()).toEqual([...up].reverse())
  await table(page).locator('tbody').getByRole('button').first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(table(page).locator('tbody').getByRole('button').nth(1)).toBeFocused()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the table as CSV' }).click()])
  const { readFile } = await import('node:fs/promises')
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n')
  expect(lines).toHaveLength((await names()).length + 1)
  expect(lines[1]).toContain(up.at(-1)?.slice(0, 20) ?? 'a name')
})

test('without WebGL the table is complete and says so; after a lost context the picture comes back', async ({ signedInPage: page }) => {
  await page.goto('/graph')
  await drawn(page)
  await page.evaluate(() => {
    const context = document.querySelector('canvas')?.getContext('webgl2')?.getExtension('WEBGL_lose_context')
    if (!context) throw new Error('No context to lose.')
    context.loseContext()
    setTimeout(() => context.restoreContext(), 4_000)
  })
  await expect(page.getByText('This table is complete')).toBeVisible()
  await expect(table(page)).toBeVisible()
  await expect(page.getByText('This table is complete')).toBeHidden()
  await expect(picture(page)).toBeVisible()

  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null
  })
  await page.goto('/graph')
  await expect(page.getByText('This table is complete')).toBeVisible()
  await expect(table(page).locator('tbody').getByRole('button').first()).toBeVisible()
  await expectAccessible(page)
})

test('a graph of nothing and of one atom', async ({ signedInPage: page }) => {
  for (const count of [0, 1]) {
    await page.route('**/api/v1/neural/graph/map*', async (route) => {
      const response = await route.fetch()
      const map = await response.json()
      const cut = (column: string, bytes: number) =>
        Buffer.from(column, 'base64')
          .subarray(0, bytes * count)
          .toString('base64')
      const { nodes, edges } = map
      const [ids, names] = [nodes.ids.slice(0, count), nodes.names.slice(0, count)]
      Object.assign(nodes, { ids, names, kinds: cut(nodes.kinds, 1), domains: cut(nodes.domains, 2), sources: cut(nodes.sources, 4) })
      Object.assign(nodes, {
        weights: cut(nodes.weights, 4),
        times: cut(nodes.times, 8),
        communities: cut(nodes.communities, 4),
        positions: cut(nodes.positions, 12),
      })
      Object.assign(edges, { ends: '', kinds: '', weights: '' })
      await route.fulfill({ response, json: { ...map, total: { nodes: count, edges: 0 } } })
    })
    await page.goto('/graph')
    if (count === 0) await expect(page.getByText('No graph yet')).toBeVisible()
    else {
      await drawn(page)
      await expect(async () => {
        await clickMiddle(page, picture(page))
        await expect(page).toHaveURL(/atom=/, { timeout: 1_000 })
      }).toPass()
      await view(page, 'Table').click()
      await expect(table(page).locator('tbody tr')).toHaveCount(1)
    }
    await expectAccessible(page)
    await page.unroute('**/api/v1/neural/graph/map*')
  }
})

test('what is learned appears while one looks, and camera and selection stay', async ({ signedInPage: page }) => {
  await page.goto('/graph?q=tarnholm&view=table')
  await table(page).locator('tbody').getByRole('button').first().click()
  await expect(page).toHaveURL(/atom=/)
  const atom = new URL(page.url()).searchParams.get('atom')
  const before = await table(page).locator('tbody tr').count()
  const more = await learn('Tarnholm ferries', '# Tarnholm ferries\n\nThe Tarnholm ferries cross at noon.\n')
  await expect(table(page).locator('tbody').getByRole('button', { name: 'Tarnholm ferries' })).toBeVisible()
  expect(await table(page).locator('tbody tr').count()).toBeGreaterThan(before)
  expect(new URL(page.url()).searchParams.get('atom')).toBe(atom)
  await forget(more.id)
})

for (const name of ['3d', '2d', 'table', 'tree'] as const) {
  test(`the graph as ${name} is accessible, dark and wide`, async ({ signedInPage: page }) => {
    await page.goto(`/graph?view=${name}`)
    await expect(page.getByRole('heading', { level: 1, name: 'Graph' })).toBeVisible()
    if (name === '3d' || name === '2d') await drawn(page)
    await expectAccessible(page)
    // What axe does not see: that everything reached by Tab has a name and that the order is that of the page.
    const order: string[] = []
    await page.getByRole('textbox', { name: 'Search the graph' }).focus()
    for (let at = 0; at < 60; at++) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate(() => {
        const element = document.activeElement
        if (!(element instanceof HTMLElement) || !document.getElementById('main')?.contains(element)) return null
        const labels = element instanceof HTMLInputElement ? element.labels : null
        const name = element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent?.trim() ?? ''
        return `${element.getAttribute('role') ?? element.tagName.toLowerCase()} ${name}`
      })
      if (focused === null) break
      order.push(focused.trim())
    }
    expect(order.filter((entry) => !entry.includes(' '))).toEqual([])
    const at = (start: string) => order.findIndex((entry) => entry.startsWith(start))
    const main = name === 'table' ? 'button Name' : name === 'tree' ? 'tree ' : 'application '
    expect(at('button Filters')).toBe(0)
    expect(at(main), order.join('\n')).toBeGreaterThan(0)
    if (name !== 'table') expect(at('listbox '), order.join('\n')).toBeGreaterThan(at(main))
  })

  test(`the graph as ${name} is accessible, light, and fits a phone`, async ({ signedInPage: page }) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.setViewportSize(phone)
    await page.goto(`/graph?view=${name}`)
    await expect(page.getByRole('heading', { level: 1, name: 'Graph' })).toBeVisible()
    if (name === '3d' || name === '2d') await drawn(page)
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Filters' }).click()
    await expect(page.getByRole('dialog').or(page.getByLabel('Filters and legend')).first()).toBeVisible()
    await expectNoSidewaysScroll(page)
    await expectAccessible(page)
  })
}
