'use client'
import { Canvas } from '@react-three/fiber'
import { type ReactNode, type Ref, type RefCallback, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { GraphCamera, GraphData } from '../graph-data'
import type { GraphSceneStats } from './graph-view'
import { useSceneColours } from './scene-colours'
import { SceneContent } from './scene-content'
import { ZoomButtons } from './zoom-buttons'

export type { GraphSceneStats }

export interface GraphSceneProps {
  graph: GraphData
  /** Raised when `graph.positions` were moved in place (layout running); the scene uploads them again. */
  positionsVersion: number
  /** 2D: the same selection, orthographic from the front. */
  flat: boolean
  /** 1 for nodes that pass the filters; null = all. */
  shown: Uint8Array | null
  /** Node, -1 none. */
  selected: number
  /** Nodes of a path, in order ([] = none): they and the edges between neighbours light up. */
  lit: readonly number[]
  /** The node that something outside points at, such as a row of the table; -1 none. */
  hovered?: number
  /** Where to begin; null = everything in view. */
  camera: GraphCamera | null
  /** -1 = nothing. */
  onSelect(node: number): void
  /** Double click: expand, open a community. */
  onOpen?(node: number): void
  /** What the pointer is over, -1 nothing. */
  onHover?(node: number): void
  /** Once it rests. */
  onCamera?(camera: GraphCamera): void
  /** WebGL is missing or lost, or back again. */
  onLost?(lost: boolean): void
  handle?: Ref<GraphSceneHandle>
  /** Things drawn inside. */
  children?: ReactNode
}

export interface GraphSceneHandle {
  focus(node: number): void
  /** Brings nodes into view, without an argument all that are shown. */
  fit(nodes?: readonly number[]): void
  /** Above 1 comes nearer. */
  zoom(factor: number): void
  camera(): GraphCamera
  /** The picture as PNG, as it is shown. */
  image(): Promise<Blob>
  /** The node at a point (pixels from the top left corner of the scene), or -1. */
  pick(x: number, y: number): number
  /** Where a node stands in the scene (pixels from its top left corner) and how large it is there, or null when it is outside. */
  project(node: number): { x: number; y: number; radius: number } | null
  stats(): GraphSceneStats
}

/** The graph as a picture in space or, flat, on a plane. Fills its parent; load it with next/dynamic and `ssr: false`. */
export function GraphScene(props: GraphSceneProps) {
  const { onLost, graph, flat } = props
  const { ground } = useSceneColours()
  const inside = useRef<GraphSceneHandle>(null)
  const hold = useMergedHandle(inside, props.handle)
  const [missing] = useState(() => !hasWebGl())
  useEffect(() => {
    if (missing) onLost?.(true)
  }, [missing, onLost])
  if (missing)
    return (
      <div className="flex h-full items-center justify-center p-4 text-center text-quiet">
        This browser has no WebGL 2, which the picture needs. Table and tree show the same graph.
      </div>
    )
  return (
    <div className="relative h-full">
      <Canvas
        frameloop="demand"
        dpr={[1, 2]}
        flat
        linear
        // Letters and impostors bring their own soft edges; the samples soften the nodes'.
        gl={{ antialias: true, alpha: false, powerPreference: 'high-performance' }}
        style={{ background: ground }}
        role="img"
        aria-label={`${flat ? 'Flat picture' : 'Picture in space'} of the graph: ${graph.count} nodes, ${graph.edgeWeights.length} edges. The table has the same.`}
      >
        <SceneContent {...props} handle={hold} />
      </Canvas>
      <ZoomButtons onZoom={(factor) => inside.current?.zoom(factor)} />
    </div>
  )
}

/** Gives a handle to ourselves and to whoever asked for it. */
function useMergedHandle(own: RefObject<GraphSceneHandle | null>, asked: Ref<GraphSceneHandle> | undefined): RefCallback<GraphSceneHandle> {
  return useCallback(
    (handle) => {
      own.current = handle
      if (typeof asked === 'function') asked(handle)
      else if (asked) asked.current = handle
    },
    [own, asked],
  )
}

function hasWebGl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2')
  // Browsers keep few contexts alive: this one is not needed any more.
  context?.getExtension('WEBGL_lose_context')?.loseContext()
  return context !== null
}
