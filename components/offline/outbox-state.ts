// The outbox as a tab has it: a copy of the list for the screen, and the one who sends.
import { askForSync } from './ask-for-sync'
import { isConnected, subscribeConnection } from './connection'
import { newId } from './new-id'
import { amend, claim, enqueue, type Item, type Work } from './outbox'
import { outboxStore } from './outbox-store'
import { hasLeftHere, lastOwner, type Owner } from './owner'
import { followOutbox, sendWaiting, tellChanged } from './send'

const none: readonly Item[] = []
let items = none
let owner: Owner | null = null
const listeners = new Set<() => void>()
/** What was sent stays in the list this long, to be seen. */
const sentStaysMs = 3_600_000

export const outboxItems = () => items
export const noOutboxItems = () => none
export function subscribeOutbox(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

async function refresh(): Promise<void> {
  const mine = owner
  const list = await outboxStore.list().catch(() => [])
  if (mine !== owner) return
  items = mine === null ? none : list.filter((item) => item.owner === mine)
  for (const listener of listeners) listener()
}

let isRunning = false
let isWanted = false
let timer: ReturnType<typeof setTimeout> | undefined

/** Sends what waits, now. Asked again while it runs, it looks once more at the end. */
export async function sendNow(): Promise<void> {
  isWanted = true
  if (isRunning) return
  isRunning = true
  clearTimeout(timer)
  let pauseMs: number | null = null
  try {
    while (isWanted && owner && isConnected()) {
      isWanted = false
      pauseMs = await sendWaiting(owner)
    }
  } catch {
    // A browser that keeps nothing has nothing waiting.
  } finally {
    isRunning = false
    isWanted = false
  }
  if (pauseMs !== null) timer = setTimeout(() => void sendNow(), pauseMs)
}

/** From now on this person's things are listed and sent: at once, when there is a network again, and when the tab is looked at. */
export function startOutbox(who: Owner): () => void {
  owner = who
  const wake = () => {
    if (document.visibilityState === 'visible') void sendNow()
  }
  const stops = [followOutbox(() => void refresh()), subscribeConnection(() => void sendNow())]
  addEventListener('focus', wake)
  document.addEventListener('visibilitychange', wake)
  void (async () => {
    await claim(outboxStore, who)
    const now = Date.now()
    for (const { seq, state, doneAt } of await outboxStore.list()) if (state === 'sent' && now - doneAt > sentStaysMs) await outboxStore.remove(seq)
  })()
    .catch(() => undefined)
    .then(refresh)
    .then(sendNow)
  return () => {
    owner = null
    items = none
    clearTimeout(timer)
    for (const stop of stops) stop()
    removeEventListener('focus', wake)
    document.removeEventListener('visibilitychange', wake)
    for (const listener of listeners) listener()
  }
}

/**
 * Keeps what could not be sent, to be sent later under the same id. @returns the item; null when this browser keeps nothing, so that the
 * failure has to be shown
 */
export async function sendLater(work: Work, { id = newId(), wasTried = false }: { id?: string; wasTried?: boolean } = {}): Promise<Item | null> {
  try {
    const who = owner ?? (await lastOwner())
    if (!who || hasLeftHere()) return null
    const item = await enqueue(outboxStore, { work, owner: who, id, now: Date.now(), wasTried })
    tellChanged()
    await refresh()
    void askForSync().catch(() => undefined)
    if (isConnected()) void sendNow()
    return item
  } catch {
    return null
  }
}

export async function removeItem(seq: number): Promise<void> {
  await outboxStore.remove(seq)
  tellChanged()
}

/** Changes something that waits or was refused, and sends it. False when it was on its way already. */
export async function amendItem(seq: number, work: Work): Promise<boolean> {
  const changed = await amend(outboxStore, seq, work, newId())
  tellChanged()
  void sendNow()
  return changed
}
