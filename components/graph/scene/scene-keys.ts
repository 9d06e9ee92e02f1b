'use client'
import { useThree } from '@react-three/fiber'
import { useEffect, useRef } from 'react'

const turnRadians = Math.PI / 18
const nearer = 1.25

interface KeyUses {
  /** Radians to the right and up; the flat view goes by the sign. */
  turn(right: number, up: number): void
  zoom(factor: number): void
  everything(): void
}

/** W A S D turn, + and - come nearer and go away, 0 shows everything, while what has the focus holds the picture. */
export function useSceneKeys(uses: KeyUses): void {
  const canvas = useThree((state) => state.gl.domElement)
  const latest = useRef(uses)
  latest.current = uses
  useEffect(() => {
    const acts: Record<string, (uses: KeyUses) => void> = {
      a: ({ turn }) => turn(-turnRadians, 0),
      d: ({ turn }) => turn(turnRadians, 0),
      w: ({ turn }) => turn(0, turnRadians),
      s: ({ turn }) => turn(0, -turnRadians),
      '+': ({ zoom }) => zoom(nearer),
      '=': ({ zoom }) => zoom(nearer),
      '-': ({ zoom }) => zoom(1 / nearer),
      '0': ({ everything }) => everything(),
    }
    const onKey = (event: KeyboardEvent) => {
      const { target } = event
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (!(target instanceof HTMLElement) || target === document.body || !target.contains(canvas)) return
      const act = acts[event.key.toLowerCase()]
      if (!act) return
      event.preventDefault()
      act(latest.current)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [canvas])
}
