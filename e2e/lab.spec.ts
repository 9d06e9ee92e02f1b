// The scene itself, on made-up graphs of three sizes: what it draws is counted. Milliseconds are measured by bench/graph-scene.ts.
import type { Page } from '@playwright/test'
import { chromiumFlags, findChromium } from '../scripts/chromium.mjs'
import { expect, skipWithoutBrowser, test, watch } from './browser.ts'

// The software renderer that draws into the page's own picture: with the other one, every picture of 50,000 nodes is read back for seconds.
test.use({
  launchOptions: { executablePath: findChromium() ?? undefined, args: [...chromiumFlags, '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] },
})

skipWithoutBrowser()

async function open(page: Page, nodes: number, edges: number): Promise<void> {
  await page.goto(`/lab/graph?nodes=${nodes}&edges=${edges}&seed=1&layout=off`)
  // Asked now and then: software draws 50,000 nodes slowly enough without being measured at every picture.
  await page.waitForFunction(() => window.aiaGraph !== undefined && window.aiaGraph.stats().drawCalls > 0, null, { polling: 500 })
}

test.describe('the laboratory of the graph', () => {
  for (const [nodes, edges] of [
    [1_000, 4_000],
    [10_000, 60_000],
    [50_000, 250_000],
  ] as const)
    test(`draws ${nodes} nodes and ${edges} edges within six calls and 150,000 triangles, and picks the node that stands there`, async ({
      page,
      complaints,
    }) => {
      watch(page, complaints)
      await open(page, nodes, edges)
      const stats = await page.evaluate(() => window.aiaGraph?.stats())
      expect(stats).toMatchObject({ nodes, edges })
      expect(stats?.drawCalls).toBeGreaterThanOrEqual(2)
      expect(stats?.drawCalls).toBeLessThanOrEqual(6)
      // Two for every node, and the labels.
      expect(stats?.triangles).toBeGreaterThanOrEqual(2 * nodes)
      expect(stats?.triangles).toBeLessThanOrEqual(150_000)
      // All names that have been chosen are there once the picture rests, in the one call for names.
      await expect.poll(() => page.evaluate(() => window.aiaGraph?.stats().labels)).toBeGreaterThan(40)
      await expect
        .poll(() =>
          page.evaluate(() => {
            const { labels = -1, labelsChosen } = window.aiaGraph?.stats() ?? {}
            return labels === labelsChosen
          }),
        )
        .toBe(true)
      expect(await page.evaluate(() => window.aiaGraph?.stats().drawCalls)).toBe(3)
      // In a crowd another node may stand before the one that is aimed at: then its disc covers the point.
      const aims = await page.evaluate((count) => {
        const lab = window.aiaGraph
        if (!lab) throw new Error('There is no laboratory.')
        const found: { id: number; picked: number; beside: number }[] = []
        for (let id = 0; id < count && found.length < 50; id += 7) {
          const at = lab.project(id)
          if (!at) continue
          const picked = lab.pick(at.x, at.y)
          const there = picked >= 0 ? lab.project(picked) : null
          found.push({ id, picked, beside: there ? Math.hypot(there.x - at.x, there.y - at.y) - there.radius : Number.POSITIVE_INFINITY })
        }
        return found
      }, nodes)
      expect(aims.length).toBe(50)
      expect(aims.filter(({ id, picked, beside }) => id !== picked && beside > 1)).toEqual([])
      expect(aims.filter(({ id, picked }) => id === picked).length).toBeGreaterThan(0)
    })

  test('lays the graph out beside the page, the same seed to the same places, and says what a tick took', async ({ page, complaints }) => {
    watch(page, complaints)
    const laidOut = async (layout: 'on' | 'off') => {
      await page.goto(`/lab/graph?nodes=300&edges=1200&seed=1&layout=${layout}`)
      await page.waitForFunction(() => window.aiaGraph?.settled(), null, { polling: 500 })
      return page.evaluate(() => ({ tickMs: window.aiaGraph?.stats().layoutTickMs, positions: [...(window.aiaGraph?.positions() ?? [])] }))
    }
    const [begun, first, second] = [await laidOut('off'), await laidOut('on'), await laidOut('on')]
    expect(begun.tickMs).toBeNull()
    expect(first.tickMs).toBeGreaterThan(0)
    expect(first.positions.length).toBe(900)
    expect(first.positions.every(Number.isFinite)).toBe(true)
    expect(first.positions).not.toEqual(begun.positions)
    expect(second.positions).toEqual(first.positions)
  })

  test('selects by click, tells it, and still draws within six calls', async ({ page, complaints }) => {
    watch(page, complaints)
    await open(page, 1_000, 4_000)
    const aim = await page.evaluate(() => {
      const lab = window.aiaGraph
      for (let id = 0; id < 1_000; id++) {
        const at = lab?.project(id)
        if (at && lab?.pick(at.x, at.y) === id) return { id, ...at }
      }
      throw new Error('No node stands free.')
    })
    await page.mouse.click(aim.x, aim.y)
    await expect.poll(() => page.evaluate(() => window.aiaGraph?.selected())).toBe(aim.id)
    await page.evaluate(() => window.aiaGraph?.select(7))
    expect(await page.evaluate(() => window.aiaGraph?.selected())).toBe(7)
    await expect.poll(() => page.evaluate(() => window.aiaGraph?.stats().drawCalls)).toBe(4)
    expect(await page.evaluate(() => window.aiaGraph?.positions().length)).toBe(3_000)
    await expect(page.evaluate(() => window.aiaGraph?.select(1_000))).rejects.toThrow('There is no node 1000')
  })

  test('comes back when the graphics card has lost it', async ({ page, complaints }) => {
    await open(page, 1_000, 4_000)
    watch(page, complaints)
    const before = await page.evaluate(() => window.aiaGraph?.stats())
    await page.evaluate(async () => {
      const canvas = document.querySelector('canvas')
      const card = canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')
      if (!canvas || !card) throw new Error('There is no WebGL to lose.')
      const told = (name: string) => new Promise((resolve) => canvas.addEventListener(name, resolve, { once: true }))
      const went = told('webglcontextlost')
      const came = told('webglcontextrestored')
      card.loseContext()
      await went
      // A context can be restored once everybody has heard that it is lost.
      await new Promise((resolve) => setTimeout(resolve, 100))
      card.restoreContext()
      await came
    })
    await expect.poll(() => page.evaluate(() => window.aiaGraph?.stats())).toMatchObject({ drawCalls: before?.drawCalls, nodes: 1_000 })
  })

  test('bears no node, one node, and says what is wrong with its address', async ({ page, complaints }) => {
    watch(page, complaints)
    for (const [nodes, triangles] of [
      [0, 0],
      [1, 4],
    ]) {
      await page.goto(`/lab/graph?nodes=${nodes}&edges=0`)
      await expect.poll(() => page.evaluate(() => window.aiaGraph?.stats())).toMatchObject({ nodes, edges: 0, triangles })
    }
    await page.goto('/lab/graph?nodes=2&edges=1&layout=off&from=elsewhere')
    await expect.poll(() => page.evaluate(() => window.aiaGraph?.stats())).toMatchObject({ nodes: 2, edges: 1 })
    await page.goto('/lab/graph?nodes=-3&edges=many')
    await expect(page.getByRole('heading', { level: 1, name: 'Laboratory of the graph' })).toBeAttached()
    await expect(page.getByText('nodes is not a whole number.')).toBeVisible()
    await expect(page.getByText('edges is not a whole number.')).toBeVisible()
  })
})
