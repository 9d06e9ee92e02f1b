import { domainSlot, shapes } from '@/components/ui/domain'
import type { Colours } from '@/components/ui/theme'
import { type Measure, type PanelItem, type PanelLayout, panelPixels, type TextStyle, type Tone } from './panel-layout'

const font = ({ size, weight }: TextStyle, family: string) => `${weight} ${size}px ${family}`

/** Widths as the canvas will draw them. */
export const measureIn =
  (context: CanvasRenderingContext2D, family: string): Measure =>
  (text, style) => {
    context.font = font(style, family)
    return context.measureText(text).width
  }

export interface PanelLook {
  colours: Colours
  family: string
  /** Moves the body up, pixels. */
  scroll: number
  /** What is pointed at: a place in `hits`, -1 nothing. */
  hovered: number
}

/** Draws the whole panel: the canvas becomes one texture, so that the panel is one draw call whatever it says. */
export function paintPanel(context: CanvasRenderingContext2D, layout: PanelLayout, look: PanelLook): void {
  const { colours, scroll } = look
  const { width, height } = panelPixels
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, width, height)
  context.fillStyle = colours.panel
  context.strokeStyle = colours.lineStrong
  context.lineWidth = 3
  rounded(context, 2, 2, width - 4, height - 4, 36)
  context.fill()
  context.stroke()
  for (const item of layout.fixed) paintItem(context, item, look)

  const { top, bottom } = layout.window
  context.save()
  context.beginPath()
  context.rect(0, top, width, bottom - top)
  context.clip()
  context.translate(0, -scroll)
  for (const item of layout.body) {
    const itemBottom = item.kind === 'text' ? item.y + item.style.size : item.y + (item.kind === 'box' ? item.height : item.size)
    const itemTop = item.kind === 'text' ? item.y - item.style.size : item.y
    if (itemBottom > scroll + top && itemTop < scroll + bottom) paintItem(context, item, look)
  }
  context.restore()
  if (layout.scrollMost <= 0) return
  const share = (bottom - top) / (bottom - top + layout.scrollMost)
  const length = Math.max(48, (bottom - top) * share)
  context.fillStyle = colours.lineStrong
  rounded(context, width - 24, top + ((bottom - top - length) * scroll) / layout.scrollMost, 8, length, 4)
  context.fill()
}

function paintItem(context: CanvasRenderingContext2D, item: PanelItem, { colours, family, hovered }: PanelLook): void {
  if (item.kind === 'text') {
    const tones: Record<Tone, string> = {
      ink: colours.ink,
      strong: colours.ink,
      quiet: colours.quiet,
      danger: colours.danger,
      onAccent: colours.onAccent,
    }
    context.font = font(item.style, family)
    context.fillStyle = tones[item.tone]
    context.textAlign = item.align
    context.direction = item.align === 'right' ? 'rtl' : 'ltr'
    context.fillText(item.text, item.x, item.y)
  } else if (item.kind === 'mark') {
    const { colour, shape } = domainSlot(item.name)
    context.save()
    context.translate(item.x, item.y)
    context.scale(item.size / 12, item.size / 12)
    context.fillStyle = colours.domains[colour] ?? colours.idle
    context.fill(new Path2D(shapes[shape]))
    context.restore()
  } else {
    const pointed = item.hit >= 0 && item.hit === hovered
    const fills = { main: colours.accent, button: colours.raised, row: pointed ? colours.raised : colours.panel, field: colours.ground }
    context.fillStyle = fills[item.look]
    context.strokeStyle = pointed ? colours.accent : item.look === 'field' ? colours.lineStrong : colours.line
    context.lineWidth = pointed ? 5 : 2
    rounded(context, item.x, item.y, item.width, item.height, 16)
    context.fill()
    context.stroke()
  }
}

function rounded(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius: number): void {
  context.beginPath()
  context.roundRect(x, y, width, height, radius)
}
