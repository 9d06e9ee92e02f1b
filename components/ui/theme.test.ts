import { describe, expect, it } from 'vitest'
import { type Colours, dark, light } from './theme'

/** Relative luminance and contrast ratio, WCAG 2.1. */
const luminance = (hex: string) => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string) => {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

describe.each<[string, Colours]>([
  ['dark', dark],
  ['light', light],
])('%s', (_, colours) => {
  const grounds = { ground: colours.ground, panel: colours.panel, raised: colours.raised }
  it.each(Object.entries(grounds))('text is readable on %s (4.5:1)', (_name, ground) => {
    for (const key of ['ink', 'quiet', 'accent', 'ok', 'attention', 'danger', 'info', 'idle'] as const) {
      if (key === 'idle' && ground === colours.raised) continue
      expect(contrast(colours[key], ground), key).toBeGreaterThanOrEqual(4.5)
    }
  })
  it('text on the accent and on marked words is readable', () => {
    expect(contrast(colours.onAccent, colours.accent)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(colours.ink, colours.mark)).toBeGreaterThanOrEqual(4.5)
  })
  it('graphics and field borders stand out (3:1)', () => {
    for (const ground of [colours.ground, colours.panel]) {
      for (const colour of [...colours.domains, colours.lineStrong]) expect(contrast(colour, ground), colour).toBeGreaterThanOrEqual(3)
    }
  })
})
