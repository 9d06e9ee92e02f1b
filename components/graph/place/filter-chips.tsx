'use client'
import { Button, ToggleButton, ToggleButtonGroup } from '@mui/material'
import { ChevronRight, X } from 'lucide-react'
import { plural } from '@/components/ui/format'
import { namedFilters, ofAtoms, wholeFilters } from './named-filters'
import { isRefused } from './sift'
import type { GraphPlace } from './use-graph-place'
import { deepest } from './view-state'
import { nameOf } from './walk'

/** What narrows the graph down at the moment, each with what takes it away; and the way back from an open community. */
export function FilterChips({ place }: { place: GraphPlace }) {
  const { view, change, withdraw, graph, indexOf } = place
  const filters = namedFilters(place).filter(({ name }) => !(name === 'community' && view.grouped))
  const community = view.grouped ? indexOf(view.community) : -1
  const chips = filters.length + (view.expanded.length > 0 ? 1 : 0)
  if (chips === 0 && community < 0) return null
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b border-line px-3 py-1.5">
      {community >= 0 && (
        <nav aria-label="Communities" className="flex min-w-0 items-center gap-1">
          <Button onClick={() => change({ community: null, camera: null })}>All communities</Button>
          <ChevronRight size={14} aria-hidden className="shrink-0 text-quiet" />
          <span aria-current="page" className="truncate font-medium" dir="auto">
            {nameOf(graph, community)}
          </span>
        </nav>
      )}
      {filters.map((filter) => (
        <span key={filter.key} className="flex max-w-full items-center rounded-md border border-line-strong">
          <span className="truncate pl-2.5" dir="auto" title={filter.text}>
            {filter.text}
          </span>
          {filter.name === 'focus' && <Depth place={place} />}
          <button
            type="button"
            aria-label={`${filter.text}, take the filter away`}
            onClick={() => withdraw([filter])}
            className="flex size-8 shrink-0 items-center justify-center rounded-md text-quiet hover:text-ink touch:size-11"
          >
            <X size={14} aria-hidden />
          </button>
        </span>
      ))}
      {view.expanded.length > 0 && (
        <span className="flex items-center rounded-md border border-line-strong">
          <span className="pl-2.5">Neighbours of {plural(view.expanded.length, 'atom', 'atoms')}</span>
          <button
            type="button"
            aria-label="Do not expand neighbours any more"
            onClick={() => change({ expand: null })}
            className="flex size-8 items-center justify-center rounded-md text-quiet hover:text-ink touch:size-11"
          >
            <X size={14} aria-hidden />
          </button>
        </span>
      )}
      {chips > 1 && <Button onClick={() => withdraw(wholeFilters(filters), { expand: null })}>Clear</Button>}
    </div>
  )
}

/** The selected atom is not drawn: says which filters keep it out, and takes those away. */
export function HiddenSelection({ place }: { place: GraphPlace }) {
  const { atom, sifted, withdraw } = place
  const isHidden = atom >= 0 && sifted.count > 0 && !sifted.shown[atom]
  const filters = isHidden ? wholeFilters(ofAtoms(namedFilters(place))).filter(({ name }) => isRefused(sifted, name, atom)) : []
  return (
    <div role="status" aria-label="Selection" className="flex flex-wrap items-center gap-x-3 border-b border-line px-3 py-1 empty:hidden">
      {isHidden && (
        <>
          <p className="min-w-0 break-words" dir="auto">
            The selected atom is filtered out by {filters.map(({ text }) => text).join(', ')}.
          </p>
          <Button onClick={() => withdraw(filters)}>Show it</Button>
        </>
      )}
    </div>
  )
}

function Depth({ place }: { place: GraphPlace }) {
  const { view, change } = place
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      aria-label="How many pathways around"
      className="ml-2"
      value={view.depth}
      onChange={(_, depth: number | null) => depth && change({ depth: depth === 1 ? null : String(depth) })}
    >
      {Array.from({ length: deepest }, (_, at) => at + 1).map((depth) => (
        <ToggleButton key={depth} value={depth} className="!min-h-8 min-w-8 !py-0 touch:!min-h-11 touch:min-w-11">
          {depth}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
