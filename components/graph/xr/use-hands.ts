import { useFrame, useThree } from '@react-three/fiber'
import { useXR, useXRStore } from '@react-three/xr'
import { useEffect, useRef } from 'react'
import { type Group, Matrix4, type Object3D, Quaternion, Vector3 } from 'three'
import { Grasp, type Pose } from './grasp'
import { inputOf } from './pointer-input'

/** Two presses beside everything within this time (milliseconds) bring the graph. */
const twiceMs = 600
/** A pointer may meet what was pressed some frames after the press: one that looks and pinches appears only with it. */
const settleFrames = 4

const one = new Vector3(1, 1, 1)

/** Pose of a space in the scene's world, null while it is not tracked. */
function poseOf(frame: XRFrame, space: XRSpace | undefined, reference: XRReferenceSpace, origin: Matrix4): Pose | null {
  const transform = space && frame.getPose(space, reference)?.transform
  if (!transform) return null
  const { position: p, orientation: o } = transform
  const matrix = new Matrix4().compose(new Vector3(p.x, p.y, p.z), new Quaternion(o.x, o.y, o.z, o.w), one).premultiply(origin)
  const pose = { position: new Vector3(), quaternion: new Quaternion() }
  matrix.decompose(pose.position, pose.quaternion, new Vector3())
  return pose
}

type Happening = { type: 'select' | 'squeeze'; starts: boolean; input: XRInputSource }
type Tap = { input: XRInputSource; at: number; frames: number }

export interface Hands {
  /** This input pressed something that is no part of the graph: it holds nothing. */
  letGo(input: XRInputSource): void
}

/**
 * What hands, controllers, looks and fingers on a screen do to the graph. Presses on nodes choose, however long they last; grips hold it at once,
 * presses once they move; two of them turn and scale. `nodes` is the object whose raycast finds nodes.
 */
