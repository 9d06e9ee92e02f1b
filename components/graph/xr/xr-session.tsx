import { useThree } from '@react-three/fiber'
import { useXR, useXRStore } from '@react-three/xr'
import { type Ref, type RefObject, useCallback, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react'
import { type Group, Matrix4, type Object3D, Quaternion, Vector3 } from 'three'
import { useSceneColours } from '@/components/graph/scene/scene-colours'
import type { Pose } from './grasp'
import { type PanelHandle, PanelMesh } from './panel-mesh'
import type { PanelAction } from './panel-view'
import {
  extentOf,
  fitScale,
  inFront,
  isOutOfSight,
  isSeated,
  leastScale,
  mostScale,
  panelBeside,
  SnapStick,
  scaledAbout,
  turnedAbout,
} from './placement'
import { useHands } from './use-hands'
import { usePanel } from './use-panel'
import type { XrSpaceProps } from './xr-space'

const snapRadians = Math.PI / 6
/** By how much a button of the panel makes the graph larger. */
const buttonFactor = 1.4
/** A stick held forward doubles the size in about this many seconds, or moves text by this many pixels a second. */
const stickDoublingS = 0.7
const stickPixelsS = 1_400
/** How much of its way a stick must be pushed to mean it. */
const stickRest = 0.25

/** For measurements and tests: what a headset shows. Metres in the scene's world. */
export interface XrSessionHandle {
  /** Size of the graph against that at its first sight. */
  scale(): number
  nodeAt(node: number): [number, number, number]
  /** Orientation of the person about the vertical, radians. */
  turned(): number
  seated(): boolean
  inputs(): string[]
  panel(): { caption: string; heading: string; text: string; buttons: { label: string; point: [number, number, number] }[] }
}

/** One session: where the graph stands, who holds it, and the panel beside it. */
export function XrSession({
  origin,
  graph,
  shown,
  selected,
  onSelect,
  onLit,
  live,
  handle,
}: Omit<XrSpaceProps, 'store' | 'onReady'> & { origin: RefObject<Group | null> }) {
  const scene = useThree((state) => state.scene)
  const store = useXRStore()
  const isAr = useXR((state) => state.mode === 'immersive-ar')
  const colours = useSceneColours()
  const extent = useMemo(() => extentOf(graph.positions, graph.count, shown), [graph, shown])
  const matrix = useRef(new Matrix4())
  const placed = useRef<Object3D | null>(null)
  const head = useRef<Pose | null>(null)
  const panel = useRef<PanelHandle>(null)
  const snap = useRef(new SnapStick())
  const bringPressed = useRef(false)
  const [seated, setSeated] = useState<boolean | null>(null)
  const [panelPose, setPanelPose] = useState<Pose>({ position: new Vector3(0, -100, 0), quaternion: new Quaternion() })
  const sits = seated ?? false

  const fit = fitScale(extent, sits)
  const scale = () => matrix.current.getMaxScaleOnAxis() / fit
  const room = () => [leastScale / scale(), mostScale / scale()] as const
  const limited = (factor: number) => Math.min(room()[1], Math.max(room()[0], factor))
  const middle = () => extent.centre.clone().applyMatrix4(matrix.current)
  const put = (next: Matrix4) => {
    matrix.current.copy(next)
    placed.current = null
  }
  const bringGraph = (sitting: boolean) => {
    if (!head.current) return
    put(inFront(head.current, extent.centre, fitScale(extent, sitting), sitting))
    setPanelPose(panelBeside(head.current, sitting))
  }
  const bringAtom = () => {
    if (!head.current || selected < 0) return
    const at = new Vector3().fromArray(graph.positions, 3 * selected)
    put(inFront(head.current, at, matrix.current.getMaxScaleOnAxis(), sits))
    setPanelPose(panelBeside(head.current, sits))
  }
  const zoom = (factor: number) => put(scaledAbout(matrix.current, middle(), limited(factor)))
  const inSpace = (action: PanelAction) => {
    if (action.do === 'bring-graph') bringGraph(sits)
    else if (action.do === 'bring-atom') bringAtom()
    else if (action.do === 'larger') zoom(buttonFactor)
    else if (action.do === 'smaller') zoom(1 / buttonFactor)
    else if (action.do === 'leave') void store.getState().session?.end()
    else if (action.do === 'seat') {
      setSeated(!sits)
      bringGraph(!sits)
    }
  }
  const { view, act } = usePanel({ graph, selected, seated: sits, live, onSelect, ...(onLit ? { onLit } : {}) }, inSpace)

  // What somebody chose is told where they look.
  useEffect(() => {
    if (selected < 0 || !head.current) return
    setPanelPose((now) => (head.current && isOutOfSight(head.current, now.position) ? panelBeside(head.current, sits) : now))
  }, [selected, sits])

  const turn = (side: -1 | 1) => {
    const group = origin.current
    if (isAr || !group || !head.current) {
      // In a room nobody can be turned: the graph turns.
      put(turnedAbout(matrix.current, middle(), side * snapRadians))
      return
    }
    group.updateMatrix()
    turnedAbout(group.matrix, head.current.position, -side * snapRadians).decompose(group.position, group.quaternion, group.scale)
    group.updateMatrixWorld(true)
  }
  const sticks = (seconds: number) => {
    let wantsGraph = false
    let aside = 0
    for (const input of store.getState().inputSourceStates) {
      if (input.type !== 'controller') continue
      const stick = input.gamepad['xr-standard-thumbstick'] ?? input.gamepad['xr-standard-touchpad']
      const { xAxis = 0, yAxis = 0 } = stick ?? {}
      if (Math.abs(xAxis) > Math.abs(aside)) aside = xAxis
      wantsGraph ||= ['a-button', 'x-button'].some((name) => input.gamepad[name]?.state === 'pressed')
      if (Math.abs(yAxis) < stickRest || Math.abs(xAxis) > Math.abs(yAxis)) continue
      if (panel.current?.isPointedAt(input.inputSource)) panel.current.scroll(yAxis * stickPixelsS * seconds)
      else zoom(2 ** ((-yAxis * seconds) / stickDoublingS))
    }
    const side = snap.current.turn(aside)
    if (side !== 0) turn(side)
    if (wantsGraph && !bringPressed.current) bringGraph(sits)
    bringPressed.current = wantsGraph
  }

  const root = useCallback(() => scene.getObjectByName('graph') ?? null, [scene])
  const hands = useHands({
    nodes: () => scene.getObjectByName('graph-nodes') ?? null,
    origin: () => origin.current,
    onFrame: (now, seconds) => {
      const isFirst = head.current === null
      head.current = now
      if (isFirst) {
        const eyes = now.position.y - (origin.current?.position.y ?? 0)
        setSeated(isSeated(eyes))
        bringGraph(isSeated(eyes))
      }
      sticks(Math.min(seconds, 0.1))
      const object = root()
      if (!object || placed.current === object) return
      matrix.current.decompose(object.position, object.quaternion, object.scale)
      object.updateMatrixWorld(true)
      placed.current = object
    },
    onHold: (change) => put(change.multiply(matrix.current)),
    onSelect,
    onTwice: () => bringGraph(sits),
    scaleRoom: room,
  })

  // Afterwards the picture on the page stands where it stood.
  useEffect(
    () => () => {
      const object = root()
      if (!object) return
      new Matrix4().decompose(object.position, object.quaternion, object.scale)
      object.updateMatrixWorld(true)
    },
    [root],
  )

  useImperativeHandle(handle as Ref<XrSessionHandle>, () => ({
    scale,
    nodeAt: (node) =>
      new Vector3()
        .fromArray(graph.positions, 3 * node)
        .applyMatrix4(matrix.current)
        .toArray(),
    turned: () => 2 * Math.atan2(origin.current?.quaternion.y ?? 0, origin.current?.quaternion.w ?? 1),
    seated: () => sits,
    inputs: () => store.getState().inputSourceStates.map(({ type }) => type),
    panel: () => ({
      caption: view.caption,
      heading: view.heading,
      text: view.blocks.map((block) => ('text' in block ? block.text : 'label' in block ? `${block.label}: ${block.detail}` : '')).join('\n'),
      buttons: panel.current?.buttons() ?? [],
    }),
  }))

  return (
    <>
      {/* For the models of controllers and hands: what belongs to the graph shines by itself. */}
      <ambientLight intensity={2} />
      <directionalLight position={[1, 3, 2]} intensity={2} />
      <PanelMesh view={view} colours={colours} pose={panelPose} onAction={act} onPress={hands.letGo} handle={panel} />
    </>
  )
}
