// VR and AR in the scene, on a headset made by iwer: every way of choosing, carrying and reading. Nothing here is timed: under software
// rendering a frame takes as long as it takes, so that inputs, draw calls and what is selected are counted.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { projectDir, standaloneDir } from '../scripts/setup.mjs'
import { expect, skipWithoutBrowser, test, watch } from './browser.ts'
import { button, frames, gazePinch, litInScene, moveTo, panelWords, pinch, pointAt, pushStick, useGaze, useHands, wearHeadset } from './headset.ts'
import { call, forget, learn, type SourceState } from './rest-client.ts'

const lab = '/lab/graph?nodes=300&edges=900&seed=7&layout=off'
const mostDrawCalls = 12

const selected = (page: Page) => page.evaluate(() => window.aiaGraph?.selected())
/** React may show what was chosen some frames after the scene chose it. */
const expectSelected = (page: Page, node: number) => expect.poll(() => selected(page)).toBe(node)
const scale = (page: Page) => page.evaluate(() => window.aiaGraph?.xr()?.scale() ?? Number.NaN)
const turned = (page: Page) => page.evaluate(() => window.aiaGraph?.xr()?.turned() ?? Number.NaN)
const nodeAt = (page: Page, node: number) =>
  page.evaluate((which) => window.aiaGraph?.xr()?.nodeAt(which) ?? ([Number.NaN, 0, 0] as [number, number, number]), node)
const panel = (page: Page) =>
  page.evaluate(() => {
    const shown = window.aiaGraph?.xr()?.panel()
    if (!shown) throw new Error('No headset shows the graph.')
    return shown
  })
const expectHeading = (page: Page, heading: string | undefined) => expect.poll(async () => (await panel(page)).heading).toBe(heading)

async function enter(page: Page, name: 'Enter VR' | 'Enter AR', expected: string[], eyes = 1.6): Promise<void> {
  await wearHeadset(page)
  await page.addInitScript((height) => window.headset.device.position.set(0, height, 0), eyes)
  await page.goto(lab)
  await page.waitForFunction(() => window.aiaGraph)
  await page.getByRole('button', { name }).click()
  await waitForInputs(page, expected)
}

/** The inputs are there, with their models and rays. */
async function waitForInputs(page: Page, expected: string[]): Promise<void> {
  await page.waitForFunction((wanted) => window.headset.session && window.aiaGraph?.xr()?.inputs().join() === wanted, expected.join())
  await frames(page, 8)
}

/** The two nodes, as the eyes see them, that stand furthest from all others. */
const clearNodes = (page: Page): Promise<[number, number]> =>
  page.evaluate(() => {
    const shown = window.aiaGraph?.xr()
    if (!shown) throw new Error('No headset shows the graph.')
    const { x, y, z } = window.headset.device.position
    const seen = Array.from({ length: window.aiaGraph?.stats().nodes ?? 0 }, (_, node) => {
      const [a, b, c] = shown.nodeAt(node)
      const length = Math.hypot(a - x, b - y, c - z)
      return [(a - x) / length, (b - y) / length, (c - z) / length] as const
    })
    // Cosine of the angle to the nearest other node: the smaller, the freer.
    const near = seen.map((one, node) =>
      Math.max(...seen.map((other, at) => (at === node ? -1 : one[0] * other[0] + one[1] * other[1] + one[2] * other[2]))),
    )
    const [first = -1, second = -1] = near.map((_, node) => node).sort((a, b) => (near[a] ?? 1) - (near[b] ?? 1))
    return [first, second]
  })

async function press(page: Page, label: string, hand: 'left' | 'right' = 'right'): Promise<void> {
  const { buttons } = await panel(page)
  const found = buttons.find((each) => each.label === label)
  if (!found) throw new Error(`The panel has no button "${label}", only: ${buttons.map((each) => each.label).join(', ')}`)
  await pointAt(page, 'controllers', hand, found.point)
  await button(page, hand, 'trigger', 1)
  await button(page, hand, 'trigger', 0)
}

skipWithoutBrowser()
// Software draws both eyes anew for every frame that is waited for: few pixels are as good as many.
test.use({ viewport: { width: 720, height: 450 } })

/** What the page asked for beyond its server. */
let outside: string[] = []

