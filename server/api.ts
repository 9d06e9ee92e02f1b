import * as analytics from './analytics/index.ts'
import * as audit from './audit/index.ts'
import * as auth from './auth/index.ts'
import * as events from './events/index.ts'
import * as exports from './exports/index.ts'
import * as gateway from './gateway/index.ts'
import * as jobs from './jobs/index.ts'
import * as neural from './neural/index.ts'
import * as webhooks from './webhooks/index.ts'

/** Every operation of AIA. Doors, OpenAPI documents and the browser's client are made from this table and nothing else. */
export const api = { analytics, audit, auth, events, exports, gateway, jobs, neural, webhooks }
export type Api = typeof api
