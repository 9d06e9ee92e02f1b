'use client'
import { Skeleton } from '@mui/material'
import { MonitorX } from 'lucide-react'
import dynamic from 'next/dynamic'
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { GraphCamera } from '@/components/graph/graph-data'
import type { GraphSceneHandle } from '@/components/graph/scene/graph-scene'
import { useXrEntry } from '@/components/graph/xr/use-xr-entry'
import { XrButtons } from '@/components/graph/xr/xr-buttons'
import { XrInside } from '@/components/graph/xr/xr-inside'
import { plural } from '@/components/ui/format'
import { NodeTable } from './node-table'
import { useGlide } from './use-glide'
import type { GraphPlace } from './use-graph-place'
import type { Walk } from './use-walk'
import { writeCamera } from './view-state'

const GraphScene = dynamic(() => import('@/components/graph/scene/graph-scene').then((module) => module.GraphScene), {
  ssr: false,
  loading: () => <Skeleton variant="rectangular" className="!h-full" aria-label="Loading the picture" />,
})

type Props = {
  place: GraphPlace
  walk: Walk
  rows: number[]
  hovered: number
  hover: (node: number) => void
  handle: RefObject<GraphSceneHandle | null>
  /** There is no WebGL: the table stands in. */
  lost: boolean
  setLost: (lost: boolean) => void
}

/** The graph as a picture, with the walk on its keys. Where there is no WebGL, or it was lost, the table stands in until it is back. */
export function Picture({ place, walk, rows, hovered, hover, handle, lost, setLost }: Props) {
  const { shown, view, change, groups } = place
  const [begin] = useState(view.camera)
  useEffect(() => () => setLost(false), [setLost])
  const byHand = useRef(false)
  const lit = useLit(place, walk)
  const headset = useXrEntry(shown.count)
  const positionsVersion = useGlide(shown.graph)
  // The way of an answer that was asked for in the headset.
  const [answer, setAnswer] = useState<readonly number[]>([])
  const select = (node: number) => {
    byHand.current = true
    place.select(node)
  }
  const { selected } = shown
  const here = shown.graph.ids[selected] ?? null
  const isDrawn = shown.shown[selected] === 1

  // What was selected elsewhere comes into view; what was selected in the picture is in view, and a shared view stays as it was shared.
  // Communities stand where no atom stands, and what is focused on is looked at closely.
  const part = `${groups !== null} ${view.community} ${view.focus}`
  const arranged = useRef({ part, here: begin ? here : null })
  // The scene hands itself over again whenever this changes, and has by then what this was made from.
  const attach = useCallback(
    (scene: GraphSceneHandle | null) => {
      handle.current = scene
      const before = arranged.current
      if (!scene || (before.part === part && before.here === here)) return
      arranged.current = { part, here }
      if (before.part !== part) scene.fit()
      else if (selected >= 0 && isDrawn && !byHand.current) scene.focus(selected)
      byHand.current = false
    },
    [handle, part, here, selected, isDrawn],
  )

  const onCamera = useCallback((camera: GraphCamera) => change({ camera: writeCamera(camera) }, { replace: true }), [change])
  const what = groups ? plural(shown.count, 'community', 'communities') : plural(shown.count, 'atom', 'atoms')
  return (
    <div className="relative h-full">
      <div
        role="application"
        aria-roledescription="graph"
        aria-label={`Picture of the graph, ${what}. Arrow keys go through neighbours by weight, Enter follows, Backspace returns.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the walk by keyboard happens here
        tabIndex={0}
        // The buttons inside have keys of their own.
        onKeyDown={(event) => event.target === event.currentTarget && walk.onKeyDown(event)}
        className={`absolute inset-0 touch-none overflow-hidden -outline-offset-2 ${lost ? 'invisible' : ''}`}
      >
        <GraphScene
          graph={shown.graph}
          positionsVersion={positionsVersion}
          flat={view.view === '2d'}
          shown={shown.shown}
          selected={selected}
          lit={answer.length > 0 ? answer : lit}
          hovered={hovered}
          onHover={hover}
          camera={begin}
          onSelect={select}
          onOpen={place.open}
          onCamera={onCamera}
          onLost={setLost}
          handle={attach}
        >
          <XrInside
            entry={headset}
            graph={shown.graph}
            shown={shown.shown}
            selected={selected}
            onSelect={select}
            onLit={setAnswer}
            live={groups === null}
          />
        </GraphScene>
      </div>
      {!lost && (
        <div className="pointer-events-none absolute top-2 right-2 flex flex-wrap justify-end gap-2 *:pointer-events-auto">
          <XrButtons entry={headset} />
        </div>
      )}
      {lost && (
        <div className="absolute inset-0 flex flex-col">
          <p role="status" className="flex items-center gap-2 border-b border-line px-3 py-2">
            <MonitorX size={16} aria-hidden className="shrink-0 text-attention" />
            <span>The picture needs WebGL, which is not there at the moment. This table is complete: {what}. The picture comes back with WebGL.</span>
          </p>
          <div className="min-h-0 grow">
            <NodeTable place={place} rows={rows} hovered={hovered} hover={hover} />
          </div>
        </div>
      )}
    </div>
  )
}

/** What is lit: the step that Enter would take, else the path between two atoms. */
function useLit({ shown, path: { nodes }, groups }: GraphPlace, walk: Walk): readonly number[] {
  const aimed = walk.steps[walk.current]?.node ?? -1
  return useMemo(() => {
    if (aimed >= 0) return shown.selected >= 0 ? [shown.selected, aimed] : [aimed]
    if (!groups) return nodes
    return [...new Set(nodes.map((node) => groups.groupOf[node] ?? -1))].filter((group) => group >= 0)
  }, [aimed, shown.selected, nodes, groups])
}
