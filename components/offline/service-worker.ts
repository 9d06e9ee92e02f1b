// The service worker. It gives hashed files from its caches, keeps pages that were seen together with their policy (its nonce is in the page),
// takes what other apps share, and sends the outbox when the browser says that there is a network again.
import type { WorkboxPlugin } from 'workbox-core/types.js'
import { CacheExpiration, ExpirationPlugin } from 'workbox-expiration'
import { PrecacheController, PrecacheRoute } from 'workbox-precaching'
import { registerRoute } from 'workbox-routing'
import { CacheFirst, NetworkFirst } from 'workbox-strategies'
import { filesCache, offlineCache, pagesCache, precacheName } from './cache-names'
import { endLeft } from './leaving'
import { lastOwner } from './owner'
import { isAppFile, isPage, keepsPage, offlinePage, sharePath, staysWithServer } from './routes'
import { sendWaiting } from './send'
import { takeShared } from './share-target'
import { syncTag, type ToWorker } from './worker-messages'
import type { WorkerScope } from './worker-scope'

declare const self: WorkerScope
declare const AIA_BUILD: string

const mostPages = 60
const fileAges = { maxEntries: 300, maxAgeSeconds: 60 * 24 * 3600 }
const slowS = 12

const precache = new PrecacheController({ cacheName: precacheName })
precache.addToCacheList(self.__WB_MANIFEST)

self.addEventListener('install', (event) => {
  event.waitUntil(Promise.all([precache.install(event), keepOfflinePage()]))
})

async function keepOfflinePage(): Promise<void> {
  const cache = await caches.open(offlineCache)
  const response = await fetch(offlinePage, { cache: 'no-store' })
  if (!keepsPage(response)) throw new Error(`${offlinePage} answered ${response.status}.`)
  await cache.put(offlinePage, response)
}

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      await keepOldFiles()
      await precache.activate(event)
      await self.clients.claim()
    })(),
  )
})

/** A tab of the version before may still ask for its chunks, which the server no longer has. */
async function keepOldFiles(): Promise<void> {
  const [old, files] = await Promise.all([caches.open(precacheName), caches.open(filesCache)])
  const ages = new CacheExpiration(filesCache, fileAges)
  const wanted = new Set(precache.getCachedURLs())
  for (const request of await old.keys()) {
    if (wanted.has(request.url) || !isAppFile(new URL(request.url))) continue
    const response = await old.match(request)
    if (!response) continue
    await files.put(request.url, response)
    await ages.updateTimestamp(request.url)
  }
}

registerRoute(new PrecacheRoute(precache))
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && isAppFile(url),
  new CacheFirst({ cacheName: filesCache, plugins: [new ExpirationPlugin(fileAges)] }),
)

const keepPages: WorkboxPlugin = {
  cacheWillUpdate: async ({ response }) => (keepsPage(response) && isPage(new URL(response.url)) ? response : null),
  cacheDidUpdate: async () => trimPages(),
  handlerDidError: async ({ request }) => seenPage(request.url),
}
const pages = new NetworkFirst({
  cacheName: pagesCache,
  networkTimeoutSeconds: slowS,
  // Next varies by headers that only its own fetches carry; those never reach this cache.
  matchOptions: { ignoreVary: true },
  plugins: [keepPages],
})
registerRoute(({ request, url, sameOrigin }) => sameOrigin && request.mode === 'navigate' && !staysWithServer(url), pages)
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname === sharePath,
  ({ request }) => takeShared(request),
  'POST',
)

/** The page as it was seen with other parameters (it reads those in the browser), or the page that says what can be opened. */
async function seenPage(url: string): Promise<Response> {
  const { pathname, search } = new URL(url)
  const seen = await (await caches.open(pagesCache)).match(url, { ignoreSearch: true, ignoreVary: true })
  if (seen) return seen
  if (pathname !== offlinePage) return Response.redirect(`${offlinePage}?page=${encodeURIComponent(pathname + search)}`)
  return (await (await caches.open(offlineCache)).match(offlinePage, { ignoreVary: true })) ?? Response.error()
}

async function trimPages(): Promise<void> {
  const cache = await caches.open(pagesCache)
  // Keys come in the order in which they were put: the oldest first.
  const keys = await cache.keys()
  await Promise.all(keys.slice(0, Math.max(0, keys.length - mostPages)).map((key) => cache.delete(key)))
}

/** A page that was reached inside the app, and files it loaded before this worker was there, so that both open offline. */
async function keepSeen({ page, files }: Extract<ToWorker, { type: 'seen' }>): Promise<void> {
  const url = new URL(page)
  const cache = await caches.open(pagesCache)
  if (isPage(url) && !(await cache.match(page, { ignoreVary: true }))) {
    const response = await fetch(page, { headers: { accept: 'text/html' } })
    // Somebody may have signed out meanwhile.
    if (keepsPage(response) && (await lastOwner()) !== null) {
      await cache.put(page, response)
      await trimPages()
    }
  }
  const [old, kept] = await Promise.all([caches.open(precacheName), caches.open(filesCache)])
  const ages = new CacheExpiration(filesCache, fileAges)
  for (const file of files) {
    if (!isAppFile(new URL(file)) || (await old.match(file)) || (await kept.match(file))) continue
    const response = await fetch(file)
    if (!response.ok) continue
    await kept.put(file, response)
    await ages.updateTimestamp(file)
  }
  await ages.expireEntries()
}

self.addEventListener('message', (event) => {
  const message = event.data as ToWorker
  if (message.type === 'activate') void self.skipWaiting()
  else if (message.type === 'build') event.ports[0]?.postMessage(AIA_BUILD)
  else event.waitUntil(keepSeen(message).catch(() => undefined))
})

/** The browser has a network again and no tab need be open. Not every browser tells (Safari does not): pages send by themselves too. */
self.addEventListener('sync', (event) => {
  if (event.tag === syncTag) event.waitUntil(sendInBackground())
})

async function sendInBackground(): Promise<void> {
  await endLeft()
  const owner = await lastOwner()
  // What still waits makes the browser try again later.
  if (owner && (await sendWaiting(owner)) !== null) throw new Error('Not everything could be sent.')
}
