// Whose browser this is. Everything that is kept belongs to one person in one enterprise, and is found by nobody else.
import { deleteSeenCaches } from './cache-names'
import { answered, transact } from './database'

/** `person/enterprise`, by their ids. */
export type Owner = `${string}/${string}`

export const ownerOf = (profile: { person: { id: string }; enterprise: { id: string } }): Owner => `${profile.person.id}/${profile.enterprise.id}`
export const personOf = (owner: Owner): string => owner.split('/')[0] ?? ''

const ownerKey = 'owner'
/** Stands among the facts from signing out until the server has ended the session. It names nobody: the cookie does. */
export const leftKey = 'left'
const channelName = 'aia-owner'
type Told = 'changed' | 'left'

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
let isLeft = false

/** True in a tab whose person has signed out: it is about to show the sign-in page, and asks and keeps nothing more. */
export const hasLeftHere = () => isLeft

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

/**
 * Hears of other tabs: when somebody signs in or goes elsewhere, `onChange` must ask who it is now; when the person has signed out, `onLeft` must
 * show nothing more.
 */
export function followOwner({ onChange, onLeft }: { onChange: () => void; onLeft: () => void }): () => void {
  const heard = new BroadcastChannel(channelName)
  channel = heard
  heard.onmessage = ({ data }: MessageEvent<Told>) => {
    pause()
    if (data === 'left') {
      isLeft = true
      onLeft()
    } else onChange()
  }
  // A page that comes back as it was left has heard nothing meanwhile.
  const onShow = ({ persisted }: PageTransitionEvent) => {
    if (persisted) void lastOwner().then((last) => last === null && location.reload())
  }
  addEventListener('pageshow', onShow)
  return () => {
    removeEventListener('pageshow', onShow)
    heard.close()
    if (channel === heard) channel = null
  }
}

const tell = (told: Told) => {
  const speaker = channel ?? new BroadcastChannel(channelName)
  speaker.postMessage(told)
  if (speaker !== channel) speaker.close()
}

const belongsTo = (key: IDBValidKey, person: string) => Array.isArray(key) && personOf(key[0] as Owner) === person

/** The server has said who is signed in. What another person left here goes, before anything new is kept. */
export async function setOwner(next: Owner): Promise<void> {
  if (owner === next || isLeft) return
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
  if (before !== next) tell('changed')
}

/** Somebody acts under another name, or goes elsewhere: nothing of it is kept, and nothing kept is shown. */
export async function suspendOwner(): Promise<void> {
  pause()
  if ((await lastOwner()) === null) return
  await transact(['facts'], async (store) => void store('facts').delete(ownerKey))
  tell('changed')
}

/**
 * Takes away what was seen here, for this tab and all others. `unsent: 'keep'` when the session ended by itself: what waits to be sent stays
 * for the same person, who finds it after signing in again; anybody else's sign-in deletes it. `isLeaving` when the person signs out: it is noted
 * that the session is to be ended. @returns false when this browser keeps no notes
 */
export async function forget({ unsent, isLeaving = false }: { unsent: 'delete' | 'keep'; isLeaving?: boolean }): Promise<boolean> {
  pause()
  if (isLeaving) isLeft = true
  const [noted] = await Promise.allSettled([
    transact(['facts', 'seen', 'sizes', 'outbox'], async (store) => {
      store('facts').delete(ownerKey)
      if (isLeaving) store('facts').put(true, leftKey)
      store('seen').clear()
      store('sizes').clear()
      if (unsent === 'delete') store('outbox').clear()
    }),
    deleteSeenCaches(),
  ])
  const isNoted = noted.status === 'fulfilled'
  if (isLeaving) isLeft = isNoted
  tell(isLeaving ? 'left' : 'changed')
  return isNoted
}
