import type { PanelAction, PanelBlock, PanelButton, PanelView } from './panel-view'

/** Pixels of the panel's picture, and metres it takes in space: 28 pixels a degree at arm's length, letters of 1.1 degrees and more. */
export const panelPixels = { width: 1024, height: 1280 } as const
export const panelMetres = { width: 0.64, height: 0.8 } as const

export type Tone = 'ink' | 'quiet' | 'strong' | 'danger' | 'onAccent'
export interface TextStyle {
  size: number
  weight: number
}
export const styles = {
  heading: { size: 44, weight: 600 },
  strong: { size: 32, weight: 600 },
  normal: { size: 32, weight: 400 },
  small: { size: 26, weight: 400 },
} as const satisfies Record<string, TextStyle>

/** y of text is its baseline. Rows and keys of `body` move with the scroll. */
export type PanelItem =
  | { kind: 'text'; x: number; y: number; width: number; text: string; style: TextStyle; tone: Tone; align: 'left' | 'right' | 'center' }
  | { kind: 'box'; x: number; y: number; width: number; height: number; look: 'button' | 'main' | 'row' | 'field'; hit: number }
  | { kind: 'mark'; x: number; y: number; size: number; name: string }

export interface PanelHit {
  x: number
  y: number
  width: number
  height: number
  label: string
  action: PanelAction
  inBody: boolean
}

export interface PanelLayout {
  fixed: readonly PanelItem[]
  body: readonly PanelItem[]
  hits: readonly PanelHit[]
  /** The part of the panel in which the body moves. */
  window: { top: number; bottom: number }
  /** How far the body can be moved up. */
  scrollMost: number
}

/** Width of `text` in pixels. */
export type Measure = (text: string, style: TextStyle) => number

const margin = 48
const inner = panelPixels.width - 2 * margin
const gap = 12
const rowPadding = 18
/** 2.9 degrees: what a gaze still hits. */
const buttonHeight = 80

/** Letters as people see them: an emoji of several code points is one. */
const segmenter = new Intl.Segmenter()

/** Hebrew, Arabic and their neighbours: text whose first letter is one of them begins at the right. */
export const isRightToLeft = (text: string) => /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u.test(text)

/**
 * Lines no wider than `width`, at most `most` of them (the last then ends in an ellipsis). Words that are wider than a line are cut between letters
 * as people see them (an emoji stays whole).
 */
export function wrapText(text: string, width: number, style: TextStyle, measure: Measure, most = Number.POSITIVE_INFINITY): string[] {
  const lines: string[] = []
  for (const paragraph of text.split(/\r?\n/)) {
    let line = ''
    for (const word of paragraph.split(/\s+/).filter(Boolean)) {
      const longer = line ? `${line} ${word}` : word
      if (measure(longer, style) <= width) {
        line = longer
        continue
      }
      if (line) lines.push(line)
      line = ''
      if (measure(word, style) <= width) line = word
      else
        for (const { segment } of segmenter.segment(word)) {
          if (line && measure(line + segment, style) > width) {
            lines.push(line)
            line = ''
          }
          line += segment
        }
      if (lines.length > most) break
    }
    if (line || (paragraph.trim() === '' && lines.length > 0 && lines.at(-1) !== '')) lines.push(line)
    if (lines.length > most) break
  }
  while (lines.at(-1) === '') lines.pop()
  if (lines.length <= most) return lines
  const kept = lines.slice(0, most)
  let last = [...segmenter.segment(kept.at(-1) ?? '')].map(({ segment }) => segment)
  while (last.length > 0 && measure(`${last.join('').trimEnd()}…`, style) > width) last = last.slice(0, -1)
  kept[most - 1] = `${last.join('').trimEnd()}…`
  return kept
}

