// Whose browser this is. Everything that is kept belongs to one person in one enterprise, and is found by nobody else.
import { answered, transact } from './database'

/** `person/enterprise`, by their ids. */
export type Owner = `${string}/${string}`

export const ownerOf = (profile: { person: { id: string }; enterprise: { id: string } }): Owner => `${profile.person.id}/${profile.enterprise.id}`
export const personOf = (owner: Owner): string => owner.split('/')[0] ?? ''

export const pagesCache = 'aia-pages'
const ownerKey = 'owner'
const channelName = 'aia-owner'

let owner: Owner | null = null
let tellOwner: (owner: Owner | null) => void = () => undefined
const whenKnown = () =>
  new Promise<Owner | null>((resolve) => {
    tellOwner = resolve
  })
let known = whenKnown()
// What was asked under one owner must not be kept under the next.
let epoch = 0
let channel: BroadcastChannel | null = null

/** Which owner answers asked now will belong to; it may become known after they are asked. */
export const ownerEpoch = () => epoch

/** The owner of answers that were asked in this epoch; null when it has passed. */
export async function ownerIn(asked: number): Promise<Owner | null> {
  const found = await known
  return asked === epoch ? found : null
}

/** The person who was last known to be signed in here, also in the service worker and before the server has been asked. */
export async function lastOwner(): Promise<Owner | null> {
  return transact(['facts'], async (store) => ((await answered(store('facts').get(ownerKey))) as Owner | undefined) ?? null)
}

/** Nothing more is kept in this tab until it is known who is signed in. */
function pause(): void {
  owner = null
  epoch += 1
  tellOwner(null)
  known = whenKnown()
}

/** Hears of other tabs in which somebody signs in, out or elsewhere; then `onChange` must ask who it is now. */
export function followOwner(onChange: () => void): () => void {
  const heard = new BroadcastChannel(channelName)
  channel = heard
  heard.onmessage = () => {
    pause()
    onChange()
  }
  return () => {
    heard.close()
    if (channel === heard) channel = null
  }
}

const tell = () => {
  const speaker = channel ?? new BroadcastChannel(channelName)
  speaker.postMessage('changed')
  if (speaker !== channel) speaker.close()
}

const belongsTo = (key: IDBValidKey, person: string) => Array.isArray(key) && personOf(key[0] as Owner) === person

/** The server has said who is signed in. What another person left here goes, before anything new is kept. */
export async function setOwner(next: Owner): Promise<void> {
  if (owner === next) return
  const asked = epoch
  const person = personOf(next)
  const before = await transact(['facts', 'seen', 'sizes', 'outbox'], async (store) => {
    const last = (await answered(store('facts').get(ownerKey))) as Owner | undefined
    for (const name of ['seen', 'sizes'] as const)
      for (const key of await answered(store(name).getAllKeys())) if (!belongsTo(key, person)) store(name).delete(key)
    for (const item of (await answered(store('outbox').getAll())) as { seq: number; owner: Owner | null }[])
      if (item.owner !== null && personOf(item.owner) !== person) store('outbox').delete(item.seq)
    store('facts').put(next, ownerKey)
    return last
  })
  if (asked !== epoch) return
  owner = next
  tellOwner(next)
  if (before !== next) tell()
}

/** Somebody acts under another name, or goes elsewhere: nothing of it is kept, and nothing kept is shown. */
export async function suspendOwner(): Promise<void> {
  pause()
  if ((await lastOwner()) === null) return
  await transact(['facts'], async (store) => void store('facts').delete(ownerKey))
  tell()
}

/**
 * Takes away what was seen here, for this tab and all others. `unsent: 'keep'` when the session ended by itself: what waits to be sent stays
 * for the same person, who finds it after signing in again; anybody else's sign-in deletes it.
 */
export async function forget({ unsent }: { unsent: 'delete' | 'keep' }): Promise<void> {
  pause()
  await Promise.allSettled([
    transact(['facts', 'seen', 'sizes', 'outbox'], async (store) => {
      store('facts').clear()
      store('seen').clear()
      store('sizes').clear()
      if (unsent === 'delete') store('outbox').clear()
    }),
    'caches' in globalThis ? caches.delete(pagesCache) : false,
  ])
  tell()
}
