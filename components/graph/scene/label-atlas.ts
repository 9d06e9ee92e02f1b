import { Box2, DataTexture, LinearFilter, RGBAFormat, UnsignedByteType, Vector2, type WebGLRenderer } from 'three'
import type { Colours } from '@/components/ui/theme'

/** Pixels of the page. */
const fontSize = 12
const widest = 168
const paddingX = 8
const paddingY = 3
const halo = 3
export const labelHeight = fontSize + 4 + 2 * paddingY
const firstSide = 512

const rightToLeft = /^[^\p{L}]*[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Where a name stands in the atlas: texels. */
export interface Cut {
  x: number
  y: number
  width: number
  height: number
}

/**
 * Names as pictures in one texture. Each is drawn once by the canvas of the browser, which joins Arabic letters, orders right-to-left text and
 * knows emoji; shelves of one height fill up, the texture doubles when they are full, and starts again when it cannot.
 */
export class LabelAtlas {
  texture: DataTexture
  readonly #pen: CanvasRenderingContext2D
  readonly #cuts = new Map<number, Cut>()
  #ratio = 1
  #family = 'sans-serif'
  #ink = ''
  #ground = ''
  #x = 0
  #y = 0

  constructor() {
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    if (!pen) throw new Error('This browser has no canvas to draw letters on.')
    this.#pen = pen
    this.texture = blank(firstSide)
  }

  /** Says how letters look; what was drawn otherwise is forgotten. */
  style(colours: Colours, ratio: number, family: string): void {
    if (this.#ink === colours.ink && this.#ratio === ratio && this.#family === family) return
    this.#ink = colours.ink
    this.#ground = colours.ground
    this.#ratio = ratio
    this.#family = family
    this.clear()
  }

  /** Forgets every picture: the font came, or the graphics card lost the texture. */
  clear(): void {
    this.#cuts.clear()
    this.#x = 0
    this.#y = 0
  }

  /** Where a node's name stands, if it was drawn. */
  find(node: number): Cut | undefined {
    return this.#cuts.get(node)
  }

  /** Draws a name if it is not there yet. `full` when the atlas had to start again, and what was found before no longer stands. */
  draw(renderer: WebGLRenderer, node: number, name: string): 'drawn' | 'full' {
    const pixels = this.#paint(name)
    const { width, height } = pixels
    if (this.#x + width > this.texture.image.width) {
      this.#x = 0
      this.#y += height
    }
    let full = false
    if (this.#y + height > this.texture.image.height) {
      full = true
      this.clear()
      const side = this.texture.image.width * 2
      if (side <= Math.min(4_096, renderer.capabilities.maxTextureSize)) {
        this.texture.dispose()
        this.texture = blank(side)
      }
    }
    const cut = { x: this.#x, y: this.#y, width, height }
    const source = new DataTexture(premultiplied(pixels.data), width, height, RGBAFormat, UnsignedByteType)
    renderer.copyTextureToTexture(source, this.texture, new Box2(new Vector2(), new Vector2(width, height)), new Vector2(cut.x, cut.y))
    this.#cuts.set(node, cut)
    this.#x += width
    return full ? 'full' : 'drawn'
  }

  #paint(name: string): ImageData {
    const pen = this.#pen
    const ratio = this.#ratio
    const text = name.replace(/[\s\p{Cc}]+/gu, ' ').trim() || '(no name)'
    const set = () => {
      pen.font = `500 ${fontSize}px ${this.#family}`
      pen.direction = rightToLeft.test(text) ? 'rtl' : 'ltr'
      pen.textAlign = 'center'
      pen.textBaseline = 'middle'
    }
    set()
    const short = this.#shorten(text)
    const width = Math.ceil((Math.min(widest, pen.measureText(short).width) + 2 * paddingX) * ratio)
    const height = Math.ceil(labelHeight * ratio)
    pen.canvas.width = width
    pen.canvas.height = height
    pen.scale(ratio, ratio)
    set()
    pen.lineJoin = 'round'
    pen.lineWidth = halo
    pen.strokeStyle = this.#ground
    pen.fillStyle = this.#ink
    const [x, y] = [width / ratio / 2, labelHeight / 2 + 0.5]
    pen.strokeText(short, x, y)
    pen.fillText(short, x, y)
    return pen.getImageData(0, 0, width, height)
  }

  /** Cuts between what a reader sees as letters, so that no emoji or accent comes apart. */
  #shorten(text: string): string {
    const pen = this.#pen
    if (text.length < 400 && pen.measureText(text).width <= widest) return text
    const letters = Array.from(graphemes.segment(text.slice(0, 160)), ({ segment }) => segment)
    let [low, high] = [0, letters.length]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (pen.measureText(`${letters.slice(0, middle).join('').trimEnd()}…`).width <= widest) low = middle
      else high = middle - 1
    }
    return `${letters.slice(0, low).join('').trimEnd()}…`
  }

  dispose(): void {
    this.texture.dispose()
  }
}

/** Width of a name that was not drawn yet, guessed from its length, in pixels of the page. */
export const guessedWidth = (name: string): number => Math.min(widest, name.length * 6.4) + 2 * paddingX

function blank(side: number): DataTexture {
  const texture = new DataTexture(new Uint8Array(4 * side * side), side, side, RGBAFormat, UnsignedByteType)
  texture.minFilter = LinearFilter
  texture.magFilter = LinearFilter
  texture.needsUpdate = true
  return texture
}

/** The canvas hands out plain colours; between opaque and nothing the texture is read in between, which is right for multiplied ones alone. */
function premultiplied(plain: Uint8ClampedArray): Uint8Array {
  const pixels = new Uint8Array(plain.length)
  for (let at = 0; at < plain.length; at += 4) {
    const alpha = plain[at + 3]!
    pixels[at] = (plain[at]! * alpha) / 255
    pixels[at + 1] = (plain[at + 1]! * alpha) / 255
    pixels[at + 2] = (plain[at + 2]! * alpha) / 255
    pixels[at + 3] = alpha
  }
  return pixels
}
