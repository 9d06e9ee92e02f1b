// Signing out: what is kept here goes at once; the session ends at the server now, or before anything else is asked once it can be reached.
import { alone } from './alone'
import { askForSync } from './ask-for-sync'
import { answered, transact } from './database'
import { forget, hasLeftHere, leftKey } from './owner'

const signOutPath = '/api/auth/signout'
/** Whoever hands over a phone does not wait longer for a server that says nothing. */
const answerLimitMs = 8_000

/** @throws TypeError, as when there is no connection: whatever the reason, the session is still to be ended */
async function ask(path: string, body?: URLSearchParams): Promise<Record<string, string>> {
  try {
    const response = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(answerLimitMs), ...(body ? { method: 'POST', body } : {}) })
    if (response.ok) return (await response.json()) as Record<string, string>
  } catch {
    // Told below.
  }
  throw new TypeError(`${path} gave no answer.`)
}

/** Ends the session at the server, which also takes the cookie away that no script can read. next-auth's own calls, also in the service worker. */
async function endSession(): Promise<void> {
  const { csrfToken = '' } = await ask('/api/auth/csrf')
  const { url = '' } = await ask(signOutPath, new URLSearchParams({ csrfToken, callbackUrl: '/signin', json: 'true' }))
  // It leads to a page that asks once more when it did not believe the token.
  if (!url || new URL(url, location.origin).pathname === signOutPath) throw new TypeError('The session was not ended.')
}

/** True when somebody signed out here whose session the server has not ended. */
export const hasLeft = (): Promise<boolean> =>
  transact(['facts'], async (store) => (await answered(store('facts').get(leftKey))) === true).catch(() => false)

/**
 * Ends the session of who signed out here without a connection. One tab does it: a second one could end the session of who signs in next.
 * @throws TypeError while the server cannot be reached
 */
export async function endLeft(): Promise<void> {
  await alone('aia-left', async () => {
    if (!(await hasLeft())) return
    await endSession()
    await transact(['facts'], async (store) => void store('facts').delete(leftKey))
  })
  left = Promise.resolve(false)
}

let left: Promise<boolean> | null = null

/**
 * Stands before every call: nothing is asked under a session whose person has signed out.
 * @throws TypeError while that session cannot be ended; AbortError in a tab that is being left
 */
export async function beforeAsking(): Promise<void> {
  if (hasLeftHere()) throw new DOMException('Signed out.', 'AbortError')
  left ??= hasLeft()
  if (await left) await endLeft()
}

/** Signs out on this device, in all tabs, with or without a connection. @throws TypeError when the session goes on and nothing could be noted here */
export async function leave(): Promise<void> {
  if (!(await forget({ unsent: 'delete', isLeaving: true }))) return endSession()
  await endLeft().catch(() => askForSync().catch(() => undefined))
}
