'use client'
import { Drawer, Skeleton, useMediaQuery } from '@mui/material'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { download } from '@/components/analytics/download'
import { orpc } from '@/components/api/client'
import { useStatus } from '@/components/api/queries'
import { type LoadedGraph, loadGraph } from '@/components/graph/map'
import type { GraphSceneHandle } from '@/components/graph/scene/graph-scene'
import { FilterField } from '@/components/ui/filter-field'
import { formatNumber, plural } from '@/components/ui/format'
import { useNotices } from '@/components/ui/notices'
import { ErrorState } from '@/components/ui/states'
import { NoGraphYet, NotFound, NothingFits, useUnknown } from './empty'
import { FilterChips, HiddenSelection } from './filter-chips'
import { FilterPanel } from './filter-panel'
import { namedFilters } from './named-filters'
import { NodeTable, useRows } from './node-table'
import { NodeTree } from './node-tree'
import { PathPanel } from './path-panel'
import { Picture } from './picture'
import { csvOf } from './rows'
import { Timeline } from './timeline'
import { type Action, Actions, FilterButton, icons, useShare, ViewSwitch } from './toolbar'
import { type GraphPlace, useGraphPlace } from './use-graph-place'
import { useWalk } from './use-walk'
import { spokenAnew } from './walk'
import { WalkPanel } from './walk-panel'

/** The whole graph; loaded anew when the knowledge has changed, and until what is new has found its place. */
function useGraph() {
  const queryClient = useQueryClient()
  const { data: status } = useStatus()
  const query = useQuery({
    queryKey: orpc.neural.graphMap.key(),
    queryFn: ({ signal }) => loadGraph({}, signal),
    refetchInterval: ({ state }) => (state.data && !state.data.settled ? 5_000 : false),
    // The same graph stays the same object: nothing is drawn or counted again for it.
    structuralSharing: (before, now) => (isSame(before as LoadedGraph | undefined, now as LoadedGraph) ? before : now),
  })
  const known = status?.revision
  const loadedAt = useRef(known)
  useEffect(() => {
    if (known !== undefined && loadedAt.current !== undefined && loadedAt.current !== known)
      void queryClient.invalidateQueries({ queryKey: orpc.neural.graphMap.key() })
    loadedAt.current = known
  }, [known, queryClient])
  return query
}

const isSame = (before: LoadedGraph | undefined, now: LoadedGraph) => before?.graph.revision === now.graph.revision && before.settled === now.settled

/** Graph: the whole knowledge as picture, table, tree and walk, all of the same filtered set. */
export function GraphPage() {
  const query = useGraph()
  if (query.error && !query.data)
    return (
      <div className="p-4 sm:p-6">
        <h1 className="mb-4 text-xl font-semibold tracking-tight">Graph</h1>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} title="The graph could not be loaded" />
      </div>
    )
  if (!query.data)
    return (
      <div role="status" aria-label="Loading the graph" className="flex h-full flex-col gap-3 p-4">
        <h1 className="text-xl font-semibold tracking-tight">Graph</h1>
        <Skeleton variant="rounded" height={36} />
        <Skeleton variant="rounded" className="!h-auto grow" />
      </div>
    )
  return <LoadedPage graph={query.data.graph} />
}