test.beforeEach(async ({ page, complaints, baseURL }) => {
  outside = []
  await page.route(
    ({ protocol, origin }) => protocol.startsWith('http') && origin !== baseURL,
    (route) => {
      outside.push(route.request().url())
      return route.abort()
    },
  )
  // Some hundred frames, each of which a busy machine may draw for a second.
  test.setTimeout(480_000)
  page.setDefaultTimeout(120_000)
  watch(page, complaints)
})
test.afterEach(() => expect(outside, 'asked for beyond the server').toEqual([]))

test('a device without a headset is offered none', async ({ page }) => {
  await page.goto(lab)
  await page.waitForFunction(() => window.aiaGraph)
  await expect(page.getByRole('button', { name: /Enter/ })).toHaveCount(0)
})

test('what a headset needs is loaded when it is asked for, from here, and no emulator is built', async ({ page }) => {
  const marker = 'profilesList.json'
  const holding: string[] = []
  const models: string[] = []
  page.on('response', async (response) => {
    const { pathname } = new URL(response.url())
    if (pathname.startsWith('/vendor/xr/') && response.ok()) models.push(pathname)
    if (pathname.endsWith('.js') && (await response.text().catch(() => '')).includes(marker)) holding.push(pathname)
  })
  await wearHeadset(page)
  await page.goto(lab)
  await page.waitForFunction(() => window.aiaGraph)
  await expect(page.getByRole('button', { name: 'Enter VR' })).toBeVisible()
  await page.waitForLoadState('load')
  expect(holding).toEqual([])
  await page.getByRole('button', { name: 'Enter VR' }).click()
  await waitForInputs(page, ['controller', 'controller'])
  await expect.poll(() => models.filter((path) => path.endsWith('.glb')).length).toBe(2)
  await useHands(page)
  await waitForInputs(page, ['hand', 'hand'])
  await expect.poll(() => models.filter((path) => path.includes('/generic-hand/') && path.endsWith('.glb')).length).toBe(2)
  expect(holding.length).toBeGreaterThan(0)

  const emulator = ['installDevUI', 'installSEM', 'SyntheticEnvironmentModule']
  const found = async (folder: string) => {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true })
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.js')).map((entry) => join(entry.parentPath, entry.name))
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
    return emulator.filter((word) => texts.some((text) => text.includes(word)))
  }
  expect(await found(join(standaloneDir, '.next', 'static'))).toEqual([])
  expect(await found(join(projectDir, 'node_modules', '@pmndrs', 'xr', 'dist'))).toEqual(emulator)
})

test('controllers choose, however long they press; the panel tells what, and leads on', async ({ page }) => {
  await enter(page, 'Enter VR', ['controller', 'controller'])
  expect([72, 90]).toContain(await page.evaluate(() => window.headset.session?.frameRate))
  const [node, other] = await clearNodes(page)
  await pointAt(page, 'controllers', 'right', await nodeAt(page, node))
  await button(page, 'right', 'trigger', 1)
  // Longer than a click may take elsewhere.
  await page.waitForTimeout(600)
  await frames(page, 2)
  expect(await selected(page)).toBe(-1)
  await button(page, 'right', 'trigger', 0)
  await expectSelected(page, node)
  await pointAt(page, 'controllers', 'left', await nodeAt(page, other))
  await button(page, 'left', 'trigger', 1)
  await button(page, 'left', 'trigger', 0)
  await expectSelected(page, other)

  await expect.poll(async () => (await panel(page)).caption).toMatch(/^Atom · /)
  const told = await panel(page)
  expect(told.text).toMatch(/neighbour/)
  const fixed = new Set(['Bring it here', 'Close', 'Bring graph here', '−', '+', 'Sit', 'Leave', 'Back'])
  const neighbour = told.buttons.find(({ label }) => !fixed.has(label))?.label
  expect(neighbour).toBeDefined()
  await press(page, neighbour ?? '')
  await expectHeading(page, neighbour)
  await expect.poll(() => selected(page)).not.toBe(other)
  await press(page, 'Close')
  await expectSelected(page, -1)
  await expectHeading(page, 'Living graph')
})

