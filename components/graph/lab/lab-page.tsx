'use client'
import dynamic from 'next/dynamic'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLayout } from '../layout/use-layout'
import type { GraphSceneHandle, GraphSceneStats } from '../scene/graph-scene'
import { useXrEntry } from '../xr/use-xr-entry'
import { XrButtons } from '../xr/xr-buttons'
import { XrInside } from '../xr/xr-inside'
import type { XrSessionHandle } from '../xr/xr-session'
import { type LabGraph, scaleFreeGraph } from './scale-free'

const GraphScene = dynamic(() => import('../scene/graph-scene').then((loaded) => loaded.GraphScene), { ssr: false })

const none: readonly number[] = []

declare global {
  interface Window {
    /** What measurements and tests ask the laboratory; there once the graph is drawn. Nodes are named by their number, 0 to count - 1. */
    aiaGraph?: {
      /** `layoutTickMs` is what the last tick of the layout took: null before the first one, and for good with `layout=off`. */
      stats(): GraphSceneStats & { layoutTickMs: number | null }
      /** The node at a point (pixels from the top left corner of the page), -1 when nothing lies there. */
      pick(x: number, y: number): number
      /** Where a node stands on the page and how large it is there, or null when it is outside. */
      project(id: number): { x: number; y: number; radius: number } | null
      /** Whether it was laid out, as far as that is wanted, and nothing moves any more. */
      settled(): boolean
      /** x, y, z of node i at 3i. */
      positions(): Float32Array
      /** @throws RangeError when there is no such node; -1 selects nothing */
      select(id: number): void
      /** The selected node, -1 when none is. */
      selected(): number
      /** What a headset shows, null without a session. */
      xr(): XrSessionHandle | null
    }
  }
}

/** A made-up graph through the code that draws real ones, with nothing around it that could be measured instead. */
export function LabPage({ nodes, edges, seed, laidOut }: LabGraph & { laidOut: boolean }) {
  const graph = useMemo(() => scaleFreeGraph({ nodes, edges, seed }), [nodes, edges, seed])
  const [selected, setSelected] = useState(-1)
  const [ready, setReady] = useState(false)
  const running = laidOut && ready
  const layout = useLayout(graph, { flat: false, running })
  const latestLayout = useRef(layout)
  latestLayout.current = layout
  const scene = useRef<GraphSceneHandle>(null)
  const hold = useCallback((handle: GraphSceneHandle | null) => {
    scene.current = handle
    setReady(handle !== null)
  }, [])
  const headset = useRef<XrSessionHandle>(null)
  const entry = useXrEntry(nodes)
  const latest = useRef(selected)
  latest.current = selected
  useEffect(() => {
    if (!ready) return
    const drawn = () => {
      if (!scene.current) throw new Error('The graph is not drawn.')
      return scene.current
    }
    window.aiaGraph = {
      stats: () => ({ ...drawn().stats(), layoutTickMs: latestLayout.current.tickMs }),
      settled: () => !laidOut || graph.count === 0 || (latestLayout.current.settled && latestLayout.current.tickMs !== null),
      pick: (x, y) => drawn().pick(x, y),
      project: (id) => drawn().project(id),
      positions: () => graph.positions.slice(),
      select: (id) => {
        if (!Number.isInteger(id) || id < -1 || id >= graph.count) throw new RangeError(`There is no node ${id}: there are 0 to ${graph.count - 1}.`)
        latest.current = id
        setSelected(id)
      },
      selected: () => latest.current,
      xr: () => headset.current,
    }
    return () => {
      window.aiaGraph = undefined
    }
  }, [graph, ready, laidOut])
  const rests = layout.settled && layout.tickMs !== null
  useEffect(() => {
    if (rests) scene.current?.fit()
  }, [rests])
  return (
    <main className="fixed inset-0">
      <h1 className="sr-only">Laboratory of the graph</h1>
      <GraphScene
        graph={graph}
        positionsVersion={layout.positionsVersion}
        flat={false}
        shown={null}
        selected={selected}
        lit={none}
        camera={null}
        onSelect={setSelected}
        handle={hold}
      >
        <XrInside entry={entry} graph={graph} shown={null} selected={selected} onSelect={setSelected} live={false} handle={headset} />
      </GraphScene>
      <div className="absolute bottom-3 left-3 flex flex-wrap gap-2">
        <XrButtons entry={entry} />
      </div>
    </main>
  )
}
