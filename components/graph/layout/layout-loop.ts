import { ForceLayout } from '@/server/neural/graph/layout/force-layout'
import type { LayoutNews, LayoutOrder } from './messages'

/** The page draws no more pictures a second than this. */
const betweenNewsMs = 33

interface Surroundings {
  post(news: LayoutNews, transfer: Transferable[]): void
  /** Calls back once what the page has sent was heard. */
  soon(run: () => void): void
  now(): number
}

/**
 * Lays out for a page: ticks, and tells the places through two buffers that go to and fro. A page that is busy keeps both, and hears of later places
 * instead of many, however long it takes.
 */
export class LayoutLoop {
  #layout: ForceLayout | null = null
  #positions: Float32Array = new Float32Array(0)
  #spare: Float32Array<ArrayBuffer>[] = []
  #isRunning = false
  #isTold = true
  #toldAt = Number.NEGATIVE_INFINITY
  #ticks = 0
  #tickingMs = 0
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  hear(order: LayoutOrder): void {
    if (order.kind === 'begin') {
      const { positions, flat, alpha, mobility } = order
      this.#positions = positions
      this.#ticks = 0
      this.#tickingMs = 0
      this.#layout = new ForceLayout(order, positions, { flat, alpha, mobility })
      this.#spare = [new Float32Array(positions.length), new Float32Array(positions.length)]
      this.#run()
    } else if (order.kind === 'relax') {
      if (!this.#layout) return
      this.#layout.alpha = Math.max(this.#layout.alpha, order.alpha)
      this.#layout.mobility = order.mobility
      this.#run()
    } else if (order.kind === 'stop') this.#layout?.stop()
    else {
      // A layout that has begun since has buffers of its own size.
      if (order.positions.length === this.#positions.length && this.#spare.length < 2) this.#spare.push(order.positions)
      this.#tell()
    }
  }

  #run(): void {
    this.#isTold = false
    if (this.#isRunning) return
    this.#isRunning = true
    this.#around.soon(() => this.#turn())
  }

  #turn(): void {
    const layout = this.#layout
    if (layout && !layout.settled) {
      const begunAt = this.#around.now()
      layout.tick()
      this.#tickingMs += this.#around.now() - begunAt
      this.#ticks++
    }
    this.#isRunning = layout !== null && !layout.settled
    this.#tell()
    if (this.#isRunning) this.#around.soon(() => this.#turn())
  }

  /** Tells where all stand, unless that was just done, or is known, or the page has both buffers still. */
  #tell(): void {
    const settled = this.#layout?.settled ?? true
    if (this.#isTold || (!settled && this.#around.now() - this.#toldAt < betweenNewsMs)) return
    const positions = this.#spare.pop()
    if (!positions) return
    positions.set(this.#positions)
    this.#toldAt = this.#around.now()
    this.#isTold = settled
    // The mean: a browser's clock is coarser than a tick of a small graph.
    const tickMs = this.#ticks === 0 ? 0 : this.#tickingMs / this.#ticks
    this.#around.post({ kind: 'moved', positions, tickMs, settled }, [positions.buffer])
  }
}
