// The browser's own database: what was seen, what waits to be sent, and whose it is. Pages and the service worker open the same.

const name = 'aia'
const version = 1

/** `seen` holds answers by owner and query, `sizes` what each weighs, `outbox` what waits, `facts` single values such as whose browser it is. */
export type StoreName = 'seen' | 'sizes' | 'outbox' | 'facts'

let opened: Promise<IDBDatabase> | null = null

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => {
      const database = request.result
      database.createObjectStore('seen')
      database.createObjectStore('sizes')
      database.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true })
      database.createObjectStore('facts')
    }
    request.onsuccess = () => {
      // A newer AIA in another tab must not wait for this one.
      request.result.onversionchange = () => {
        request.result.close()
        opened = null
      }
      resolve(request.result)
    }
    request.onerror = () => {
      opened = null
      reject(request.error)
    }
  })
  return opened
}

/** What an IndexedDB request gives. */
export const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/**
 * One transaction over some stores. `work` may await only what this transaction is asked. Resolves when it is on disk; rejects when the
 * browser keeps no database for this site or has no room left.
 */
export async function transact<T>(stores: readonly StoreName[], work: (store: (name: StoreName) => IDBObjectStore) => Promise<T>): Promise<T> {
  const database = await open()
  const transaction = database.transaction(stores, 'readwrite')
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
  const [result] = await Promise.all([work((store) => transaction.objectStore(store)), done])
  return result
}