test('hands pinch, and a pinch that moves carries instead of choosing', async ({ page }) => {
  await enter(page, 'Enter VR', ['controller', 'controller'])
  await useHands(page)
  await waitForInputs(page, ['hand', 'hand'])
  const [node, other] = await clearNodes(page)
  await pointAt(page, 'hands', 'right', await nodeAt(page, node))
  await pinch(page, 'right', 1)
  await pinch(page, 'right', 0)
  await expectSelected(page, node)

  const before = await nodeAt(page, other)
  await pointAt(page, 'hands', 'right', before)
  await pinch(page, 'right', 1)
  for (const step of [0.1, 0.2, 0.3]) {
    await page.evaluate((x) => {
      const hand = window.headset.device.hands.right
      if (hand) hand.position.x += x
    }, step)
    await frames(page, 3)
  }
  await pinch(page, 'right', 0)
  await expectSelected(page, node)
  // All but the first step, which only decided that the pinch carries.
  expect((await nodeAt(page, other))[0] - (before[0] ?? 0)).toBeCloseTo(0.5, 2)
})

test('looking and pinching chooses with nothing hovered, and the picture keeps to its draw calls', async ({ page }) => {
  await enter(page, 'Enter VR', ['controller', 'controller'])
  await useGaze(page)
  await waitForInputs(page, [])
  const [node, other] = await clearNodes(page)
  for (const each of [node, other]) {
    await pointAt(page, 'hands', 'right', await nodeAt(page, each))
    await gazePinch(page, 'right')
    await expectSelected(page, each)
  }
  await expect.poll(async () => (await panel(page)).caption).toMatch(/^Atom · /)
  await frames(page, 10)
  const stats = await page.evaluate(() => window.aiaGraph?.stats())
  // No model, no ray: all of it is nodes, edges, strokes, labels and the panel, once an eye.
  expect(stats?.drawCalls).toBeGreaterThan(2)
  expect(stats?.drawCalls).toBeLessThanOrEqual(mostDrawCalls)
})

test('two grips scale and carry the graph within its limits, and it comes when it is called', async ({ page }) => {
  await enter(page, 'Enter VR', ['controller', 'controller'])
  expect(await scale(page)).toBeCloseTo(1, 5)
  const spread = async (...halves: [number, ...number[]]) => {
    for (const [at, half] of halves.entries()) {
      await moveTo(page, 'controllers', 'left', [-half, 1.3, -0.4])
      await moveTo(page, 'controllers', 'right', [half, 1.3, -0.4])
      if (at > 0) continue
      await button(page, 'left', 'squeeze', 1)
      await button(page, 'right', 'squeeze', 1)
    }
    await button(page, 'left', 'squeeze', 0)
    await button(page, 'right', 'squeeze', 0)
  }
  await spread(0.2, 0.3, 0.4)
  // Hands hold a few millimetres beside where their rays begin.
  expect(await scale(page)).toBeCloseTo(2, 1)
  await spread(0.05, 0.5, 4)
  expect(await scale(page)).toBeCloseTo(20, 3)
  await spread(8, 0.5, 0.01)
  expect(await scale(page)).toBeCloseTo(0.05, 4)

  await press(page, 'Bring graph here')
  expect(await scale(page)).toBeCloseTo(1, 3)
  await press(page, '+')
  expect(await scale(page)).toBeCloseTo(1.4, 3)
  await press(page, '−', 'left')
  expect(await scale(page)).toBeCloseTo(1, 3)

  const node = (await clearNodes(page))[0]
  const home = await nodeAt(page, node)
  await moveTo(page, 'controllers', 'right', [0.2, 1.2, -0.3])
  await button(page, 'right', 'squeeze', 1)
  await moveTo(page, 'controllers', 'right', [2.2, 1.2, -0.3])
  await button(page, 'right', 'squeeze', 0)
  expect((await nodeAt(page, node))[0] - (home[0] ?? 0)).toBeCloseTo(2, 3)
  await button(page, 'right', 'a-button', 1)
  await button(page, 'right', 'a-button', 0)
  for (const [axis, value] of (await nodeAt(page, node)).entries()) expect(value).toBeCloseTo(home[axis] ?? Number.NaN, 3)

  await pushStick(page, 'right', 1, 0)
  expect(await turned(page)).toBeCloseTo(-Math.PI / 6, 3)
  await pushStick(page, 'right', -1, 0)
  expect(await turned(page)).toBeCloseTo(0, 3)
})

