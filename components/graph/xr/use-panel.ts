import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { orpc } from '@/components/api/client'
import { toProblem } from '@/components/api/problem'
import type { Mode } from '@/components/api/types'
import { useAsk } from '@/components/ask/use-ask'
import type { GraphData } from '@/components/graph/graph-data'
import { nodesById, pathNodes } from './answer-path'
import { type AtomCard, cardOfAtom, cardOfNode } from './atom-card'
import { goBack, goTo, home, type Place, present, type Way } from './panel-state'
import { answerView, askingView, atomView, homeView, type PanelAction, type PanelView, writeView } from './panel-view'

const suggestions = 6

export interface PanelSubject {
  graph: GraphData
  selected: number
  seated: boolean
  /** Whether atoms and answers come from the server; without it the panel shows what the picture knows. */
  live: boolean
  onSelect(node: number): void
  onLit?(nodes: readonly number[]): void
}

/** What the panel says and what its buttons do, except for what moves things in space: those actions come back by `onSpace`. */
export function usePanel(subject: PanelSubject, onSpace: (action: PanelAction) => void): { view: PanelView; act: (action: PanelAction) => void } {
  const { graph, selected, seated, live, onSelect, onLit } = subject
  const nodes = useMemo(() => nodesById(graph), [graph])
  const [way, setWay] = useState<Way>(home)
  const [draft, setDraft] = useState('')
  const place = present(way)
  const go = useCallback((to: Place) => setWay((now) => goTo(now, to)), [])

  // Selected in the picture, in the table or on the page: the panel follows.
  const selectedId = selected >= 0 ? graph.ids[selected] : undefined
  useEffect(() => {
    if (selectedId) go({ at: 'atom', id: selectedId })
  }, [selectedId, go])

  const profile = useQuery(orpc.auth.profile.queryOptions({ input: {}, enabled: live, staleTime: 60_000 }))
  const atomId = place.at === 'atom' ? place.id : null
  const atom = useQuery(orpc.neural.getAtom.queryOptions({ input: { id: atomId ?? '' }, enabled: live && atomId !== null, staleTime: 30_000 }))
  const earlier = useQuery(
    orpc.neural.listResults.queryOptions({ input: { limit: suggestions }, enabled: live && place.at === 'write', staleTime: 30_000 }),
  )
  const answerId = place.at === 'answer' ? place.id : null
  const answer = useQuery(
    orpc.neural.getResult.queryOptions({ input: { id: answerId ?? '' }, enabled: answerId !== null, staleTime: Number.POSITIVE_INFINITY }),
  )
  const { asking, ask, stop } = useAsk(useCallback((id: string) => go({ at: 'answer', id }), [go]))

  const result = answer.data
  const path = useMemo(() => (result ? pathNodes(result.path, result.citations, nodes) : null), [result, nodes])
  useEffect(() => {
    if (path) onLit?.(path.lit)
  }, [path, onLit])
  useEffect(() => () => onLit?.([]), [onLit])

  const tier = profile.data?.enterprise.tier
  const start = (question: string) => {
    if (!tier) return
    setDraft('')
    go({ at: 'asking' })
    void ask({ question, mode: (localStorage.getItem('aia-mode') as Mode | null) ?? 'advanced', tier })
  }
  const close = () => {
    setWay(home)
    onSelect(-1)
    onLit?.([])
  }
  const showAtom = (id: string) => {
    go({ at: 'atom', id })
    const node = nodes.get(id)
    if (node !== undefined) onSelect(node)
  }
  const act = (action: PanelAction) => {
    if (action.do === 'show-atom') showAtom(action.id)
    else if (action.do === 'ask') start(action.question)
    else if (action.do === 'write') go({ at: 'write' })
    else if (action.do === 'type') setDraft((now) => (now + action.text).slice(0, 2_000))
    else if (action.do === 'erase') setDraft((now) => [...now].slice(0, -1).join(''))
    else if (action.do === 'close') close()
    else if (action.do === 'retry') void atom.refetch()
    else if (action.do === 'back' || action.do === 'stop') {
      stop()
      setWay(goBack(way))
    } else onSpace(action)
  }

  const canAsk = tier !== undefined
  const view = ((): PanelView => {
    if (place.at === 'write') return writeView(draft, [...new Set(earlier.data?.items.map(({ question }) => question))], seated)
    if (place.at === 'asking' && asking) return askingView(asking.question, asking.progress, asking.problem?.message ?? null, seated)
    if (place.at === 'answer' && result) return answerView(result, path?.lit.length ?? 0, path?.missing ?? 0, seated)
    if (place.at === 'atom') {
      const node = nodes.get(place.id)
      const card: AtomCard | null = atom.data ? cardOfAtom(atom.data) : node === undefined ? null : cardOfNode(graph, node)
      return atomView(card ?? { id: place.id, title: 'Atom', kind: '', domains: [], text: null, neighbours: [], neighboursTotal: 0, sources: [] }, {
        loading: live && atom.isPending,
        problem: atom.error ? toProblem(atom.error).message : null,
        inPicture: node !== undefined,
        canAsk,
        back: way.length > 2,
        seated,
      })
    }
    return homeView({ nodes: graph.count, edges: graph.edgeWeights.length }, canAsk, seated)
  })()
  return { view, act }
}