function LoadedPage({ graph }: { graph: GraphPlace['graph'] }) {
  const place = useGraphPlace(graph)
  const { view, change, indexOf, filter, sifted, said } = place
  const [spoken, setSpoken] = useState('')
  const say = useCallback((text: string) => setSpoken((before) => spokenAnew(before, text)), [])
  const walk = useWalk(place, say)
  const rows = useRows(place)
  const [hovered, hover] = useState(-1)
  const scene = useRef<GraphSceneHandle | null>(null)
  const { missing, undrawn } = useUnknown(view, indexOf)
  const wide = useMediaQuery('(min-width: 1024px)')
  const [panel, setPanel] = useState<boolean | null>(null)
  const panelOpen = panel ?? wide
  const picture = view.view === '3d' || view.view === '2d'
  const [lost, setLost] = useState(false)
  // Without a picture the walk is how one goes through the graph: then it is in sight until somebody wants something else there.
  const [asked, setBelow] = useState<Below | undefined>(undefined)
  const below = asked === undefined ? (picture && lost ? 'walk' : null) : asked
  const nothing = sifted.count === 0
  const filters = namedFilters(place)
  const body = useRef<HTMLDivElement>(null)

  const counted = useRef(sifted.count)
  useEffect(() => {
    if (said.isPending) return
    if (counted.current !== sifted.count) say(`${plural(sifted.count, 'atom', 'atoms')} shown`)
    counted.current = sifted.count
  }, [sifted.count, said.isPending, say])

  const toWalk = () => body.current?.querySelector<HTMLElement>('section[aria-label="Walk"] [role="listbox"]')?.focus()
  const search = useCallback((q: string) => filter({ q }, { replace: true }), [filter])
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const target = event.target as HTMLElement
    if (event.defaultPrevented || event.key !== 'Escape' || !event.currentTarget.contains(target) || target.matches('input')) return
    if (!view.atom && !view.group && !view.from && !view.to) return
    event.preventDefault()
    change({ atom: null, group: null, from: null, to: null })
    say('Nothing is selected.')
  }
  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') filter({ q: '' }, { replace: true })
    else if (event.key !== 'Enter') return
    // Now: only what is there can take the focus.
    else if (!wide) flushSync(() => setBelow('walk'))
    event.preventDefault()
    toWalk()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape means the same wherever in the place it is pressed
    <div ref={body} onKeyDown={onKeyDown} className="flex h-full min-h-0 flex-col">
      <p role="status" aria-label="Walk" className="sr-only">
        {spoken}
      </p>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2">
        <div className="min-w-0 max-lg:sr-only">
          <h1 className="text-base leading-tight font-semibold">Graph</h1>
          <p className="text-xs whitespace-nowrap text-quiet">
            <Summary place={place} undrawn={undrawn} />
          </p>
        </div>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the field inside */}
        <div onKeyDown={onSearchKey} className="flex min-w-40 grow basis-40 sm:max-w-80">
          <FilterField label="Search the graph" value={view.filters.q} onChange={search} />
        </div>
        <FilterButton count={filters.length} open={panelOpen} toggle={() => setPanel(!panelOpen)} />
        <span className="grow max-sm:hidden" />
        <ViewSwitch view={view.view} choose={(next) => change({ view: next === '3d' ? null : next })} />
        <PlaceActions place={place} rows={rows} scene={scene} more={wide ? [] : belowActions(below, setBelow)} />
      </div>
      {missing ? (
        <NotFound change={change} />
      ) : graph.count === 0 ? (
        <NoGraphYet />
      ) : (
        <div className="flex min-h-0 grow">
          {wide && panelOpen && (
            <aside aria-label="Filters and legend" className="w-56 shrink-0 overflow-y-auto border-r border-line p-2">
              <FilterPanel place={place} />
            </aside>
          )}
          {!wide && <FilterSheet place={place} open={panelOpen} close={() => setPanel(false)} />}
          <div className="flex min-w-0 grow flex-col">
            <FilterChips place={place} />
            <HiddenSelection place={place} />
            <PathPanel place={place} />
            <div className="relative min-h-0 grow">
              {/* Kept while nothing fits: a picture that is thrown away while something slides or plays has to be made again from nothing. */}
              <div inert={nothing} className={`flex h-full flex-col ${nothing ? 'invisible' : ''}`}>
                <div className="min-h-0 grow">
                  {view.view === 'tree' ? (
                    <NodeTree place={place} hovered={hovered} hover={hover} />
                  ) : view.view === 'table' ? (
                    <NodeTable place={place} rows={rows} hovered={hovered} hover={hover} />
                  ) : (
                    <Picture {...{ place, walk, rows, hovered, hover, lost, setLost }} handle={scene} />
                  )}
                </div>
                {picture && view.list && (
                  <div className="h-2/5 shrink-0 border-t border-line">
                    <NodeTable place={place} rows={rows} hovered={hovered} hover={hover} />
                  </div>
                )}
              </div>
              {nothing && (
                <div className="absolute inset-0 overflow-y-auto">
                  <NothingFits place={place} />
                </div>
              )}
            </div>
            {(wide || below) && (
              <div className="grid h-44 shrink-0 auto-cols-fr grid-flow-col divide-x divide-line border-t border-line">
                {(wide || below === 'walk') && <WalkPanel place={place} walk={walk} />}
                {(wide || below === 'growth') && <Timeline place={place} />}
              </div>
            )}
          </div>
        </div>
      )}
    </div>
  )
}