export function useHands({
  nodes,
  origin,
  onFrame,
  onHold,
  onSelect,
  onTwice,
  scaleRoom,
}: {
  nodes: () => Object3D | null
  origin: () => Group | null
  /** Every frame with a tracked head. */
  onFrame: (head: Pose, seconds: number) => void
  /** The graph was carried: multiply from the left. */
  onHold: (change: Matrix4) => void
  onSelect: (node: number) => void
  /** Pressed twice beside everything. */
  onTwice: () => void
  /** By which factors the graph may be scaled now, least and most. */
  scaleRoom: () => readonly [number, number]
}): Hands {
  const store = useXRStore()
  const session = useXR((state) => state.session)
  const gl = useThree((state) => state.gl)
  const grasp = useRef(new Grasp<XRInputSource>())
  const heldBy = useRef(new Map<XRInputSource, Happening['type']>())
  const queue = useRef<Happening[]>([])
  const pressed = useRef(new Map<XRInputSource, number>())
  const elsewhere = useRef(new Set<XRInputSource>())
  const taps = useRef<Tap[]>([])
  const lastTap = useRef(Number.NEGATIVE_INFINITY)
  const away = useRef(1)
  const bound = useRef<{ object: Object3D; release: () => void } | null>(null)
  const calls = useRef({ onSelect, onTwice })
  useEffect(() => {
    calls.current = { onSelect, onTwice }
  })

  useEffect(() => {
    if (!session) return
    const listeners = (['select', 'squeeze'] as const).flatMap((type) =>
      ([true, false] as const).map((starts) => ({
        name: `${type}${starts ? 'start' : 'end'}` as const,
        listen: ({ inputSource }: XRInputSourceEvent) => void queue.current.push({ type, starts, input: inputSource }),
      })),
    )
    for (const { name, listen } of listeners) session.addEventListener(name, listen)
    return () => {
      for (const { name, listen } of listeners) session.removeEventListener(name, listen)
      grasp.current.clear()
      heldBy.current.clear()
      bound.current?.release()
      bound.current = null
    }
  }, [session])

  /** The scene makes a new object for another graph. */
  const bind = (object: Object3D | null) => {
    if (bound.current?.object === object) return
    bound.current?.release()
    bound.current = object && { object, release: listenTo(object) }
  }
  const listenTo = (object: Object3D) => {
    const target = asTarget(object)
    const down = (event: NodeEvent) => {
      const input = inputOf(event)
      if (input && event.instanceId !== undefined) pressed.current.set(input, event.instanceId)
    }
    const click = (event: NodeEvent) => {
      const input = inputOf(event)
      const node = (input && pressed.current.get(input)) ?? event.instanceId
      if (!input || node === undefined || grasp.current.isDragging(input)) return
      calls.current.onSelect(node)
    }
    target.addEventListener('pointerdown', down)
    target.addEventListener('click', click)
    return () => {
      target.removeEventListener('pointerdown', down)
      target.removeEventListener('click', click)
    }
  }

  useFrame((_, seconds, given) => {
    const frame = given as XRFrame | undefined
    const reference = gl.xr.getReferenceSpace()
    const viewer = frame && reference && frame.getViewerPose(reference)
    if (!frame || !reference || !viewer) return
    const place = origin()
    place?.updateWorldMatrix(true, false)
    const world = place?.matrixWorld ?? new Matrix4()
    const { position: p, orientation: o } = viewer.transform
    const head = {
      position: new Vector3(p.x, p.y, p.z).applyMatrix4(world),
      quaternion: new Quaternion(o.x, o.y, o.z, o.w).premultiply(new Quaternion().setFromRotationMatrix(world)),
    }
    onFrame(head, seconds)
    const object = nodes()
    bind(object)
    if (object) away.current = Math.max(0.3, object.getWorldPosition(new Vector3()).distanceTo(head.position))

    const hold = (input: XRInputSource): Pose | null => {
      if (input.gripSpace) return poseOf(frame, input.gripSpace, reference, world)
      // A ray alone has no hand: what it holds is as far away as the graph.
      const ray = poseOf(frame, input.targetRaySpace, reference, world)
      ray?.position.add(new Vector3(0, 0, -away.current).applyQuaternion(ray.quaternion))
      return ray
    }
    const present = new Set(store.getState().inputSourceStates.map(({ inputSource }) => inputSource))
    for (const { type, starts, input } of queue.current.splice(0)) {
      if (starts) {
        const pose = elsewhere.current.has(input) || heldBy.current.has(input) ? null : hold(input)
        if (!pose) continue
        heldBy.current.set(input, type)
        grasp.current.press(input, pose, { grips: type === 'squeeze', turns: Boolean(input.gripSpace) })
      } else if (heldBy.current.get(input) === type || !heldBy.current.has(input)) {
        const isTap = type === 'select' && !elsewhere.current.has(input) && !grasp.current.isDragging(input)
        if (isTap) taps.current.push({ input, at: performance.now(), frames: settleFrames })
        heldBy.current.delete(input)
        grasp.current.release(input)
        if (!isTap) pressed.current.delete(input)
        elsewhere.current.delete(input)
      }
    }
    for (const input of grasp.current.keys()) {
      if (present.has(input)) continue
      grasp.current.release(input)
      heldBy.current.delete(input)
    }
    taps.current = taps.current.filter((tap) => {
      tap.frames -= 1
      if (tap.frames > 0) return true
      const onNode = pressed.current.delete(tap.input)
      if (elsewhere.current.delete(tap.input) || onNode) return false
      const twice = tap.at - lastTap.current < twiceMs
      lastTap.current = twice ? Number.NEGATIVE_INFINITY : tap.at
      if (twice) calls.current.onTwice()
      return false
    })
    const change = grasp.current.move(hold, ...scaleRoom())
    if (change) onHold(change)
  })

  return {
    letGo: (input) => {
      elsewhere.current.add(input)
      heldBy.current.delete(input)
      grasp.current.release(input)
    },
  }
}

type NodeEvent = { instanceId?: number }
type NodeTarget = Record<'addEventListener' | 'removeEventListener', (type: 'pointerdown' | 'click', listener: (event: NodeEvent) => void) => void>

/** The pointer events of @pmndrs/pointer-events reach any object; three.js types only know its own events. */
const asTarget = (object: Object3D) => object as unknown as NodeTarget
