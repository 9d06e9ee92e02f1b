'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { GraphData } from '../graph-data'
import { LayoutClient } from './layout-client'

export interface LayoutOptions {
  /** In the plane: x and y are laid out, and are again those of space once it is false. */
  flat: boolean
  /** False: nothing moves, and no worker runs. */
  running: boolean
  /** How far nodes may move at first: 1 for a graph that has no places yet (the default), about 0.1 for one that has. */
  alpha?: number
}

export interface GraphLayout {
  /** Raised whenever the positions were moved in place. */
  positionsVersion: number
  /** Nothing moves (any more). */
  settled: boolean
  /** What a tick took in the worker, on the average; null before the first. */
  tickMs: number | null
  /** Brings these nodes and their surroundings to rest again, such as after one was dragged. */
  relax(nodes: readonly number[]): void
  /** Lets everything stand where it is. */
  stop(): void
}

/** Lays out a graph in a worker. It moves `graph.positions` in place; the worker ends with the component, and with `running`. */
export function useLayout(graph: GraphData, { flat, running, alpha = 1 }: LayoutOptions): GraphLayout {
  const [state, setState] = useState<{ version: number; settled: boolean; tickMs: number | null }>({ version: 0, settled: true, tickMs: null })
  const client = useRef<LayoutClient | null>(null)
  useEffect(() => {
    if (!running || graph.count === 0) return
    const space = flat ? graph.positions.slice() : null
    const worker = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' })
    const moved = ({ settled, tickMs }: { settled: boolean; tickMs: number | null }) =>
      setState(({ version }) => ({ version: version + 1, settled, tickMs }))
    const layout = new LayoutClient(worker, graph, { flat, onMoved: moved })
    client.current = layout
    setState((before) => ({ ...before, settled: false }))
    layout.begin(alpha)
    return () => {
      client.current = null
      worker.terminate()
      if (space) graph.positions.set(space)
      setState(({ version, tickMs }) => ({ version: version + 1, settled: true, tickMs }))
    }
  }, [graph, flat, running, alpha])
  const relax = useCallback((nodes: readonly number[]) => {
    if (!client.current) return
    setState((before) => ({ ...before, settled: false }))
    client.current.relax(nodes)
  }, [])
  const stop = useCallback(() => client.current?.stop(), [])
  return { positionsVersion: state.version, settled: state.settled, tickMs: state.tickMs, relax, stop }
}
