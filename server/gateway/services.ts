import type { Keyring } from '../crypto/keyring.ts'
import type { Tier } from '../enterprise/tables.ts'
import type { Env } from '../env.ts'
import type { Jobs } from '../jobs/port.ts'
import type { Cache } from '../storage/cache/port.ts'
import type { Database } from '../storage/database/port.ts'
import type { ObjectStore } from '../storage/objects/port.ts'
import type { Logger } from './log.ts'
import type { OutboundClient } from './outbound.ts'

/** Everything an operation may use: ports, never adapters. Made once by runtime.ts. */
export interface Services {
  env: Env
  log: Logger
  database: Database
  cache: Cache
  objects: ObjectStore
  keyring: Keyring
  jobs: Jobs
  outbound: OutboundClient
  /** Who is calling, from a bearer token or the browser's cookie; null for nobody. */
  identify(headers: Headers): Promise<Caller | null>
  /** One instance a process of what is expensive to hold twice, such as an index cache: bundles need not share modules. */
  once<T>(name: string, make: () => T): T
}

export interface Caller {
  personId: string
  email: string
  name: string
  enterpriseId: string
  enterpriseName: string
  tier: Tier
  role: Role
  sessionId: string
  /** How the caller proved who it is. Cookies are also checked for a same-origin request. */
  by: 'bearer' | 'cookie'
}

export const roles = ['owner', 'admin', 'analyst'] as const
export type Role = (typeof roles)[number]
