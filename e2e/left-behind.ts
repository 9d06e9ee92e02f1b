import { expect, type Page } from '@playwright/test'

interface Kept {
  /** Which cache, database and store, or storage. */
  where: string
  key: string
  /** Which of the words asked for stand in it. */
  words: string[]
}

/** Every entry of every cache, database and storage of the page's site, whoever wrote it, and which of these words it holds. */
export const everythingKept = (page: Page, words: readonly string[]): Promise<Kept[]> =>
  page.evaluate(async (wanted) => {
    const kept: Kept[] = []
    const note = (where: string, key: string, text: string) =>
      void kept.push({ where, key, words: wanted.filter((word) => `${key} ${text}`.toLowerCase().includes(word.toLowerCase())) })
    const answered = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        const { pathname, search } = new URL(request.url)
        note(name, pathname + search, (await (await cache.match(request, { ignoreVary: true }))?.text()) ?? '')
      }
    }
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await answered(indexedDB.open(name))
      for (const store of database.objectStoreNames) {
        const records = database.transaction(store).objectStore(store)
        const keys = await answered(records.getAllKeys())
        const values = await answered(database.transaction(store).objectStore(store).getAll())
        for (const [at, value] of values.entries()) note(`${name}/${store}`, JSON.stringify(keys[at]), JSON.stringify(value))
      }
      database.close()
    }
    for (const [name, storage] of Object.entries({ localStorage, sessionStorage }))
      for (let at = 0; at < storage.length; at++) {
        const key = storage.key(at) ?? ''
        note(name, key, storage.getItem(key) ?? '')
      }
    return kept
  }, words)

/** Whether the browser's own cache has an answer, which it then gives without asking anybody. */
export const isInBrowserCache = (page: Page, path: string): Promise<boolean> =>
  page.evaluate(
    (url) =>
      fetch(url, { cache: 'only-if-cached', mode: 'same-origin', headers: { 'x-browser': '1' } }).then(
        ({ ok }) => ok,
        () => false,
      ),
    path,
  )

/** Files that the build gives to everybody, the page that stands in for others, how the screen was set, and that a session is still to be ended. */
const isPublic = ({ where, key }: Kept) =>
  (/^aia-(?:precache|files)$/.test(where) && key.startsWith('/_next/static/')) ||
  (where === 'aia-offline' && key === '/offline') ||
  // When which of those files was used last.
  (where === 'workbox-expiration/cache-entries' && key.startsWith('"aia-files|') && key.includes('/_next/static/')) ||
  (where === 'localStorage' && ['mui-mode', 'aia-mode', 'aia-rail'].includes(key)) ||
  (where === 'aia/facts' && key === '"left"')

/** Nothing of a person is left in the browser, and what an installed worker needs still is. `ended`: whether the server has ended the session. */
export async function expectNothingLeft(page: Page, words: readonly string[], { ended = true } = {}): Promise<void> {
  const kept = await everythingKept(page, words)
  expect(kept.filter((entry) => !isPublic(entry) || entry.words.length > 0)).toEqual([])
  expect(kept.filter(({ where }) => where === 'aia-precache').length).toBeGreaterThan(10)
  expect(kept.filter(({ where }) => where === 'aia/facts')).toHaveLength(ended ? 0 : 1)
}
