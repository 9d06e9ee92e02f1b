'use client'
import { useSyncExternalStore } from 'react'

/** Chromium's event, which no standard names (https://web.dev/articles/customize-install). Other browsers install by a menu of their own. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>
}

let offered: InstallEvent | null = null
const listeners = new Set<() => void>()
const set = (event: InstallEvent | null) => {
  offered = event
  for (const listener of listeners) listener()
}

// The browser offers once, early, often before anything is drawn.
if (typeof window !== 'undefined') {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    set(event as InstallEvent)
  })
  addEventListener('appinstalled', () => set(null))
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Installs AIA as an app of this device; null where the browser does not offer it, or has done it. */
export function useInstall(): (() => void) | null {
  const event = useSyncExternalStore(
    subscribe,
    () => offered,
    () => null,
  )
  if (!event) return null
  return () => {
    // An offer counts once.
    set(null)
    void event.prompt()
  }
}
