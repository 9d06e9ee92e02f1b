'use client'
import { Autocomplete, Button, IconButton, TextField, Tooltip } from '@mui/material'
import { X } from 'lucide-react'
import { Fragment, useMemo } from 'react'
import { kindLooks } from '@/components/atom/kinds'
import { formatNumber, plural } from '@/components/ui/format'
import { ErrorState } from '@/components/ui/states'
import { folded } from './sift'
import type { GraphPlace } from './use-graph-place'
import { mostAsked } from './use-path'
import { kindOf, nameOf } from './walk'

/** The shortest path between two atoms: its ends to be chosen, and each pathway on it with its kind. */
export function PathPanel({ place }: { place: GraphPlace }) {
  const { view, change, path, atom, graph } = place
  if (view.from === null && view.to === null) return null
  const here = atom >= 0 ? (graph.ids[atom] ?? null) : null
  const free = view.from === null ? 'from' : view.to === null ? 'to' : null
  return (
    <section aria-label="Path between two atoms" className="border-b border-line px-3 py-2">
      <div className="flex flex-wrap items-center gap-2">
        <End place={place} label="Path from" id={view.from} choose={(id) => change({ from: id })} />
        <End place={place} label="Path to" id={view.to} choose={(id) => change({ to: id })} />
        {free && here && here !== view.from && here !== view.to && (
          <Button variant="outlined" onClick={() => change({ [free]: here })}>
            {free === 'to' ? 'To' : 'From'} the selected atom
          </Button>
        )}
        <span className="grow" />
        <Tooltip title="Close the path">
          <IconButton aria-label="Close the path" onClick={() => change({ from: null, to: null })}>
            <X size={16} />
          </IconButton>
        </Tooltip>
      </div>
      <div role="status" className="mt-1 empty:hidden">
        {free === null && <Found place={place} />}
      </div>
      {path.error && <ErrorState error={path.error} onRetry={() => void path.refetch()} title="The path could not be found" />}
    </section>
  )
}

function Found({ place }: { place: GraphPlace }) {
  const { path, selectAtom, indexOf, whole, sifted } = place
  if (path.error) return null
  if (!path.data) return <p className="text-quiet">Looking for the shortest path</p>
  const { found, atoms, steps, amongDrawn } = path.data
  // What is drawn may be the heaviest part of what is known.
  const isPart = whole.total.nodes > whole.count || whole.total.edges > whole.edgeWeights.length
  if (!found)
    return (
      <p>
        {isPart
          ? `No path of at most ${mostAsked} pathways leads from one to the other, and none of any length among the atoms that are drawn.`
          : 'There is no path at all: however far one follows pathways, they do not lead from one to the other.'}
      </p>
    )
  const isFiltered = path.nodes.some((node) => sifted.refused[node])
  return (
    <>
      <p className="text-xs text-quiet">
        {steps.length === 0 ? 'Both ends are the same atom.' : `${plural(steps.length, 'pathway', 'pathways')}, the strongest among the shortest`}
        {amongDrawn && isPart && ' · found among the atoms that are drawn, others may offer a shorter one'}
        {atoms.some(({ id }) => indexOf(id) < 0) && ' · some of it is not among the atoms that are drawn'}
        {isFiltered && ' · shown whatever the filters say'}
      </p>
      <ol className="flex flex-wrap items-center gap-y-1">
        {atoms.map(({ id, title }, at) => {
          const step = steps[at - 1]
          const look = step?.kind && kindLooks[step.kind]
          return (
            <Fragment key={id}>
              {step && look && (
                <li className="flex items-center gap-1 px-1.5 text-xs text-quiet" title={look.says}>
                  <svg aria-hidden width="18" height="6">
                    <path d="M0 3h18" strokeWidth="2" strokeDasharray={look.dash} className={look.stroke} />
                  </svg>
                  {step.to === id ? look.label : look.incoming} {formatNumber(step.weight, 2)}
                </li>
              )}
              <li className="min-w-0">
                <button
                  type="button"
                  onClick={() => selectAtom(id)}
                  className="max-w-64 truncate rounded-sm px-1.5 py-1 font-medium hover:bg-raised touch:min-h-11"
                  dir="auto"
                >
                  {title || 'Untitled'}
                </button>
              </li>
            </Fragment>
          )
        })}
      </ol>
    </>
  )
}

const mostOptions = 30

function End({ place, label, id, choose }: { place: GraphPlace; label: string; id: string | null; choose: (id: string | null) => void }) {
  const { graph, indexOf } = place
  const nodes = useMemo(() => [...graph.ids.keys()], [graph.ids])
  const value = indexOf(id)
  return (
    <Autocomplete<number>
      size="small"
      className="w-64 max-sm:w-full"
      options={nodes}
      value={value < 0 ? null : value}
      getOptionLabel={(node) => nameOf(graph, node)}
      getOptionKey={(node) => graph.ids[node] ?? node}
      filterOptions={(options, { inputValue }) => {
        const words = folded(inputValue).split(/\s+/u).filter(Boolean)
        const found: number[] = []
        for (const node of options) {
          const name = words.length > 0 ? folded(graph.names[node] ?? '') : ''
          if (words.every((word) => name.includes(word))) found.push(node)
          if (found.length === mostOptions) break
        }
        return found
      }}
      renderOption={({ key, ...props }, node) => (
        <li key={key} {...props}>
          <span className="min-w-0 grow truncate" dir="auto">
            {nameOf(graph, node)}
          </span>
          <span className="shrink-0 pl-2 text-xs text-quiet">{kindOf(graph, node)}</span>
        </li>
      )}
      onChange={(_, node) => choose(node === null ? null : (graph.ids[node] ?? null))}
      noOptionsText="No atom has these words"
      renderInput={(params) => <TextField {...params} label={label} />}
    />
  )
}
