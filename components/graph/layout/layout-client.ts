import { relaxing } from '@/server/neural/graph/layout/relax'
import type { GraphData } from '../graph-data'
import type { LayoutNews, LayoutOrder } from './messages'

/** What of a Worker is used. */
export interface LayoutPort {
  postMessage(order: LayoutOrder, transfer: Transferable[]): void
  onmessage: ((event: MessageEvent<LayoutNews>) => void) | null
}

export type LayoutState = Pick<LayoutNews, 'tickMs' | 'settled'>

/** Moves the positions of a graph in place while a worker lays it out. All it does on the page is to copy what came. */
export class LayoutClient {
  readonly #port: LayoutPort
  readonly #graph: Pick<GraphData, 'count' | 'edges' | 'positions'>
  readonly #flat: boolean

  /** @param onMoved positions were moved */
  constructor(
    port: LayoutPort,
    graph: Pick<GraphData, 'count' | 'edges' | 'positions'>,
    { flat, onMoved }: { flat: boolean; onMoved(state: LayoutState): void },
  ) {
    this.#port = port
    this.#graph = graph
    this.#flat = flat
    port.onmessage = ({ data: { positions, tickMs, settled } }) => {
      this.#take(positions)
      this.#send({ kind: 'returned', positions }, [positions.buffer])
      onMoved({ tickMs, settled })
    }
  }

  /** Lays out from where the nodes stand now. @param alpha how far they may move at first, 1 for a graph that has no places yet */
  begin(alpha: number): void {
    const { count } = this.#graph
    const [edges, positions] = [this.#graph.edges.slice(), this.#graph.positions.slice()]
    this.#send({ kind: 'begin', count, edges, positions, flat: this.#flat, alpha, mobility: null }, [edges.buffer, positions.buffer])
  }

  /** Brings these nodes and their surroundings to rest again; the others hardly move. */
  relax(nodes: readonly number[]): void {
    const known = new Uint8Array(this.#graph.count).fill(1)
    for (const node of nodes) known[node] = 0
    this.#send({ kind: 'relax', ...relaxing(this.#graph, known) }, [])
  }

  stop(): void {
    this.#send({ kind: 'stop' }, [])
  }

  #send(order: LayoutOrder, transfer: Transferable[]): void {
    this.#port.postMessage(order, transfer)
  }

  /** In the plane depth is left alone: the way back to space keeps it. */
  #take(positions: Float32Array): void {
    const into = this.#graph.positions
    if (!this.#flat) into.set(positions)
    else
      for (let at = 0; at < into.length; at += 3) {
        into[at] = positions[at]!
        into[at + 1] = positions[at + 1]!
      }
  }
}
