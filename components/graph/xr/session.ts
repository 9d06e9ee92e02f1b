// What a headset is asked for, and what is said when it refuses. Pure: nothing of WebXR's libraries is loaded for it.

export type XrMode = 'immersive-vr' | 'immersive-ar'

/** Above this many nodes 72 Hz are asked for: a headset that misses frames at 90 shows half as many, 72 kept are better. */
const largeGraph = 20_000

/** 90 or 72 Hz, whichever is offered and fits the graph; false leaves the device's own choice. Faster ones cost battery and show no more. */
export function preferredFrameRate(offered: ArrayLike<number>, nodes: number): number | false {
  const rates = Array.from(offered)
  const wanted = nodes > largeGraph ? [72, 90] : [90, 72]
  return wanted.find((rate) => rates.includes(rate)) ?? false
}

/** Why a session did not begin, in words that say what to do. */
export function entryProblem(error: unknown, mode: XrMode): string {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  const what = mode === 'immersive-vr' ? 'VR' : 'AR'
  if (name === 'NotAllowedError') return `${what} was not allowed. Allow it for this site in the browser’s settings, then press again.`
  if (name === 'SecurityError') return `The browser wants a fresh press to enter ${what}. Press again.`
  if (name === 'InvalidStateError') return 'The headset is already showing another session. Leave that one first.'
  if (name === 'NotSupportedError') return `The device does not offer what ${what} needs here (standing on the floor).`
  if (name === 'ChunkLoadError') return `The part of AIA for ${what} could not be loaded. Check the connection, then press again.`
  return `${what} could not be entered${error instanceof Error && error.message ? `: ${error.message}` : ''}. Press again, or restart the headset’s browser.`
}
