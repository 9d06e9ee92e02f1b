// What no rule of axe sees: that a page can be read and walked by keyboard alone, in its order.
import { expect, type Page } from '@playwright/test'

/** No page of a small workspace has more to stop at. */
const mostStops = 250

interface Stop {
  /** Its place among all elements of the page, which is the order of reading; -1 when it is not there any more. */
  at: number
  role: string
  name: string
  isSeen: boolean
}

declare global {
  interface Window {
    stops: Element[]
    /** What can be reached by Tab as the document says it, before the walk: what comes while it goes on may come behind it. */
    reachable: HTMLElement[]
    axe: { setup(node: Node): void; teardown(): void; commons: { text: { accessibleText(element: Element): string } } }
  }
}

/** Presses Tab from the top of the page to its end. @returns the stops, and what can be reached by Tab as the document says it */
async function walk(page: Page): Promise<{ stops: Stop[]; lost: number; unreached: string[] }> {
  await page.evaluate(() => {
    const canBeReached = (element: HTMLElement) => {
      if (element.tabIndex < 0 || element.matches(':disabled, [inert] *, [aria-hidden="true"] *')) return false
      if (!element.checkVisibility({ visibilityProperty: true })) return false
      // Of a group of choices one is a stop.
      return !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked)
    }
    const could = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex], [contenteditable="true"]'
    window.stops = []
    window.reachable = [...document.querySelectorAll<HTMLElement>(could)].filter(canBeReached)
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    // Tab goes on from where the last focus or press was: from the beginning.
    getSelection()?.removeAllRanges()
    const top = document.createElement('span')
    top.tabIndex = -1
    document.body.prepend(top)
    top.focus()
    top.remove()
  })
  let lost = 0
  for (let press = 0; press < mostStops; press++) {
    await page.keyboard.press('Tab')
    const came = await page.evaluate(() => {
      const { activeElement: element } = document
      if (!element || element === document.body || element === document.documentElement) return 'nowhere'
      // Such as day, month and year of one field.
      if (element === window.stops.at(-1)) return 'on'
      if (window.stops.includes(element)) return 'again'
      window.stops.push(element)
      return 'on'
    })
    if (came === 'again') break
    if (came === 'on') continue
    // After the last stop focus leaves the page; anywhere else it was lost.
    await page.keyboard.press('Tab')
    const isEnd = await page.evaluate(() => document.activeElement === (window.stops[0] ?? document.body))
    if (isEnd) break
    lost += 1
    if (lost > 3) break
  }
  const read = await page.evaluate(() => {
    const { stops, axe } = window
    const order = new Map([...document.querySelectorAll('*')].map((element, at) => [element, at]))
    axe.setup(document.documentElement)
    const named = (element: Element) => {
      try {
        // MUI's charts take focus on an element without a role, and name their points as arrow keys come to them (ChartsAccessibilityProxy).
        if (element.closest('[data-chart]') && element.getAttribute('role') === 'none') return 'chart'
        return axe.commons.text.accessibleText(element)
      } catch {
        return ''
      }
    }
    const roleOf = (element: Element) => element.getAttribute('role') ?? element.tagName.toLowerCase()
    const walked = stops.map((element) => {
      const { width, height } = element.getBoundingClientRect()
      // Such as the button over a field of files: what is drawn for it is its label.
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.getBoundingClientRect() : undefined
      const isSeen = (width > 1 && height > 1) || (label !== undefined && label.width > 1)
      return { at: order.get(element) ?? -1, role: roleOf(element), name: element.isConnected ? named(element) : '', isSeen }
    })
    const unreached = window.reachable.filter((element) => element.isConnected && !stops.includes(element))
    const told = unreached.map((element) => `${roleOf(element)} ${named(element)}`)
    axe.teardown()
    return { walked, told }
  })
  return { stops: read.walked, lost, unreached: read.told }
}

/** One heading of the first order, one main part, and every landmark of a kind that stands there twice with a name of its own. */
async function expectLandmarks(page: Page): Promise<void> {
  const found = await page.evaluate(() => {
    const shown = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)].filter((element) => element.checkVisibility())
    const names = (selector: string) =>
      shown(selector).map((element) => element.getAttribute('aria-label') ?? element.getAttribute('aria-labelledby') ?? '')
    return {
      h1: shown('h1, [role="heading"][aria-level="1"]').length,
      main: shown('main, [role="main"]').length,
      nav: names('nav'),
      aside: names('aside'),
    }
  })
  expect([found.h1, found.main], 'first headings and main parts').toEqual([1, 1])
  for (const names of [found.nav, found.aside]) if (names.length > 1) expect(new Set(names.filter(Boolean)).size, names.join()).toBe(names.length)
}

/**
 * Everything that Tab reaches has a name and is to be seen, in the order in which the page is read; everything that can be reached is, and focus is never
 * lost. Axe must have been in the page (expectAccessible).
 */
export async function expectReadable(page: Page, { frame }: { frame: boolean }): Promise<void> {
  await expectLandmarks(page)
  const { stops, lost, unreached } = await walk(page)
  const listed = stops.map(({ at, role, name }) => `${at} ${role} “${name}”`).join('\n')
  expect(lost, `focus was lost between\n${listed}`).toBe(0)
  expect(
    stops.filter(({ name, at }) => name.trim() === '' && at >= 0),
    listed,
  ).toEqual([])
  expect(
    stops.filter(({ isSeen, at }) => !isSeen && at >= 0),
    listed,
  ).toEqual([])
  const places = stops.map(({ at }) => at).filter((at) => at >= 0)
  expect(places, listed).toEqual(places.toSorted((a, b) => a - b))
  expect(unreached, listed).toEqual([])
  if (frame) expect(stops[0]?.name, listed).toBe('Skip to content')
}
