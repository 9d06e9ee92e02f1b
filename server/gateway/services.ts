import type { Keyring } from '../crypto/keyring.ts'
import type { Tier } from '../enterprise/tables.ts'
import type { Env } from '../env.ts'
import type { Jobs } from '../jobs/port.ts'
import type { Cache } from '../storage/cache/port.ts'
import type { Database } from '../storage/database/port.ts'
import type { KeptGraph } from '../storage/graph/port.ts'
import type { ObjectStore } from '../storage/objects/port.ts'
import type { EventFeed } from '../storage/outbox/port.ts'
import type { TimeSeries } from '../storage/timeseries/port.ts'
import type { Grant } from './decide.ts'
import type { Limits } from './limits.ts'
import type { Logger } from './log.ts'
import type { Measurements } from './measurements.ts'
import type { OutboundClient } from './outbound.ts'
import type { PartnerLevel, Permission, Role } from './permissions.ts'
import type { PersonalData } from './personal-data.ts'
import type { RouteEntry } from './route-table.ts'

/** Everything an operation may use: ports, never adapters. Made once by runtime.ts. */
export interface Services {
  env: Env
  log: Logger
  database: Database
  cache: Cache
  graph: KeptGraph
  objects: ObjectStore
  /** What happens to an enterprise, as it is committed. */
  events: EventFeed
  /** What was measured, to be read. */
  series: TimeSeries
  /** Takes what is measured. */
  measurements: Measurements
  keyring: Keyring
  jobs: Jobs
  outbound: OutboundClient
  /** What every module holds about persons, to be exported and erased. */
  personalData: readonly PersonalData[]
  /** What callers may use in an hour. */
  limits: Limits
  /** Who is calling, from a bearer token or the browser's cookie; null for nobody. */
  identify(headers: Headers): Promise<Caller | null>
  /** The table of operations, for those that explain it. */
  operations(): readonly RouteEntry[]
  /** One instance a process of what is expensive to hold twice, such as an index cache: bundles need not share modules. */
  once<T>(name: string, make: () => T): T
}

/** Who calls, with everything that decides what the call may do. */
export interface Caller {
  /** A human being, or an OAuth client or agent that acts for itself. */
  kind: 'person' | 'client'
  /** Id of the person, or of the client; the audit's actor. */
  personId: string
  email: string
  name: string
  enterpriseId: string
  enterpriseName: string
  tier: Tier
  role: Role
  /** How far a partner is let in; null for every other role. */
  partnerLevel: PartnerLevel | null
  /** Single resources opened to this caller or to its role. */
  grants: readonly Grant[]
  /** What the credential was limited to (API key, OAuth token); null where the whole role holds. */
  scopes: readonly Permission[] | null
  /** The sign-in this call belongs to; null for credentials that have none (API keys, client credentials). */
  sessionId: string | null
  /** How the caller proved who it is. Cookies are also checked for a same-origin request. */
  by: 'bearer' | 'cookie' | 'api_key'
  /** Strength of the sign-in (NIST SP 800-63B): aal2 after a second factor. */
  acr: 'aal1' | 'aal2'
  /** Methods used (RFC 8176): pwd, otp, hwk, … */
  amr: readonly string[]
  /** When the person last proved who it is. */
  authenticatedAt: Date
  /** Whether the person has a second factor to be asked for. */
  hasSecondFactor: boolean
  /** The enterprise requires a second factor and this sign-in has shown none: it may only secure the account. */
  mustSecure: boolean
  /** The access token of this call, so that it can be denied; null for cookies and keys. */
  accessToken: { tokenId: string; expiresAt: Date } | null
  /** The person who acts under this name, with a stated reason; null outside impersonation. */
  impersonator: { personId: string; email: string; name: string; until: Date } | null
}
