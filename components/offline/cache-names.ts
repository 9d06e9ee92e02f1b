// The caches of this site, for pages and for the service worker.

/** Pages that were seen, each with its policy. */
export const pagesCache = 'aia-pages'
/** Files of the app that were used beyond those of the first visit. */
export const filesCache = 'aia-files'
export const precacheName = 'aia-precache'
export const offlineCache = 'aia-offline'

/** What the installed worker cannot do without until it is installed again; the same for everybody, signed in or not. */
const publicCaches: ReadonlySet<string> = new Set([precacheName, offlineCache])

/** Deletes every cache that could tell what somebody did here: which pages were seen, and which parts of the app were used. */
export async function deleteSeenCaches(): Promise<void> {
  if (!('caches' in globalThis)) return
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('aia-') && !publicCaches.has(name)).map((name) => caches.delete(name)))
}
