// Which version this tab is, and whether there is a newer one. A small store, because scripts that fail to load find it out too.
import { isChunkError } from './chunk-error'
import type { ToWorker } from './worker-messages'

/** Written into the pages' scripts by the build (scripts/service-worker.mjs). */
declare const AIA_BUILD: string

let isNewer = false
let isApplying = false
let asking: ReturnType<typeof setInterval> | undefined
let registration: ServiceWorkerRegistration | null = null
const listeners = new Set<() => void>()
const lookEveryMs = 10 * 60_000
const answerLimitMs = 5_000
const askEveryMs = 1_000
const mostAsked = 8

/** Whether to ask for a reload: there is a newer version, and no part of the page says so in its own place. */
export const asksForReload = () => isNewer && saidInPlace === 0
export function subscribeVersion(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
const notify = () => {
  for (const listener of listeners) listener()
}
function offer(): void {
  if (isNewer) return
  isNewer = true
  notify()
}

let saidInPlace = 0
/** A part of the page that did not load asks for the reload itself, in its place. @returns what ends that */
export function askInPlace(): () => void {
  saidInPlace += 1
  notify()
  return () => {
    saidInPlace -= 1
    notify()
  }
}

const tell = (worker: ServiceWorker, message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer)

/** The build a worker belongs to; null when it does not say. */
const buildOf = (worker: ServiceWorker): Promise<string | null> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => resolve(typeof data === 'string' ? data : null)
    setTimeout(() => resolve(null), answerLimitMs)
    tell(worker, { type: 'build' }, [port2])
  })

/** A worker of this very build takes over without a word; one of another is what this tab is asked about. */
async function weigh(worker: ServiceWorker): Promise<void> {
  const build = await buildOf(worker)
  if (build === AIA_BUILD) {
    if (worker.state === 'installed') tell(worker, { type: 'activate' })
  } else if (build !== null) offer()
}

/**
 * Reloads into the new version. The worker before may be busy at that moment (it keeps a page that was just seen), and Chromium then sometimes
 * forgets that another one waits: so that one is asked again, and in the end the page is reloaded without it, which the network answers anew.
 */
export function applyNewVersion(): void {
  if (asking) return
  isApplying = true
  const waiting = registration?.waiting
  if (!waiting) {
    reload()
    return
  }
  let asked = 0
  const ask = () => {
    if (asked++ < mostAsked) tell(waiting, { type: 'activate' })
    else reload()
  }
  ask()
  asking = setInterval(ask, askEveryMs)
}

/** Once: over a slow line, a second reload would begin the first one anew. */
function reload(): void {
  clearInterval(asking)
  asking = undefined
  location.reload()
}

async function register(): Promise<void> {
  const workers = navigator.serviceWorker
  const found = await workers.register('/sw.js', { updateViaCache: 'none' })
  registration = found
  const follow = (fresh: ServiceWorker | null) =>
    fresh?.addEventListener('statechange', () => {
      // The first one of all has nobody to replace.
      if (fresh.state === 'installed' && workers.controller) void weigh(fresh)
    })
  found.addEventListener('updatefound', () => follow(found.installing))
  follow(found.installing)
  if (found.waiting) void weigh(found.waiting)
  workers.addEventListener('controllerchange', () => {
    if (isApplying) reload()
    // Another tab has moved on; this one is asked, it may hold something that was typed.
    else if (workers.controller) void weigh(workers.controller)
  })
}

/** Starts the service worker and notices new versions. In development there is no worker. @returns what ends the noticing */
export function startVersions(): () => void {
  const onFailure = (event: ErrorEvent | PromiseRejectionEvent) => {
    if (!isChunkError('reason' in event ? event.reason : event.error) || !navigator.onLine) return
    event.preventDefault()
    offer()
  }
  addEventListener('error', onFailure)
  addEventListener('unhandledrejection', onFailure)
  let lookedAt = Date.now()
  const look = () => {
    if (document.visibilityState !== 'visible' || Date.now() - lookedAt < lookEveryMs) return
    lookedAt = Date.now()
    void registration?.update().catch(() => undefined)
  }
  document.addEventListener('visibilitychange', look)
  const timer = setInterval(look, lookEveryMs)
  if (process.env.NODE_ENV === 'production' && 'serviceWorker' in navigator) void register().catch(() => undefined)
  return () => {
    removeEventListener('error', onFailure)
    removeEventListener('unhandledrejection', onFailure)
    document.removeEventListener('visibilitychange', look)
    clearInterval(timer)
  }
}

const told = new Set<string>()
/** Has the worker keep this page, as soon as there is one, and the files that were loaded before it was there. */
export async function keepThisPage(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  // From wherever it is looked at, a picture is the same page.
  const page = new URL(location.href)
  page.searchParams.delete('camera')
  const { active } = await navigator.serviceWorker.ready
  if (!active || isApplying) return
  const files = performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${location.origin}/_next/static/`) && !told.has(name))
  for (const file of files) told.add(file)
  tell(active, { type: 'seen', page: page.href, files })
}
