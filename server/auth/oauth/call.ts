import type { IncomingMessage } from 'node:http'
import type { Caller, Services } from '../../gateway/services.ts'

/** What the door knows of the call that the provider answers. */
export interface OauthCall {
  services: Services
  /** Who is signed in to AIA in the browser that sends it. */
  caller: Caller | null
  requestId: string
  address: string
  userAgent: string | null
  /** The program that proved itself, once it has. */
  client?: { id: string; enterpriseId: string }
  /** All that a grant gave was ended, because its code or refresh token came twice. */
  grantEnded?: boolean
}

/** Set by the door before the provider runs. */
export const oauthCalls = new WeakMap<IncomingMessage, OauthCall>()
