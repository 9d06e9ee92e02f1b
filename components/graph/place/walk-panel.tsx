'use client'
import { Button, IconButton, Tooltip } from '@mui/material'
import { CircleDotDashed, Expand, Route, Undo2 } from 'lucide-react'
import { useId } from 'react'
import { formatNumber, humanise, plural } from '@/components/ui/format'
import { degreeOf } from './adjacency'
import { NodeMark } from './node-mark'
import type { GraphPlace } from './use-graph-place'
import type { Walk } from './use-walk'
import { kindOf, nameOf } from './walk'

const linesInSight = 40

/** Where one is in the graph and where one can go: the neighbours by weight. The same in every view, with or without a picture. */
export function WalkPanel({ place, walk }: { place: GraphPlace; walk: Walk }) {
  const { graph, adjacency, selected } = place.shown
  const listId = useId()
  // A hub has thousands of neighbours: only those around the current one are drawn.
  const first = Math.max(0, Math.min(walk.current - linesInSight / 2, walk.steps.length - linesInSight))
  const lines = walk.steps.slice(first, first + linesInSight)
  const what = place.groups ? 'community' : 'atom'
  return (
    <section aria-label="Walk" className="flex min-h-0 min-w-0 flex-col">
      <div className="flex items-center gap-1 pl-3">
        <div className="min-w-0 grow py-1.5">
          <h2 className="truncate font-semibold" dir="auto" title={selected < 0 ? undefined : nameOf(graph, selected)}>
            {selected < 0 ? 'Walk the graph' : nameOf(graph, selected)}
          </h2>
          <p className="truncate text-xs text-quiet">
            {selected < 0
              ? `The weightiest first; arrows choose, Enter follows`
              : place.groups
                ? `${plural(graph.weights[selected] ?? 0, 'atom', 'atoms')} · ${plural(degreeOf(adjacency, selected), 'neighbour', 'neighbours')}`
                : `${kindOf(graph, selected)} · weight ${formatNumber(graph.weights[selected] ?? 0, 2)} · ${plural(degreeOf(adjacency, selected), 'neighbour', 'neighbours')}`}
          </p>
        </div>
        <Tooltip title="Back  Backspace">
          <span>
            <IconButton onClick={walk.back} disabled={walk.behind === 0} aria-label="Back to where the walk came from">
              <Undo2 size={16} />
            </IconButton>
          </span>
        </Tooltip>
        {selected >= 0 && <Actions place={place} />}
      </div>
      {walk.steps.length === 0 && <p className="border-t border-line px-3 py-2 text-quiet">No neighbour is shown.</p>}
      <div
        role="listbox"
        tabIndex={0}
        aria-label={selected < 0 ? 'Where to begin' : `Neighbours of this ${what}, by weight`}
        aria-activedescendant={walk.current >= 0 ? `${listId}-${walk.current}` : undefined}
        onKeyDown={walk.onKeyDown}
        className="min-h-0 grow overflow-y-auto border-t border-line -outline-offset-2"
      >
        {lines.map((step, offset) => {
          const at = first + offset
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the list around it
            <div
              key={step.node}
              id={`${listId}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === walk.current}
              aria-posinset={at + 1}
              aria-setsize={walk.steps.length}
              ref={at === walk.current ? (line) => line?.scrollIntoView({ block: 'nearest' }) : undefined}
              onClick={() => walk.follow(at)}
              className={`flex min-h-8 cursor-pointer items-center gap-2 px-3 touch:min-h-11 ${at === walk.current ? 'bg-raised' : 'hover:bg-raised/60'}`}
            >
              <NodeMark graph={graph} node={step.node} />
              <span className="min-w-0 grow truncate" dir="auto">
                {nameOf(graph, step.node)}
              </span>
              <span className="shrink-0 text-xs text-quiet">
                {step.edge < 0
                  ? formatNumber(graph.weights[step.node] ?? 0, 2)
                  : `${humanise(graph.edgeKindNames[graph.edgeKinds[step.edge] ?? 0] ?? '')} ${formatNumber(graph.edgeWeights[step.edge] ?? 0, 2)}`}
              </span>
            </div>
          )
        })}
      </div>
    </section>
  )
}

function Actions({ place }: { place: GraphPlace }) {
  const { shown, view, change, groups } = place
  const id = shown.graph.ids[shown.selected] ?? null
  const isExpanded = id !== null && view.expanded.includes(id)
  const expand = () => (isExpanded ? change({ expand: view.expanded.filter((other) => other !== id) }) : place.open(shown.selected))
  if (groups) return <Button onClick={() => place.open(shown.selected)}>Open</Button>
  return (
    <>
      <Tooltip title="Focus: only what is near">
        <IconButton
          aria-label="Focus on this atom"
          aria-pressed={view.focus === id}
          onClick={() => change({ focus: view.focus === id ? null : id, depth: null })}
        >
          <CircleDotDashed size={16} />
        </IconButton>
      </Tooltip>
      <Tooltip title="Show all its neighbours, whatever the filters say">
        <IconButton aria-label="Expand its neighbours" aria-pressed={isExpanded} onClick={expand}>
          <Expand size={16} />
        </IconButton>
      </Tooltip>
      <Tooltip title="Path from here to another atom">
        <IconButton aria-label="Path from here" aria-pressed={view.from === id} onClick={() => change({ from: id, to: null })}>
          <Route size={16} />
        </IconButton>
      </Tooltip>
    </>
  )
}
