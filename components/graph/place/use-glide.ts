'use client'
import { useLayoutEffect, useRef, useState } from 'react'
import type { GraphData } from '@/components/graph/graph-data'
import { glideTo, placesBefore } from './glide'

const glideMs = 600

/**
 * When the graph comes anew, its nodes glide from where they were drawn to where they are now; with reduced motion they stand there at once.
 * Moves `graph.positions` in place. @returns a number that is raised with every move
 */
export function useGlide(graph: GraphData): number {
  const [version, setVersion] = useState(0)
  const drawn = useRef<Pick<GraphData, 'ids' | 'positions'> | null>(null)
  useLayoutEffect(() => {
    const { ids, positions } = graph
    const ends = positions.slice()
    const starts = drawn.current && placesBefore(drawn.current, graph)
    const glides = starts !== null && !matchMedia('(prefers-reduced-motion: reduce)').matches
    let frame = 0
    if (glides) {
      const began = performance.now()
      const step = (now: number) => {
        const share = Math.min(1, Math.max(0, (now - began) / glideMs))
        glideTo(positions, starts, ends, share)
        setVersion((before) => before + 1)
        if (share < 1) frame = requestAnimationFrame(step)
      }
      step(began)
    }
    return () => {
      cancelAnimationFrame(frame)
      // What comes next begins where this was drawn last; the graph itself is left as it was given.
      drawn.current = { ids, positions: positions.slice() }
      positions.set(ends)
    }
  }, [graph])
  return version
}
