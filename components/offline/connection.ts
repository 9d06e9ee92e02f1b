// Whether the server answers. The browser only knows whether there is a network; every call tells the rest.
let reachable = true
const listeners = new Set<() => void>()
const notify = () => {
  for (const listener of listeners) listener()
}

/** Told by every call: whether an answer came, whatever it said. */
export function reportReachable(now: boolean): void {
  if (reachable === now) return
  reachable = now
  notify()
}

/** A network again: taken for a connection until a call says otherwise. */
const online = () => {
  reachable = true
  notify()
}

export const isConnected = () => reachable && navigator.onLine

export function subscribeConnection(listener: () => void): () => void {
  if (listeners.size === 0) {
    addEventListener('online', online)
    addEventListener('offline', notify)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    removeEventListener('online', online)
    removeEventListener('offline', notify)
  }
}

/** True when the server answers at all. Asked without the service worker, so that no page that was kept stands for it. */
export const serverAnswers = (): Promise<boolean> =>
  fetch('/health', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
