/** What the page tells the worker that lays out. */
export type LayoutOrder =
  | { kind: 'begin'; count: number; edges: Uint32Array; positions: Float32Array; flat: boolean; alpha: number; mobility: Float32Array | null }
  | { kind: 'relax'; alpha: number; mobility: Float32Array | null }
  | { kind: 'stop' }
  /** A buffer that came with `moved` goes back, to be filled again. */
  | { kind: 'returned'; positions: Float32Array<ArrayBuffer> }

/** What the worker tells the page. */
export interface LayoutNews {
  kind: 'moved'
  /** x, y, z of node i at 3i. */
  positions: Float32Array<ArrayBuffer>
  /** Milliseconds of a tick, on the average of this layout. */
  tickMs: number
  /** Nothing moves any more: these places are the last. */
  settled: boolean
}
