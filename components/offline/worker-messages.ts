/** What a page tells the service worker. `build` is answered with the worker's build id through the port that comes along. */
export type ToWorker = { type: 'activate' } | { type: 'build' } | { type: 'seen'; page: string; files: string[] }

/** Name of the background sync that sends the outbox. */
export const syncTag = 'aia-outbox'
