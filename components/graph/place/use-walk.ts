'use client'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { GraphPlace } from './use-graph-place'
import { describeStep, nextStep, type Step, sayOf, stepsFrom } from './walk'

export interface Walk {
  steps: readonly Step[]
  /** The step that Enter would take, -1 none. */
  current: number
  /** How many steps Backspace can go back. */
  behind: number
  aim: (at: number) => void
  follow: (at: number) => void
  back: () => void
  onKeyDown: (event: KeyboardEvent) => void
}

/** The panel of the selected atom is beside the picture; its link to the source is where a walk by keyboard ends. */
function toCitation(): boolean {
  const panel = document.querySelector('[aria-label="Selected atom"]')
  const target = panel?.querySelector<HTMLElement>('a[href^="/knowledge/sources/"]') ?? panel?.querySelector<HTMLElement>('button')
  target?.focus()
  return target !== null && target !== undefined
}

/**
 * The walk by keyboard, the same in every view: arrows go through the neighbours by weight, Enter follows, Backspace returns.
 * Enter without a neighbour in view opens a community, or goes to the panel of the atom and there to its citation.
 */
export function useWalk(place: GraphPlace, say: (text: string) => void): Walk {
  const { shown, select, open, groups } = place
  const { graph, adjacency, selected } = shown
  const steps = useMemo(() => stepsFrom(graph, adjacency, shown.shown, selected), [graph, adjacency, shown.shown, selected])
  const [current, setCurrent] = useState(-1)
  const [trail, setTrail] = useState<readonly string[]>([])
  const last = useRef<string | null>(null)
  const returning = useRef(false)
  const here = graph.ids[selected] ?? null
  const saying = useRef<() => string>(() => '')
  saying.current = () => (selected < 0 ? '' : sayOf(graph, adjacency, selected))

  // Whoever selects, by walk, picture, table or panel, leaves the way back behind.
  useEffect(() => {
    if (last.current === here) return
    const before = last.current
    if (returning.current) returning.current = false
    else if (before !== null && here !== null) setTrail((all) => [...all, before])
    last.current = here
    setCurrent(-1)
    if (here !== null) say(saying.current())
  }, [here, say])

  const aim = useCallback(
    (at: number) => {
      setCurrent(at)
      say(describeStep(graph, adjacency, steps, at))
    },
    [graph, adjacency, steps, say],
  )
  const follow = useCallback(
    (at: number) => {
      if (!steps[at]) return
      // At once: a key that comes before the new selection does not mean the step that was taken.
      setCurrent(-1)
      select(steps[at].node)
    },
    [steps, select],
  )
  const back = useCallback(() => {
    const known = trail.findLastIndex((id) => graph.ids.includes(id))
    const id = trail[known]
    if (id === undefined) {
      say('This is where the walk began.')
      return
    }
    setTrail(trail.slice(0, known))
    returning.current = true
    select(graph.ids.indexOf(id))
  }, [trail, graph.ids, select, say])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const by = ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 } as const)[event.key]
    if (by) {
      const next = nextStep(steps.length, current, by)
      if (next < 0) say('No neighbour is shown.')
      else aim(next)
    } else if (event.key === 'Home' && steps.length > 0) aim(0)
    else if (event.key === 'End' && steps.length > 0) aim(steps.length - 1)
    else if (event.key === 'Enter' && steps[current]) follow(current)
    else if (event.key === 'Enter' && groups && selected >= 0) open(selected)
    else if (event.key === 'Enter' && selected >= 0) toCitation()
    else if (event.key === 'Backspace') back()
    else if (event.key === 'Escape' && current >= 0) setCurrent(-1)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return { steps, current, behind: trail.length, aim, follow, back, onKeyDown }
}