/** How much of the knowledge is shown. */
function Summary({ place: { groups, graph, sifted, shown, said }, undrawn }: { place: GraphPlace; undrawn: number }) {
  const part = graph.total.nodes > graph.count ? `, the weightiest of ${formatNumber(graph.total.nodes)}` : ''
  return (
    <>
      {groups && `${plural(shown.count, 'community', 'communities')} of `}
      {sifted.count < graph.count && `${formatNumber(sifted.count)} of `}
      {plural(graph.count, 'atom', 'atoms')}
      {part}
      {undrawn > 0 && ' · the atom of the link is lighter than these'}
      {said.isPart && ' · not all atoms whose text has the words, they are too many'}
      {said.failed && ' · by names only, the texts could not be searched'}
    </>
  )
}

/** Filters and legend on a narrow window: a bottom sheet on a phone. */
function FilterSheet({ place, open, close }: { place: GraphPlace; open: boolean; close: () => void }) {
  return (
    <Drawer
      open={open}
      onClose={close}
      anchor="bottom"
      slotProps={{
        paper: {
          'aria-label': 'Filters and legend',
          className: 'max-h-[75dvh] rounded-t-lg border-t border-line-strong p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]',
        },
      }}
    >
      <div className="mb-2 flex items-center justify-between">
        <h2 className="text-base font-semibold">Filters and legend</h2>
        <button type="button" aria-label="Close the filters" onClick={close} className="flex size-11 items-center justify-center rounded-md">
          <X size={18} aria-hidden />
        </button>
      </div>
      <FilterPanel place={place} />
      <div className="mt-4">
        <Timeline place={place} />
      </div>
    </Drawer>
  )
}

type Below = 'walk' | 'growth' | null

/** What a narrow window has no room for is shown when it is asked for. */
const belowActions = (below: Below, show: (below: Below) => void): Action[] => [
  { label: 'Walk', icon: icons.walk, pressed: below === 'walk', run: () => show(below === 'walk' ? null : 'walk') },
  { label: 'Growth over time', icon: icons.growth, pressed: below === 'growth', run: () => show(below === 'growth' ? null : 'growth') },
]

type PlaceActionsProps = { place: GraphPlace; rows: number[]; scene: RefObject<GraphSceneHandle | null>; more: readonly Action[] }

function PlaceActions({ place, rows, scene, more }: PlaceActionsProps) {
  const { view, change, shown, atom, graph } = place
  const notices = useNotices()
  const share = useShare()
  const picture = view.view === '3d' || view.view === '2d'
  const saveImage = async () => {
    try {
      const image = await scene.current?.image()
      if (image) download('aia-graph.png', image)
    } catch (error) {
      notices.fail('The image could not be made.', error)
    }
  }
  const actions: Action[] = [
    {
      label: 'Communities as nodes',
      icon: icons.communities,
      pressed: view.grouped,
      run: () => change({ groups: view.grouped ? null : '1', community: null, group: null, camera: null }),
    },
    {
      label: 'Shortest path',
      icon: icons.path,
      pressed: view.from !== null || view.to !== null,
      disabled: atom < 0 && view.from === null && view.to === null,
      run: () => change(view.from === null && view.to === null ? { from: graph.ids[atom] ?? null } : { from: null, to: null }),
    },
    ...(picture
      ? [
          { label: 'Table beside the picture', icon: icons.list, pressed: view.list, run: () => change({ list: view.list ? null : '1' }) },
          { label: 'Everything in view', icon: icons.recentre, run: () => scene.current?.fit() },
          { label: 'Save as image', icon: icons.image, run: () => void saveImage() },
        ]
      : []),
    {
      label: 'Save the table as CSV',
      icon: icons.csv,
      run: () => download('aia-graph.csv', new Blob([csvOf(shown.graph, shown.adjacency, rows)], { type: 'text/csv;charset=utf-8' })),
    },
    ...more,
    share,
  ]
  return <Actions actions={actions} />
}
