'use client'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { orpc } from '@/components/api/client'
import type { GraphData } from '@/components/graph/graph-data'
import { type UrlChanges, useUrlState } from '@/components/ui/url-state'
import { type Adjacency, buildAdjacency, within } from './adjacency'
import { type Collapsed, collapse, membersWith } from './communities'
import { type Filters, type Sifted, sift } from './sift'
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
  graph: GraphData
  view: GraphView
  change: (changes: UrlChanges, options?: { replace?: boolean }) => void
  /** Changes filters; typing and sliding replace the history entry. */
  filter: (filters: Partial<Filters>, options?: { replace?: boolean }) => void
  indexOf: (id: string | null) => number
  adjacency: Adjacency
  /** Atoms that pass the filters, whether or not they are drawn as communities. */
  sifted: Sifted
  atom: number
  /** Not null while communities are drawn as one node each. */
  groups: Collapsed | null
  shown: Shown
  /** Selects a node of `shown`; -1 nothing. */
  select: (node: number) => void
  /** Opens a community; an atom is expanded by its neighbours. */
  open: (node: number) => void
  path: ReturnType<typeof usePath>
  /** Filters as they are being slid, not yet in the address. */
  during: Partial<Filters>
  setDuring: (filters: Partial<Filters>) => void
}

const usePath = (from: string | null, to: string | null) =>
  useQuery(
    orpc.neural.graphPath.queryOptions({ input: { from: from ?? '', to: to ?? '' }, enabled: from !== null && to !== null, staleTime: 30_000 }),
  )

export function useGraphPlace(graph: GraphData): GraphPlace {
  const [during, setDuring] = useState<Partial<Filters>>({})
  const { params, change } = useUrlState()
  const text = params.toString()
  const view = useMemo(() => readView(new URLSearchParams(text)), [text])
  const places = useMemo(() => new Map(graph.ids.map((id, node) => [id, node])), [graph.ids])
  const indexOf = useCallback((id: string | null) => (id === null ? -1 : (places.get(id) ?? -1)), [places])
  const adjacency = useMemo(() => buildAdjacency(graph), [graph])
  const atom = indexOf(view.atom)
  const scope = useScope(graph, adjacency, indexOf(view.focus), view.depth, indexOf(view.community))
  const filtersKey = JSON.stringify({ ...view.filters, ...during })
  const expandedKey = view.expanded.join(' ')
  const sifted = useMemo(() => {
    const found = sift(graph, JSON.parse(filtersKey) as Filters, scope)
    const starts = expandedKey.split(' ').flatMap((id) => places.get(id) ?? [])
    if (starts.length === 0) return found
    const shown = within(adjacency, starts, 1).map((reached, node) => reached | (found.shown[node] ?? 0))
    return { ...found, shown, count: shown.reduce((sum, one) => sum + one, 0) }
  }, [graph, adjacency, places, filtersKey, expandedKey, scope])
  const collapsed = view.grouped && view.community === null
  const groups = useMemo(() => (collapsed ? collapse(graph, sifted.shown) : null), [collapsed, graph, sifted])
  const group = indexOf(view.group)
  const shown = useMemo<Shown>(() => {
    if (!groups) return { graph, adjacency, shown: sifted.shown, count: sifted.count, selected: atom }
    const { graph: drawn, groupOf } = groups
    const picked = group >= 0 ? group : atom
    const selected = picked < 0 ? -1 : (groupOf[picked] ?? -1)
    return { graph: drawn, adjacency: buildAdjacency(drawn), shown: new Uint8Array(drawn.count).fill(1), count: drawn.count, selected }
  }, [groups, graph, adjacency, sifted, atom, group])
  const select = useCallback(
    (node: number) => {
      const id = shown.graph.ids[node] ?? null
      change(groups ? { group: id, atom: null } : { atom: id })
    },
    [shown.graph, groups, change],
  )
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
  const path = usePath(view.from, view.to)
  return { graph, view, change, filter, indexOf, adjacency, sifted, atom, groups, shown, select, open, path, during, setDuring }
}

function useScope(graph: GraphData, adjacency: Adjacency, focus: number, depth: number, community: number) {
  const near = useMemo(() => (focus < 0 ? null : within(adjacency, [focus], depth)), [adjacency, focus, depth])
  const members = useMemo(() => (community < 0 ? null : membersWith(graph, community)), [graph, community])
  return useMemo(() => ({ focus: near, community: members }), [near, members])
}
