import { stateBits } from './shaders'

/** How the graph is looked at: a column-major matrix from positions to clip space, and the page's pixels. */
export interface LabelView {
  matrix: ArrayLike<number>
  width: number
  height: number
  /** Pixels that a unit of positions is wide where `w` is 1. */
  scale: number
  /** `w` of what is looked at. */
  distance: number
}

const cellWidth = 72
const cellHeight = 28
const labelHeight = 22
const special = stateBits.selected | stateBits.lit | stateBits.hovered
const standsOut = special | stateBits.neighbour

/**
 * Chooses which names are shown: of every cell of a grid over the screen the most important node (by weight and nearness) applies, and the
 * best of those that cover no other get a label. The names shown before are preferred a little, so that they do not flicker. Typed arrays,
 * nothing allocated per node: below 1 ms at 50,000 nodes.
 */
export class LabelChoice {
  /** Chosen nodes, best first: the first `count` entries. */
  readonly nodes: Int32Array
  count = 0
  readonly #before: Uint8Array
  readonly #boxes: Float32Array
  #best = new Float32Array(0)
  #winner = new Int32Array(0)
  #x = new Float32Array(0)
  #y = new Float32Array(0)
  readonly #most: number

  constructor(count: number, most: number) {
    this.#most = most
    this.nodes = new Int32Array(most)
    this.#before = new Uint8Array(count)
    this.#boxes = new Float32Array(4 * most)
  }

  /**
   * @param importance 0 to 1 a node
   * @param states bits of `stateBits` a node; nodes that are hidden get no label, and while some stand out, only those do
   * @param widthOf width of a node's label in pixels
   */
  choose(
    positions: Float32Array,
    importance: Float32Array,
    radii: Float32Array,
    states: Uint8Array,
    focused: boolean,
    view: LabelView,
    widthOf: (node: number) => number,
  ): number {
    const { matrix: m, width, height, scale, distance } = view
    const columns = Math.max(1, Math.ceil(width / cellWidth))
    const cells = columns * Math.max(1, Math.ceil(height / cellHeight))
    if (this.#best.length < cells) {
      this.#best = new Float32Array(cells)
      this.#winner = new Int32Array(cells)
      this.#x = new Float32Array(cells)
      this.#y = new Float32Array(cells)
    }
    const [best, winner, xs, ys, before] = [this.#best, this.#winner, this.#x, this.#y, this.#before]
    best.fill(0, 0, cells)
    const [m0, m1, m3, m4, m5, m7] = [m[0]!, m[1]!, m[3]!, m[4]!, m[5]!, m[7]!]
    const [m8, m9, m11, m12, m13, m15] = [m[8]!, m[9]!, m[11]!, m[12]!, m[13]!, m[15]!]
    for (let node = 0, at = 0; node < importance.length; node++, at += 3) {
      const state = states[node]!
      if (state & stateBits.hidden || (focused && !(state & standsOut))) continue
      const x = positions[at]!
      const y = positions[at + 1]!
      const z = positions[at + 2]!
      const w = m3 * x + m7 * y + m11 * z + m15
      if (w <= 1e-4) continue
      const px = ((m0 * x + m4 * y + m8 * z + m12) / w + 1) * 0.5 * width
      const py = (1 - (m1 * x + m5 * y + m9 * z + m13) / w) * 0.5 * height
      if (px < 0 || py < 0 || px >= width || py >= height) continue
      const nearness = Math.min(2, distance / w)
      let score = (0.02 + importance[node]!) * nearness * (before[node] ? 1.25 : 1)
      if (state & special) score += state & stateBits.selected ? 300 : state & stateBits.hovered ? 200 : 100
      const cell = ((py / cellHeight) | 0) * columns + ((px / cellWidth) | 0)
      if (score <= best[cell]!) continue
      best[cell] = score
      winner[cell] = node
      xs[cell] = px
      ys[cell] = py + (radii[node]! * scale) / w
    }
    const order: number[] = []
    for (let cell = 0; cell < cells; cell++) if (best[cell]! > 0) order.push(cell)
    order.sort((a, b) => best[b]! - best[a]!)
    for (let at = 0; at < this.count; at++) before[this.nodes[at]!] = 0
    this.#place(order, Math.min(this.#most, Math.max(8, Math.round((width * height) / 16_000))), widthOf)
    for (let at = 0; at < this.count; at++) before[this.nodes[at]!] = 1
    return this.count
  }

  /** Keeps the best that cover none of the better ones; what somebody selected or points at is shown in any case. */
  #place(order: readonly number[], most: number, widthOf: (node: number) => number): void {
    const boxes = this.#boxes
    this.count = 0
    for (const cell of order) {
      if (this.count >= most) return
      const node = this.#winner[cell]!
      const half = widthOf(node) / 2
      const [left, right] = [this.#x[cell]! - half, this.#x[cell]! + half]
      const top = this.#y[cell]!
      const bottom = top + labelHeight
      let free = true
      for (let at = 0; at < 4 * this.count && free; at += 4)
        free = right <= boxes[at]! || left >= boxes[at + 1]! || bottom <= boxes[at + 2]! || top >= boxes[at + 3]!
      if (!free && this.#best[cell]! < 200) continue
      boxes.set([left, right, top, bottom], 4 * this.count)
      this.nodes[this.count++] = node
    }
  }
}
