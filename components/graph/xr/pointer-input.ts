/** The input of a headset that a pointer event comes from; null for a mouse or a finger on the page. The library's events carry it untyped. */
export function inputOf(event: unknown): XRInputSource | null {
  const { pointerState } = event as { pointerState?: { inputSource?: XRInputSource } }
  return pointerState?.inputSource ?? null
}
