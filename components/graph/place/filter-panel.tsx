'use client'
import { Autocomplete, Slider, TextField } from '@mui/material'
import { type ReactNode, useMemo } from 'react'
import { kindLooks, kindOrder } from '@/components/atom/kinds'
import { kindShape } from '@/components/graph/kind-shape'
import { DomainMark, ShapeMark } from '@/components/ui/domain'
import { formatNumber, humanise } from '@/components/ui/format'
import { pathwayCounts } from './pathways'
import { extent, facet } from './sift'
import type { GraphPlace } from './use-graph-place'

/** What the picture's colours and shapes mean, with how many atoms each has; choosing one filters by it. With the filters by source and weight. */
export function FilterPanel({ place }: { place: GraphPlace }) {
  const { graph, whole, view, filter, sifted } = place
  const pathways = useMemo(() => pathwayCounts(whole, sifted.shown), [whole, sifted.shown])
  const domains = useMemo(() => facet(sifted, 'domains', graph.domains, graph.domainNames.length, graph.furtherDomains), [sifted, graph])
  const kinds = useMemo(() => facet(sifted, 'kinds', graph.kinds, graph.kindNames.length), [sifted, graph])
  return (
    <div className="flex flex-col gap-4">
      <LegendList
        title="Domains"
        says="colour"
        names={graph.domainNames}
        counts={domains}
        active={view.filters.domains}
        choose={(names) => filter({ domains: names })}
        mark={(name) => <DomainMark name={name} shape={0} size={12} />}
        label={(name) => name || 'No domain'}
      />
      <LegendList
        title="Kinds"
        says="shape"
        names={graph.kindNames}
        counts={kinds}
        active={view.filters.kinds}
        choose={(names) => filter({ kinds: names })}
        mark={(name) => <ShapeMark shape={kindShape(name)} size={12} />}
        label={humanise}
      />
      <LegendList
        title="Pathways"
        says="kind"
        names={whole.edgeKindNames}
        counts={pathways}
        active={view.filters.pathways}
        choose={(names) => filter({ pathways: names })}
        mark={(name) => <PathwayMark name={name} />}
        label={humanise}
      />
      <SourceChoice place={place} />
      <WeightRange place={place} />
    </div>
  )
}

/** A kind of pathway as the panel of an atom and the path draw it; the picture has the colours of the atoms at both ends. */
function PathwayMark({ name }: { name: string }) {
  const kind = kindOrder.find((one) => one === name)
  return (
    <svg aria-hidden width="12" height="6" className="shrink-0">
      <path d="M0 3h12" strokeWidth="2" strokeDasharray={kind && kindLooks[kind].dash} className={kind && kindLooks[kind].stroke} />
    </svg>
  )
}

type ListProps = {
  title: string
  says: string
  names: readonly string[]
  counts: readonly number[]
  active: readonly string[]
  choose: (names: string[]) => void
  mark: (name: string) => ReactNode
  label: (name: string) => string
}

function LegendList({ title, says, names, counts, active, choose, mark, label }: ListProps) {
  const order = names.map((name, at) => ({ name, count: counts[at] ?? 0 })).sort((a, b) => b.count - a.count || a.name.localeCompare(b.name))
  return (
    <section aria-label={`${title}, by ${says}`}>
      <h2 className="mb-1 px-2 text-xs font-semibold text-quiet">
        {title} <span className="font-normal">· {says}</span>
      </h2>
      <ul>
        {order.map(({ name, count }) => {
          const on = active.includes(name)
          return (
            <li key={name}>
              <button
                type="button"
                aria-pressed={on}
                onClick={() => choose(on ? active.filter((other) => other !== name) : [...active, name])}
                className={`flex h-8 w-full items-center gap-2 rounded-md px-2 text-left touch:h-11 ${on ? 'bg-raised font-medium text-ink' : 'text-quiet hover:bg-raised/60 hover:text-ink'}`}
              >
                {mark(name)}
                <span className="min-w-0 grow truncate" dir="auto" title={label(name)}>
                  {label(name)}
                </span>
                <span className="text-xs">{formatNumber(count)}</span>
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function SourceChoice({ place }: { place: GraphPlace }) {
  const { graph, view, filter } = place
  const sources = useMemo(() => [...graph.sourceNames].sort((a, b) => a.title.localeCompare(b.title)), [graph.sourceNames])
  return (
    <Autocomplete
      size="small"
      options={sources}
      value={sources.find(({ id }) => id === view.filters.source) ?? null}
      getOptionLabel={({ title }) => title || 'No source'}
      getOptionKey={({ id }) => id}
      filterOptions={(options, { inputValue }) => {
        const words = inputValue.trim().toLowerCase()
        return options.filter(({ title }) => title.toLowerCase().includes(words)).slice(0, 50)
      }}
      onChange={(_, source) => filter({ source: source?.id ?? null })}
      noOptionsText="No source has this title"
      renderInput={(params) => <TextField {...params} label="Source" />}
    />
  )
}

const steps = 100

function WeightRange({ place }: { place: GraphPlace }) {
  const { graph, view, filter, during, slide } = place
  const most = useMemo(() => extent(graph.weights).to, [graph.weights])
  if (most <= 0) return null
  // Most atoms are light and a few weigh hundreds of times as much: the cube gives the light ones room.
  const weightAt = (step: number) => Number((most * (step / steps) ** 3).toPrecision(3))
  const stepAt = (weight: number) => Math.round(steps * Math.cbrt(Math.min(1, Math.max(0, weight / most))))
  const { from, to } = during.weight ?? view.filters.weight
  const rangeOf = ([low = 0, high = steps]: number[]) => ({ from: low === 0 ? null : weightAt(low), to: high === steps ? null : weightAt(high) })
  const value = [from === null ? 0 : stepAt(from), to === null ? steps : stepAt(to)]
  return (
    <section aria-label="Weight">
      <h2 className="flex justify-between px-2 text-xs font-semibold text-quiet">
        Weight
        <span className="font-normal">
          {formatNumber(from ?? 0, 2)} to {formatNumber(to ?? most, 2)}
        </span>
      </h2>
      <div className="px-4">
        <Slider
          size="small"
          min={0}
          max={steps}
          value={value}
          getAriaLabel={(index) => (index === 0 ? 'Least weight' : 'Greatest weight')}
          getAriaValueText={(step) => formatNumber(weightAt(step), 2)}
          onChange={(_, next) => slide('weight', rangeOf(next as number[]))}
          onChangeCommitted={(_, next) => {
            slide('weight', null)
            filter({ weight: rangeOf(next as number[]) })
          }}
        />
      </div>
    </section>
  )
}
