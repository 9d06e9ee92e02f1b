'use client'
import { useCallback, useMemo, useState } from 'react'
import type { GraphData } from '@/components/graph/graph-data'
import { type UrlChanges, useUrlState } from '@/components/ui/url-state'
import { type Adjacency, buildAdjacency, within } from './adjacency'
import { type Collapsed, collapse, membersWith } from './communities'
import type { NamedFilter } from './named-filters'
import { withPathways } from './pathways'
import { alsoShown, type Filters, type Range, type Sifted, sift } from './sift'
import { usePath } from './use-path'
import { type Said, useSaid } from './use-said'
import { type GraphView, readView, writeFilters } from './view-state'

/** What picture, table and walk show: atoms, or communities as one node each. */
export interface Shown {
  graph: GraphData
  adjacency: Adjacency
  shown: Uint8Array
  count: number
  /** The selected node, or the community that is picked; -1 none. */
  selected: number
}

/** The graph place: the whole graph, what its address says, and what follows from both. Every view reads this one. */
export interface GraphPlace {
  /** With the pathways that the filters let through. */
  graph: GraphData
  /** With all pathways. */
  whole: GraphData
  view: GraphView
  change: (changes: UrlChanges, options?: { replace?: boolean }) => void
  /** The filters at work: those of the address, and what is just being slid instead of them. */
  filters: Filters
  /** Changes filters; typing and sliding replace the history entry. */
  filter: (filters: Partial<Filters>, options?: { replace?: boolean }) => void
  /** Takes filters away, also what is being slid, and changes more with it. */
  withdraw: (filters: readonly Pick<NamedFilter, 'name' | 'without'>[], more?: UrlChanges) => void
  indexOf: (id: string | null) => number
  adjacency: Adjacency
  /** Atoms that pass the filters, and those of the path, whether or not they are drawn as communities. */
  sifted: Sifted
  /** Atoms whose text has the words that are searched for. */
  said: Said
  atom: number
  /** Not null while communities are drawn as one node each. */
  groups: Collapsed | null
  shown: Shown
  /** Selects a node of `shown`; -1 nothing. */
  select: (node: number) => void
  /** Selects an atom by its id, in whatever the picture draws. */
  selectAtom: (id: string | null) => void
  /** Opens a community; an atom is expanded by its neighbours. */
  open: (node: number) => void
  path: ReturnType<typeof usePath>
  /** Ranges as they are being slid or played, not yet in the address; null for those that stand still. */
  during: Sliding
  slide: (name: keyof Sliding, range: Range | null) => void
}

type Sliding = Record<'weight' | 'time', Range | null>
const still: Sliding = { weight: null, time: null }

export function useGraphPlace(whole: GraphData): GraphPlace {
  const [during, setDuring] = useState(still)
  const { params, change } = useUrlState()
  const text = params.toString()
  const view = useMemo(() => readView(new URLSearchParams(text)), [text])
  const places = useMemo(() => new Map(whole.ids.map((id, node) => [id, node])), [whole.ids])
  const indexOf = useCallback((id: string | null) => (id === null ? -1 : (places.get(id) ?? -1)), [places])
  const path = usePath(whole, view, indexOf)
  const pathwaysKey = JSON.stringify(view.filters.pathways)
  const graph = useMemo(() => withPathways(whole, JSON.parse(pathwaysKey) as string[], path.nodes), [whole, pathwaysKey, path.nodes])
  const adjacency = useMemo(() => buildAdjacency(graph), [graph])
  const atom = indexOf(view.atom)
  const scope = useScope(graph, adjacency, indexOf(view.focus), view.depth, indexOf(view.community))
  const { weight, time } = view.filters
  const filtersKey = JSON.stringify({ ...view.filters, weight: during.weight ?? weight, time: during.time ?? time })
  const filters = useMemo(() => JSON.parse(filtersKey) as Filters, [filtersKey])
  const said = useSaid(filters.q.trim(), graph.count, indexOf)
  const expandedKey = view.expanded.join(' ')
  const sifted = useMemo(() => {
    const found = sift(graph, filters, scope, said.nodes)
    const starts = expandedKey.split(' ').flatMap((id) => places.get(id) ?? [])
    if (starts.length === 0 && path.nodes.length === 0) return found
    const also = within(adjacency, starts, 1)
    for (const node of path.nodes) also[node] = 1
    return alsoShown(found, also)
  }, [graph, adjacency, places, filters, said.nodes, path.nodes, expandedKey, scope])
  const collapsed = view.grouped && view.community === null
  const groups = useMemo(() => (collapsed ? collapse(graph, sifted.shown) : null), [collapsed, graph, sifted])
  const group = indexOf(view.group)
  const shown = useMemo<Shown>(() => {
    if (!groups) return { graph, adjacency, shown: sifted.shown, count: sifted.count, selected: atom }
    const { graph: drawn, groupOf } = groups
    const picked = atom >= 0 ? atom : group
    const selected = picked < 0 ? -1 : (groupOf[picked] ?? -1)
    return { graph: drawn, adjacency: buildAdjacency(drawn), shown: new Uint8Array(drawn.count).fill(1), count: drawn.count, selected }
  }, [groups, graph, adjacency, sifted, atom, group])
  const select = useCallback(
    (node: number) => {
      const id = shown.graph.ids[node] ?? null
      change(groups ? { group: id, atom: null } : { atom: id, group: null })
    },
    [shown.graph, groups, change],
  )
  const selectAtom = useCallback((id: string | null) => change({ atom: id, group: null }), [change])
  const expandedIds = view.expanded
  const open = useCallback(
    (node: number) => {
      const id = shown.graph.ids[node]
      if (id === undefined) return
      change(groups ? { community: id, group: null, camera: null } : { expand: [...new Set([...expandedIds, id])], atom: id })
    },
    [shown.graph, groups, change, expandedIds],
  )
  const filter = useCallback((filters: Partial<Filters>, options?: { replace?: boolean }) => change(writeFilters(filters), options), [change])
  const slide = useCallback((name: keyof Sliding, range: Range | null) => setDuring((all) => ({ ...all, [name]: range })), [])
  const withdraw = useCallback<GraphPlace['withdraw']>(
    (withdrawn, more) => {
      for (const { name } of withdrawn) if (name === 'weight' || name === 'time') slide(name, null)
      change(Object.assign({}, ...withdrawn.map(({ without }) => without), more))
    },
    [slide, change],
  )
  return {
    ...{ graph, whole, view, change, filters, filter, withdraw, indexOf, adjacency, sifted, said, atom, groups },
    ...{ shown, select, selectAtom, open, path, during, slide },
  }
}

function useScope(graph: GraphData, adjacency: Adjacency, focus: number, depth: number, community: number) {
  const near = useMemo(() => (focus < 0 ? null : within(adjacency, [focus], depth)), [adjacency, focus, depth])
  const members = useMemo(() => (community < 0 ? null : membersWith(graph, community)), [graph, community])
  return useMemo(() => ({ focus: near, community: members }), [near, members])
}
