'use client'
import { useThree } from '@react-three/fiber'
import { useEffect, useRef } from 'react'

/** A press that moved further, in pixels, was a drag. */
const dragPixels = 6
/** A finger is less exact than a mouse. */
const touchReach = 18

interface PointerUses {
  pick(x: number, y: number, reach?: number): number
  onHover(node: number): void
  onSelect(node: number): void
  onOpen?(node: number): void
}

/** Selects by click or tap, opens by double click, and tells what the mouse is over. */
export function useScenePointer(uses: PointerUses): void {
  const canvas = useThree((state) => state.gl.domElement)
  const latest = useRef(uses)
  latest.current = uses
  useEffect(() => {
    const press = new AbortController()
    let down: { x: number; y: number; id: number } | null = null
    let asked = 0
    const at = (event: MouseEvent) => {
      const { left, top } = canvas.getBoundingClientRect()
      return [event.clientX - left, event.clientY - top] as const
    }
    const reachOf = (event: MouseEvent) => (event instanceof PointerEvent && event.pointerType === 'touch' ? touchReach : undefined)
    const on = <K extends keyof HTMLElementEventMap>(name: K, listen: (event: HTMLElementEventMap[K]) => void) =>
      canvas.addEventListener(name, listen, { signal: press.signal })
    on('pointerdown', (event) => {
      // A second finger makes it a gesture.
      down = event.isPrimary && event.button === 0 ? { x: event.clientX, y: event.clientY, id: event.pointerId } : null
    })
    on('pointerup', (event) => {
      const pressed = down
      down = null
      if (pressed?.id !== event.pointerId || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > dragPixels) return
      latest.current.onSelect(latest.current.pick(...at(event), reachOf(event)))
    })
    on('dblclick', (event) => {
      const node = latest.current.pick(...at(event), reachOf(event))
      if (node >= 0) latest.current.onOpen?.(node)
    })
    on('pointermove', (event) => {
      if (event.pointerType !== 'mouse' || event.buttons !== 0 || asked) return
      asked = requestAnimationFrame(() => {
        asked = 0
        const node = latest.current.pick(...at(event))
        canvas.style.cursor = node >= 0 ? 'pointer' : ''
        latest.current.onHover(node)
      })
    })
    on('pointerleave', () => latest.current.onHover(-1))
    return () => {
      press.abort()
      cancelAnimationFrame(asked)
    }
  }, [canvas])
}
