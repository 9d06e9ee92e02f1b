// A headset for tests: iwer's runtime in place of the browser's own WebXR, driven by frames and never by time.
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import type * as Iwer from 'iwer'
import type { InstancedBufferGeometry, Mesh, MeshBasicMaterial, Object3D, Scene, ShaderMaterial } from 'three'

type Hand = 'left' | 'right'
type Vector = readonly [number, number, number]

declare global {
  interface Window {
    IWER: typeof Iwer
    headset: {
      device: Iwer.XRDevice
      session: XRSession | null
      /** The last scene that three.js made, of which it tells whoever is there in place of its developer tools. */
      scene: Scene | null
      /** What was last written on a canvas, and where: pixels from its upper left. */
      written: Map<HTMLCanvasElement, { text: string; x: number; y: number }[]>
      /** Resolves when so many more frames of the session were drawn, or it has ended. */
      frames(count: number): Promise<void>
    }
  }
}

const runtime = fileURLToPath(new URL('../node_modules/iwer/build/iwer.min.js', import.meta.url))

/** The page finds a Quest 3 on the head of somebody who stands. Before the first navigation. */
export async function wearHeadset(page: Page): Promise<void> {
  await page.addInitScript({ path: runtime })
  await page.addInitScript(() => {
    const { XRDevice, metaQuest3 } = window.IWER
    const device = new XRDevice(metaQuest3, { stereoEnabled: true })
    // A page outside a headset has its own navigator.xr, which must go.
    device.installRuntime({ forceInstall: true } as never)
    let drawn = 0
    const tools = Object.assign(window, { __THREE_DEVTOOLS__: new EventTarget() }).__THREE_DEVTOOLS__
    tools.addEventListener('observe', ({ detail }: CustomEventInit<Scene | object>) => {
      if (detail && 'isScene' in detail) window.headset.scene = detail
    })
    const written: Window['headset']['written'] = new Map()
    const context = CanvasRenderingContext2D.prototype
    const { clearRect, fillText } = context
    context.clearRect = function (...given) {
      written.set(this.canvas, [])
      clearRect.apply(this, given)
    }
    context.fillText = function (text, x, y, ...more) {
      const at = this.getTransform().transformPoint({ x, y })
      written.get(this.canvas)?.push({ text, x: at.x, y: at.y })
      fillText.call(this, text, x, y, ...more)
    }
    window.headset = {
      device,
      session: null,
      scene: null,
      written,
      frames: (count) =>
        new Promise((resolve) => {
          const until = drawn + count
          const look = () => (drawn >= until || !window.headset.session ? resolve() : setTimeout(look, 5))
          look()
        }),
    }
    const xr = navigator.xr as XRSystem
    const request = xr.requestSession.bind(xr)
    xr.requestSession = async (...given) => {
      const session = await request(...given)
      window.headset.session = session
      const count = () => {
        drawn += 1
        session.requestAnimationFrame(count)
      }
      session.requestAnimationFrame(count)
      session.addEventListener('end', () => {
        window.headset.session = null
      })
      return session
    }
  })
}

export const frames = (page: Page, count: number): Promise<void> => page.evaluate((many) => window.headset.frames(many), count)

/** Holds a hand a little before the eyes, pointing at a point of the scene. */
export async function pointAt(page: Page, kind: 'controllers' | 'hands', hand: Hand, point: Vector): Promise<void> {
  await page.evaluate(
    ([inputs, side, [x, y, z]]) => {
      const { device } = window.headset
      const input = device[inputs][side]
      if (!input) throw new Error(`There is no ${side} of the ${inputs}.`)
      const eyes = device.position
      const to = [x - eyes.x, y - eyes.y, z - eyes.z] as const
      const length = Math.hypot(...to)
      const [dx, dy, dz] = [to[0] / length, to[1] / length, to[2] / length]
      input.position.set(eyes.x + dx * 0.2, eyes.y + dy * 0.2, eyes.z + dz * 0.2)
      // The rotation that turns straight ahead (0, 0, -1) to the direction d: axis (0, 0, -1) x d, scalar 1 + (0, 0, -1) . d.
      const norm = Math.hypot(dy, dx, 1 - dz)
      input.quaternion.set(dy / norm, -dx / norm, 0, (1 - dz) / norm)
    },
    [kind, hand, point] as const,
  )
  await frames(page, 4)
}

/** Puts a hand somewhere, metres, pointing straight ahead. */
export async function moveTo(page: Page, kind: 'controllers' | 'hands', hand: Hand, place: Vector): Promise<void> {
  await page.evaluate(
    ([inputs, side, [x, y, z]]) => {
      const input = window.headset.device[inputs][side]
      input?.position.set(x, y, z)
      input?.quaternion.set(0, 0, 0, 1)
    },
    [kind, hand, place] as const,
  )
  await frames(page, 3)
}

/** Presses (1) or lets go (0) the trigger, the grip or another button of a controller. */
export async function button(page: Page, hand: Hand, name: string, value: 0 | 1): Promise<void> {
  await page.evaluate(([side, id, to]) => window.headset.device.controllers[side]?.updateButtonValue(id, to), [hand, name, value] as const)
  await frames(page, 4)
}

