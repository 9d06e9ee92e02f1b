import { syncTag } from './worker-messages'

type Registration = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }

/** Has the service worker do what waits as soon as there is a network, also when no tab is open. Not every browser can (Safari cannot). */
export async function askForSync(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const registration: Registration | undefined = await navigator.serviceWorker.getRegistration()
  await registration?.sync?.register(syncTag)
}
