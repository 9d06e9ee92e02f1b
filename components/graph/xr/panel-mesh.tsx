import { type ThreeEvent, useFrame, useThree } from '@react-three/fiber'
import { type RefObject, useEffect, useImperativeHandle, useMemo, useRef } from 'react'
import { CanvasTexture, LinearMipmapLinearFilter, type Mesh, NoColorSpace, SRGBColorSpace, Vector3 } from 'three'
import type { Colours } from '@/components/ui/theme'
import { theme } from '@/components/ui/theme'
import type { Pose } from './grasp'
import { hitAt, layoutPanel, type PanelLayout, panelMetres, panelPixels } from './panel-layout'
import { measureIn, paintPanel } from './panel-paint'
import type { PanelAction, PanelView } from './panel-view'
import { inputOf } from './pointer-input'

/** A press on text that moves further than this (pixels of the panel; 1.7 degrees, more than a hand trembles) moves the text and presses nothing. */
const scrollSlack = 48

export interface PanelHandle {
  /** Moves the text up by so many pixels. */
  scroll(pixels: number): void
  isPointedAt(input: XRInputSource): boolean
  mesh(): Mesh | null
  /** What can be pressed now, and where it is in the scene's world (metres). */
  buttons(): { label: string; point: [number, number, number] }[]
}

type Press = { y: number; hit: number; inBody: boolean; scrolled: boolean }

/** The panel in space: one quad whose picture is painted when something changes, and what is pointed at on it. */
export function PanelMesh({
  view,
  colours,
  pose,
  onAction,
  onPress,
  handle,
}: {
  view: PanelView
  colours: Colours
  pose: Pose
  onAction: (action: PanelAction) => void
  /** An input was pressed on the panel, so it does not hold the graph. */
  onPress: (input: XRInputSource) => void
  handle: RefObject<PanelHandle | null>
}) {
  const { outputColorSpace } = useThree((state) => state.gl)
  const mesh = useRef<Mesh>(null)
  const state = useRef({ scroll: 0, hovered: -1, dirty: true, layout: null as PanelLayout | null })
  const presses = useRef(new Map<XRInputSource, Press>())
  const pointed = useRef(new Set<XRInputSource>())
  const family = theme.typography.fontFamily ?? 'sans-serif'

  const { context, texture } = useMemo(() => {
    const canvas = document.createElement('canvas')
    canvas.width = panelPixels.width
    canvas.height = panelPixels.height
    const made = new CanvasTexture(canvas)
    made.minFilter = LinearMipmapLinearFilter
    made.anisotropy = 4
    // Colours leave the renderer as the theme writes them.
    made.colorSpace = outputColorSpace === SRGBColorSpace ? SRGBColorSpace : NoColorSpace
    return { context: canvas.getContext('2d'), texture: made }
  }, [outputColorSpace])
  useEffect(() => () => texture.dispose(), [texture])

  const layout = useMemo(() => (context ? layoutPanel(view, measureIn(context, family)) : null), [view, context, family])
  const title = `${view.caption}\n${view.heading}`
  const shownTitle = useRef(title)
  useEffect(() => {
    const now = state.current
    now.layout = layout
    now.hovered = -1
    now.dirty = true
    // Another thing is read from its beginning; the same thing with more in it stays where it is.
    now.scroll = shownTitle.current === title ? Math.min(now.scroll, layout?.scrollMost ?? 0) : 0
    shownTitle.current = title
  }, [layout, title])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other colours are another picture
  useEffect(() => {
    state.current.dirty = true
  }, [colours])

  useFrame(() => {
    const now = state.current
    if (!now.dirty || !now.layout || !context) return
    now.dirty = false
    paintPanel(context, now.layout, { colours, family, scroll: now.scroll, hovered: now.hovered })
    texture.needsUpdate = true
  })

  const scroll = (pixels: number) => {
    const now = state.current
    const next = Math.min(now.layout?.scrollMost ?? 0, Math.max(0, now.scroll + pixels))
    if (next === now.scroll) return
    now.scroll = next
    now.dirty = true
  }
  useImperativeHandle(handle, () => ({
    scroll,
    isPointedAt: (input) => pointed.current.has(input),
    mesh: () => mesh.current,
    buttons: () => {
      const { layout: now, scroll: moved } = state.current
      const { width, height } = panelPixels
      return (now?.hits ?? []).flatMap(({ x, y, width: w, height: h, label, inBody }) => {
        const at = { x: x + w / 2, y: y + h / 2 - (inBody ? moved : 0) }
        if (!now || !mesh.current || now.hits[hitAt(now, moved, at.x, at.y)]?.label !== label) return []
        const point = new Vector3((at.x / width - 0.5) * panelMetres.width, (0.5 - at.y / height) * panelMetres.height, 0)
        return [{ label, point: mesh.current.localToWorld(point).toArray() }]
      })
    },
  }))

  const at = ({ uv }: ThreeEvent<PointerEvent | MouseEvent>) => ({ x: (uv?.x ?? 0) * panelPixels.width, y: (1 - (uv?.y ?? 0)) * panelPixels.height })
  const hit = (event: ThreeEvent<PointerEvent | MouseEvent>) => {
    const { layout: now, scroll: moved } = state.current
    const { x, y } = at(event)
    return now ? hitAt(now, moved, x, y) : -1
  }
  const point = (hovered: number) => {
    if (state.current.hovered === hovered) return
    state.current.hovered = hovered
    state.current.dirty = true
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: an object in space; on the page the panel of the atom has the same buttons
    <mesh
      ref={mesh}
      position={pose.position}
      quaternion={pose.quaternion}
      renderOrder={10}
      // Behind a node or before it: who points at the panel means the panel.
      pointerEventsOrder={1}
      onPointerDown={(event) => {
        const input = inputOf(event)
        if (!input) return
        event.stopPropagation()
        onPress(input)
        const { y } = at(event)
        const { top, bottom } = state.current.layout?.window ?? { top: 0, bottom: 0 }
        presses.current.set(input, { y, hit: hit(event), inBody: y >= top && y <= bottom, scrolled: false })
      }}
      onPointerMove={(event) => {
        const input = inputOf(event)
        if (!input) return
        pointed.current.add(input)
        point(hit(event))
        const press = presses.current.get(input)
        if (!press) return
        const moved = press.y - at(event).y
        if (!press.scrolled && (Math.abs(moved) < scrollSlack || !press.inBody)) return
        press.scrolled = true
        scroll(moved)
        press.y = at(event).y
      }}
      onPointerLeave={(event) => {
        const input = inputOf(event)
        if (!input) return
        pointed.current.delete(input)
        presses.current.delete(input)
        if (pointed.current.size === 0) point(-1)
      }}
      onClick={(event) => {
        const input = inputOf(event)
        const press = input && presses.current.get(input)
        if (!input || !press) return
        event.stopPropagation()
        presses.current.delete(input)
        // What was pressed counts, not where a trembling hand let go.
        const pressed = press.scrolled ? undefined : state.current.layout?.hits[press.hit]
        if (pressed) onAction(pressed.action)
      }}
    >
      <planeGeometry args={[panelMetres.width, panelMetres.height]} />
      <meshBasicMaterial map={texture} transparent toneMapped={false} />
    </mesh>
  )
}