export async function pinch(page: Page, hand: Hand, value: 0 | 1): Promise<void> {
  await page.evaluate(([side, to]) => window.headset.device.hands[side]?.updatePinchValue(to), [hand, value] as const)
  await frames(page, 4)
}

/** From now on hands are seen, and controllers are not. */
export async function useHands(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.headset.device.primaryInputMode = 'hand'
  })
  await frames(page, 4)
}

/**
 * From now on somebody looks and pinches (visionOS): there is no input until the pinch, and then one whose ray is where the eyes look. iwer has
 * no such device, so its hand is made one.
 */
export async function useGaze(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { device } = window.headset
    device.primaryInputMode = 'hand'
    for (const hand of Object.values(device.hands)) {
      if (!hand) continue
      const inside = (hand.inputSource as unknown as Record<symbol, { targetRayMode: string; hand: undefined }>)[window.IWER.P_INPUT_SOURCE]
      if (!inside) throw new Error('iwer keeps its inputs elsewhere.')
      inside.targetRayMode = 'transient-pointer'
      inside.hand = undefined
      hand.updateHandPose = () => undefined
      hand.connected = false
    }
  })
  await frames(page, 4)
}

export async function gazePinch(page: Page, hand: Hand): Promise<void> {
  const set = (connected: boolean, value: number) =>
    page.evaluate(
      ([side, is, to]) => {
        const input = window.headset.device.hands[side]
        if (!input) throw new Error('There is no such hand.')
        input.connected = is
        input.updatePinchValue(to)
      },
      [hand, connected, value] as const,
    )
  // A headset tells of the input, then of its press, in one frame; iwer would tell of the press first.
  await set(true, 0)
  await frames(page, 1)
  await set(true, 1)
  await frames(page, 4)
  await set(true, 0)
  await frames(page, 4)
  await set(false, 0)
  await frames(page, 4)
}

/** Pushes the stick of a controller and lets it go. */
export async function pushStick(page: Page, hand: Hand, x: number, y: number): Promise<void> {
  for (const [right, back] of [
    [x, y],
    [0, 0],
  ] as const) {
    await page.evaluate(([side, h, v]) => window.headset.device.controllers[side]?.updateAxes('thumbstick', h, v), [hand, right, back] as const)
    await frames(page, 4)
  }
}

export interface PanelWords {
  /** Everything that is written on the panel, in the order of painting, a space between lines. */
  text: string
  /** Each line, and where it is in the scene's world, metres. */
  lines: { text: string; point: [number, number, number] }[]
}

/** The panel as it is painted, on a page without a laboratory: its words are those of its canvas, its place that of the quad which shows it. */
export const panelWords = (page: Page): Promise<PanelWords | null> =>
  page.evaluate(() => {
    const { scene, written } = window.headset
    let found: PanelWords | null = null
    scene?.traverse((object: Object3D) => {
      const { map } = ((object as Mesh).material ?? {}) as Partial<MeshBasicMaterial>
      const canvas = map?.image as HTMLCanvasElement | undefined
      const lines = canvas && written.get(canvas)
      const box = (object as Mesh).geometry
      if (!canvas || !lines || !('parameters' in box)) return
      const { width, height } = box.parameters as { width: number; height: number }
      object.updateWorldMatrix(true, false)
      const worldOf = (x: number, y: number) =>
        object.localToWorld(object.position.clone().set((x / canvas.width - 0.5) * width, (0.5 - y / canvas.height) * height, 0)).toArray()
      // A little above the line on which letters stand, and within their button.
      found = { text: lines.map(({ text }) => text).join(' '), lines: lines.map(({ text, x, y }) => ({ text, point: worldOf(x + 4, y - 10) })) }
    })
    return found
  })

/** Which nodes of the graph are drawn as lit, and between which an edge is drawn as part of a way, from what the shaders are given. */
export const litInScene = (page: Page): Promise<{ nodes: number[]; steps: [number, number][] }> =>
  page.evaluate(() => {
    const graph = window.headset.scene?.getObjectByName('graph')
    const [nodes, , strokes] = (graph?.children ?? []) as Mesh[]
    if (!nodes || !strokes) throw new Error('No graph is drawn.')
    const states = (nodes.material as ShaderMaterial).uniforms.uStates?.value.image.data as Uint8Array
    const geometry = strokes.geometry as InstancedBufferGeometry
    const [ends, kinds] = [geometry.getAttribute('ends'), geometry.getAttribute('kind')]
    const steps: [number, number][] = []
    if (strokes.visible && ends && kinds)
      for (let at = 0; at < geometry.instanceCount; at++) if (kinds.getX(at) === 1) steps.push([ends.getX(at), ends.getY(at)])
    // stateBits.lit of components/graph/scene/shaders.ts
    return { nodes: [...states.keys()].filter((node) => (states[node] ?? 0) & 8), steps }
  })
