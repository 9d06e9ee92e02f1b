/** The CSS variable of a line's colour, after the domains' palette. */
const colourNameOf = (line: number) => `--mui-palette-aia-domain${line % 8}`
const dashes = [null, '8 4', '3 3', '10 3 3 3', '1 4'] as const

export const colourOf = (line: number): string => `var(${colourNameOf(line)})`
/** From the ninth on lines have dashes, for there are eight colours; null for a whole one. */
export const dashOf = (line: number): string | null => dashes[Math.floor(line / 8) % dashes.length] ?? null

/** A line's name in a picture, with its colour as it is on the page now. */
export interface Named {
  name: string
  colour: string
  dash: string | null
}

/** What a picture says of the lines. @param element of the page whose colours hold */
export function namesOf(columns: readonly string[], element: Element): Named[] {
  const style = getComputedStyle(element)
  return columns.map((name, line) => ({ name, colour: style.getPropertyValue(colourNameOf(line)).trim(), dash: dashOf(line) }))
}

/** Puts what has a width into rows, in order: the place of each, in pixels from the left, and its row. One that is wider than a row has one of its own. */
export function inRows(widths: readonly number[], available: number, gap: number): { x: number; row: number }[] {
  let [x, row] = [0, 0]
  return widths.map((width) => {
    if (x > 0 && x + width > available) {
      x = 0
      row++
    }
    const place = { x, row }
    x += width + gap
    return place
  })
}