test('in AR it is the graph that turns; whoever sits is met at their height, and leaves as they came', async ({ page }) => {
  await enter(page, 'Enter AR', ['controller', 'controller'], 1.1)
  expect(await page.evaluate(() => window.aiaGraph?.xr()?.seated())).toBe(true)
  const node = (await clearNodes(page))[0]
  const before = await nodeAt(page, node)
  await pushStick(page, 'right', 1, 0)
  expect(await turned(page)).toBe(0)
  expect(Math.hypot(...(await nodeAt(page, node)).map((value, axis) => value - (before[axis] ?? 0)))).toBeGreaterThan(0.01)
  await press(page, 'Stand')
  expect(await page.evaluate(() => window.aiaGraph?.xr()?.seated())).toBe(false)
  expect(await scale(page)).toBeCloseTo(1, 3)
  await press(page, 'Leave')
  await page.waitForFunction(() => window.headset.session === null && !window.aiaGraph?.xr())
  await expect(page.getByRole('button', { name: 'Enter AR' })).toBeEnabled()
  await expect.poll(() => page.evaluate(() => window.aiaGraph?.project(0))).not.toBeNull()
})

interface Told {
  id: string
  path: { from: string; to: string }[]
  citations: { n: number; atom_id: string; title: string }[]
}

test.describe('on the graph of a workspace', () => {
  const question = 'Does the mill of Brackenfell grind when the Orrin brook freezes?'
  let source: SourceState
  test.beforeAll(async () => {
    const mill = '# Brackenfell mill\n\nThe mill of Brackenfell grinds rye.\n\n## Wheel\n\nThe wheel of Brackenfell is driven by the Orrin brook.\n'
    const brook = '\n## Orrin brook\n\nThe Orrin brook rises at Stannock Tarn, and it freezes in hard winters.\n'
    source = await learn('Brackenfell mill', mill + brook)
  })
  test.afterAll(() => forget(source.id))

  test('a question asked in the headset lights up the way to its answer, and a citation leads to its atom', async ({ signedInPage: page }) => {
    const asked = await call<Told>('/api/v1/neural/process', { json: { data: { question }, processing_type: 'advanced' } })
    const { citations, path } = asked.body
    expect([citations.length > 0, path.length > 0]).toEqual([true, true])
    const { nodes } = (await call<{ nodes: { ids: string[] } }>('/api/v1/neural/graph/map')).body
    const way = [...new Set([...path.flatMap(({ from, to }) => [from, to]), ...citations.map(({ atom_id: id }) => id)])]

    await wearHeadset(page)
    await page.addInitScript(() => window.headset.device.position.set(0, 1.6, 0))
    await page.goto('/graph')
    await expect(page).toHaveURL(/camera=/)
    await page.getByRole('button', { name: 'Enter VR' }).click()
    await page.waitForFunction(() => window.headset.session?.inputSources.length === 2)
    await frames(page, 8)
    const expectWords = (words: RegExp) => expect.poll(async () => (await panelWords(page))?.text ?? '').toMatch(words)
    const pressLine = async (start: string) => {
      const line = (await panelWords(page))?.lines.find(({ text }) => text.startsWith(start))
      if (!line) throw new Error(`Nothing on the panel begins with "${start}".`)
      await pointAt(page, 'controllers', 'right', line.point)
      await button(page, 'right', 'trigger', 1)
      await button(page, 'right', 'trigger', 0)
    }
    await expectWords(/^\d+ atoms.* Living graph .*Ask a question/)
    expect((await litInScene(page)).nodes).toEqual([])
    await pressLine('Ask a question')
    await expectWords(/Your question .*Does the mill of Brackenfell/)
    await pressLine(question.slice(0, 24))
    await expectWords(/^Answered.* sure .*hard winters.* in the graph/)

    const lit = await litInScene(page)
    expect(lit.nodes.map((node) => nodes.ids[node]).sort()).toEqual(way.filter((id) => nodes.ids.includes(id)).sort())
    const steps = new Set(path.map(({ from, to }) => [from, to].sort().join()))
    const drawn = lit.steps.map(([from, to]) => [nodes.ids[from], nodes.ids[to]].sort().join())
    for (const step of steps) expect(drawn).toContain(step)

    await pressLine('[1] ')
    await expect(page).toHaveURL(new RegExp(`atom=${citations[0]?.atom_id}`))
    await expectWords(/^Atom · .*hard winters/)
    await page.evaluate(() => window.headset.session?.end())
    await expect(page.getByRole('button', { name: 'Enter VR' })).toBeEnabled()
  })
})
