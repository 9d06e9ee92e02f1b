'use client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { entryProblem, type XrMode } from './session'
import type { XrSpace } from './xr-space'
import type { Store } from './xr-store'

const allModes: readonly XrMode[] = ['immersive-vr', 'immersive-ar']

/** What the device offers; empty until it is known, and where the browser knows no WebXR. */
function useModes(): readonly XrMode[] {
  const [modes, setModes] = useState<readonly XrMode[]>([])
  useEffect(() => {
    const { xr } = navigator
    if (!xr) return
    let current = true
    const look = async () => {
      // A browser may know WebXR and still refuse to tell (a policy of the page around it): then it offers nothing.
      const offers = await Promise.all(allModes.map((mode) => xr.isSessionSupported(mode).catch(() => false)))
      if (current) setModes(allModes.filter((_, index) => offers[index]))
    }
    void look()
    // A headset plugged in later is a headset.
    xr.addEventListener('devicechange', look)
    return () => {
      current = false
      xr.removeEventListener('devicechange', look)
    }
  }, [])
  return modes
}

export interface XrEntry {
  modes: readonly XrMode[]
  phase: 'idle' | 'loading' | 'running'
  /** The mode that is loading or running. */
  mode: XrMode | null
  problem: string | null
  /** Loads what a session needs, before it is asked for. */
  prepare(): void
  enter(mode: XrMode): void
  leave(): void
  /** What a scene draws inside while there is a session. */
  inside: { Space: typeof XrSpace; store: Store; onReady: () => void } | null
}

const load = async () => {
  const [space, store] = await Promise.all([import('./xr-space'), import('./xr-store')])
  return { Space: space.XrSpace, createStore: store.createStore }
}

/** Entering and leaving VR and AR. Nothing of it is loaded before somebody asks for it. `nodes`: how many are drawn. */
export function useXrEntry(nodes: number): XrEntry {
  const modes = useModes()
  const [mode, setMode] = useState<XrMode | null>(null)
  const [phase, setPhase] = useState<XrEntry['phase']>('idle')
  const [problem, setProblem] = useState<string | null>(null)
  const [inside, setInside] = useState<XrEntry['inside']>(null)
  const store = useRef<Store | null>(null)

  const finish = useCallback((why: string | null) => {
    setInside(null)
    setPhase('idle')
    setMode(null)
    setProblem(why)
    store.current?.destroy()
    store.current = null
  }, [])
  useEffect(
    () => () => {
      void store.current?.getState().session?.end()
      store.current?.destroy()
      store.current = null
    },
    [],
  )

  const enter = async (wanted: XrMode) => {
    if (phase !== 'idle') return
    setMode(wanted)
    setPhase('loading')
    setProblem(null)
    try {
      const { Space, createStore } = await load()
      const created = createStore(nodes)
      store.current = created
      created.onSessionEnd(() => finish(null))
      // The scene first connects its renderer to the store.
      await new Promise<void>((resolve) => setInside({ Space, store: created, onReady: resolve }))
      await created.enterXR(wanted).catch((error: unknown) => {
        // A device that refuses a frame rate has begun the session nevertheless.
        if (!created.getState().session) throw error
      })
      setPhase('running')
    } catch (error) {
      finish(entryProblem(error, wanted))
    }
  }
  const leave = () => {
    const session = store.current?.getState().session
    if (session) void session.end()
    else finish(null)
  }
  const prepare = () => {
    // Where it cannot be loaded, entering says so.
    load().catch(() => undefined)
  }
  return { modes, phase, mode, problem, prepare, enter: (wanted) => void enter(wanted), leave, inside }
}
