import { useXR, XR, XROrigin } from '@react-three/xr'
import { type Ref, useEffect, useRef } from 'react'
import type { Group } from 'three'
import type { GraphData } from '@/components/graph/graph-data'
import { XrSession, type XrSessionHandle } from './xr-session'
import type { Store } from './xr-store'

export interface XrSpaceProps {
  store: Store
  /** The renderer is connected: a session can begin. */
  onReady(): void
  graph: GraphData
  shown: Uint8Array | null
  selected: number
  onSelect(node: number): void
  /** The way of an answer, in order; [] = none. */
  onLit?(nodes: readonly number[]): void
  /** Whether the graph is the one of whoever is signed in, so that the panel can read its atoms and ask. */
  live: boolean
  handle?: Ref<XrSessionHandle>
}

/**
 * VR and AR in the scene that is already there, drawn as a child of it: the same objects, shown to two eyes. Nothing is there before a session
 * runs, and afterwards everything stands as it stood.
 */
export function XrSpace({ store, onReady, ...session }: XrSpaceProps) {
  return (
    <XR store={store}>
      <Inside onReady={onReady} {...session} />
    </XR>
  )
}

function Inside({ onReady, ...session }: Omit<XrSpaceProps, 'store'>) {
  const origin = useRef<Group>(null)
  const runs = useXR((state) => state.session !== undefined)
  useEffect(() => onReady(), [onReady])
  return (
    <>
      <XROrigin ref={origin} />
      {runs && <XrSession origin={origin} {...session} />}
    </>
  )
}
