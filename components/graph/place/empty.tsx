'use client'
import { Button } from '@mui/material'
import { useQueries } from '@tanstack/react-query'
import { Filter, Search, SearchX, Waypoints } from 'lucide-react'
import Link from 'next/link'
import { orpc } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import { useProfile } from '@/components/api/queries'
import { plural } from '@/components/ui/format'
import { EmptyState } from '@/components/ui/states'
import { namedFilters, ofAtoms, wholeFilters } from './named-filters'
import { countWithout } from './sift'
import type { GraphPlace } from './use-graph-place'
import type { GraphView } from './view-state'

/** Nothing passes the filters: says which filter it is, and takes it away with one press. */
export function NothingFits({ place }: { place: GraphPlace }) {
  const { sifted, said, withdraw } = place
  const filters = wholeFilters(ofAtoms(namedFilters(place)))
  const [only] = filters
  if (said.isPending) return <EmptyState icon={<Search size={28} />} title="No name has these words. Looking through the texts" />
  return (
    <EmptyState
      icon={<Filter size={28} />}
      title={filters.length === 1 && only ? `Nothing fits: ${only.text}` : 'Nothing fits all of these filters'}
      action={
        <div className="flex flex-col items-center gap-2">
          {filters.map((filter) => (
            <Button key={filter.key} variant="outlined" onClick={() => withdraw([filter])} className="max-w-full" title={filter.text}>
              <span className="truncate" dir="auto">
                Without {filter.text}: {plural(countWithout(sifted, filter.name), 'atom', 'atoms')}
              </span>
            </Button>
          ))}
          {filters.length > 1 && <Button onClick={() => withdraw(filters)}>Clear all filters</Button>}
        </div>
      }
    >
      {filters.length > 1 ? 'Take one away to see what the others leave.' : 'No atom of the graph passes it.'}
    </EmptyState>
  )
}

export function NoGraphYet() {
  return (
    <EmptyState
      icon={<Waypoints size={28} />}
      title="No graph yet"
      action={
        <Button component={Link} href="/knowledge" variant="contained">
          Add documents
        </Button>
      }
    >
      Atoms and the pathways between them appear here as soon as the first document is read.
    </EmptyState>
  )
}

/** Atoms that an address names and the graph does not draw: whether they are nowhere, or only lighter than what is drawn. */
export function useUnknown(view: GraphView, indexOf: (id: string | null) => number): { missing: boolean; undrawn: number } {
  const { data: profile } = useProfile()
  const named = [view.atom, view.focus, view.from, view.to, view.group, view.community, ...view.expanded]
  const unknown = [...new Set(named.filter((id): id is string => id !== null && indexOf(id) < 0))]
  const answers = useQueries({ queries: unknown.map((id) => orpc.neural.getAtom.queryOptions({ input: { id }, staleTime: 30_000 })) })
  const elsewhere = view.enterprise !== null && profile !== undefined && profile.enterprise.id !== view.enterprise
  // An id that is no id is refused before anybody looks for it.
  const missing = elsewhere || answers.some(({ error }) => error !== null && [400, 404, 422].includes(toProblem(error).status))
  return { missing, undrawn: answers.filter(({ data }) => data !== undefined).length }
}

/** What a link names is not here: deleted since, or of another enterprise. Which of them is nobody's business. */
export function NotFound({ change }: { change: GraphPlace['change'] }) {
  const { data: profile } = useProfile()
  const nothing = { atom: null, focus: null, from: null, to: null, group: null, community: null, expand: null, enterprise: null, camera: null }
  return (
    <div role="alert">
      <EmptyState
        icon={<SearchX size={28} />}
        title="Not found"
        action={
          <Button variant="outlined" onClick={() => change(nothing)}>
            Show the graph
          </Button>
        }
      >
        This link names something that is not in the graph of {profile?.enterprise.name ?? 'this enterprise'}: it does not exist, or no longer does.
      </EmptyState>
    </div>
  )
}