/** Places everything of a view. Body coordinates are those of an unmoved body. */
export function layoutPanel(view: PanelView, measure: Measure): PanelLayout {
  const fixed: PanelItem[] = []
  const body: PanelItem[] = []
  const hits: PanelHit[] = []

  const lines = (items: PanelItem[], text: string, x: number, top: number, width: number, style: TextStyle, tone: Tone, most?: number): number => {
    const height = Math.round(style.size * 1.35)
    let y = top
    for (const line of wrapText(text, width, style, measure, most)) {
      const rtl = isRightToLeft(line)
      items.push({ kind: 'text', x: rtl ? x + width : x, y: y + style.size, width, text: line, style, tone, align: rtl ? 'right' : 'left' })
      y += height
    }
    return y
  }
  const buttonRow = (items: PanelItem[], buttons: readonly PanelButton[], top: number, inBody: boolean): void => {
    const shares = buttons.reduce((sum, { width = 1 }) => sum + width, 0)
    const unit = (inner - gap * (buttons.length - 1)) / shares
    let x = margin
    for (const { label, action, main, width = 1 } of buttons) {
      const box = { x, y: top, width: unit * width, height: buttonHeight }
      items.push({ kind: 'box', ...box, look: main ? 'main' : 'button', hit: hits.length })
      const style = styles.strong
      const [shown = ''] = wrapText(label, box.width - 8, style, measure, 1)
      items.push({
        kind: 'text',
        x: x + box.width / 2,
        y: top + buttonHeight / 2 + style.size * 0.36,
        width: box.width,
        text: shown,
        style,
        tone: main ? 'onAccent' : 'ink',
        align: 'center',
      })
      hits.push({ ...box, label, action, inBody })
      x += box.width + gap
    }
  }

  let top = lines(fixed, view.caption, margin, margin, inner, styles.small, 'quiet', 1) + 4
  top = lines(fixed, view.heading, margin, top, inner, styles.heading, 'ink', 2) + 20
  const bars = [view.buttons, view.always].filter((bar) => bar.length > 0)
  const bottom = panelPixels.height - margin - bars.length * (buttonHeight + gap) - 8
  bars.forEach((bar, index) => {
    buttonRow(fixed, bar, panelPixels.height - margin - (bars.length - index) * (buttonHeight + gap) + gap, false)
  })

  let y = top
  const place = (block: PanelBlock): void => {
    if (block.kind === 'text') {
      const style = block.tone === 'strong' ? styles.strong : styles.normal
      y = lines(body, block.text, margin, y + (block.tone === 'strong' ? 16 : 0), inner, style, block.tone) + gap
    } else if (block.kind === 'domains') {
      for (const name of block.names.slice(0, 6)) {
        body.push({ kind: 'mark', x: margin, y: y + 2, size: 28, name })
        y = lines(body, name, margin + 42, y, inner - 42, styles.small, 'quiet', 1) + 4
      }
      y += gap
    } else if (block.kind === 'buttons') {
      buttonRow(body, block.buttons, y, true)
      y += buttonHeight + gap
    } else {
      const start = y
      const box: PanelItem & { kind: 'box' } = {
        kind: 'box',
        x: margin,
        y: start,
        width: inner,
        height: 0,
        look: block.kind,
        hit: block.kind === 'row' ? hits.length : -1,
      }
      body.push(box)
      const x = margin + rowPadding
      const width = inner - 2 * rowPadding
      if (block.kind === 'field') y = lines(body, block.text || block.hint, x, y + rowPadding, width, styles.normal, block.text ? 'ink' : 'quiet')
      else {
        y = lines(body, block.label, x, y + rowPadding, width, styles.normal, 'ink', 2)
        y = lines(body, block.detail, x, y, width, styles.small, 'quiet', 3)
      }
      y = Math.max(y + rowPadding - 6, start + buttonHeight)
      box.height = y - start
      if (block.kind === 'row')
        hits.push({ x: margin, y: start, width: inner, height: box.height, label: block.label, action: block.action, inBody: true })
      y += gap
    }
  }
  for (const block of view.blocks) place(block)
  return { fixed, body, hits, window: { top, bottom }, scrollMost: Math.max(0, y - bottom) }
}

/** What is at a point of the panel (pixels from its upper left), when its body is moved up by `scroll`; -1 nothing. */
export function hitAt({ hits, window }: PanelLayout, scroll: number, x: number, y: number): number {
  return hits.findIndex((hit) => {
    const at = hit.inBody ? y + scroll : y
    if (hit.inBody && (y < window.top || y > window.bottom)) return false
    return x >= hit.x && x <= hit.x + hit.width && at >= hit.y && at <= hit.y + hit.height
  })
}
