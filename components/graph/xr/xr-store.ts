import { createXRStore } from '@react-three/xr'
import { preferredFrameRate } from './session'

/** A press of any length still chooses: people who cannot press fast are people, too. Milliseconds. */
const clickThresholdMs = Number.POSITIVE_INFINITY

/**
 * The state of sessions of one scene. Models of controllers and hands come from this server (scripts/setup.mjs puts them there); no emulator is
 * ever started, and nothing is offered to the browser before somebody presses "Enter". `nodes`: how many there are to draw.
 */
export function createStore(nodes: number) {
  // One ray each: what is far is reached as well as what is near, and a graph of points has nothing to touch.
  const rayPointer = { clickThresholdMs, minDistance: 0, rayModel: { maxLength: 3 }, cursorModel: { size: 0.03 } }
  const pointers = { rayPointer, grabPointer: false, touchPointer: false, teleportPointer: false } as const
  return createXRStore({
    emulate: false,
    offerSession: false,
    enterGrantedSession: false,
    baseAssetPath: `${location.origin}/vendor/xr/`,
    defaultControllerProfileId: 'generic-trigger-squeeze-thumbstick',
    frameRate: (offered) => preferredFrameRate(offered, nodes),
    controller: pointers,
    hand: pointers,
    transientPointer: { clickThresholdMs, minDistance: 0, cursorModel: { size: 0.03 } },
    gaze: { clickThresholdMs, minDistance: 0 },
    screenInput: { clickThresholdMs, minDistance: 0 },
    // Asked for only what is used: each of these is a question to the person who wears the headset.
    anchors: false,
    hitTest: false,
    planeDetection: false,
    meshDetection: false,
    depthSensing: false,
    bodyTracking: false,
    domOverlay: false,
  })
}

export type Store = ReturnType<typeof createStore>
