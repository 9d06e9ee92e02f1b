import ipaddr from 'ipaddr.js'
import type { Tier } from '../enterprise/tables.ts'
import { problem } from './problem.ts'
import { type SlidingWindow, type WindowKey, windowSeconds } from './sliding-window.ts'

/** Calls an hour, per caller and per endpoint (MISSION.md, API gateway). */
export const callsPerHour = { anonymous: 100, standard: 1_000, enterprise: 10_000, fortune_500: 10_000 } as const satisfies Record<
  Tier | 'anonymous',
  number
>
/** Failed sign-ins an hour, from one address and for one account. One that succeeds is not counted: people share addresses. */
export const failedLoginsPerHour = { address: 60, account: 20 } as const

export type LimitClass = 'default' | 'login'

/** Whose window a call takes from. */
export interface LimitedCall {
  /** Name of the operation. */
  endpoint: string
  limitClass: LimitClass
  caller: { tier: Tier; personId: string; enterpriseId: string } | null
  /** Network address. */
  address: string
  /** Account that a sign-in names, as it was typed. */
  account?: string | undefined
}

export interface Use {
  personId: string
  endpoint: string
  /** Calls within the last hour. */
  used: number
}

export interface Limits {
  /**
   * Takes one call from every window that this one belongs to and writes what is left into `headers`.
   * @throws problem rate_limited with a Retry-After header in `headers`
   */
  take(call: LimitedCall, headers?: Headers): Promise<void>
  /** Undoes `take` for a sign-in that succeeded; does nothing for other calls. */
  forgive(call: LimitedCall): Promise<void>
  /** What the callers of an enterprise have used within the last hour. */
  use(enterpriseId: string): Promise<Use[]>
  /** Where calls are counted. `away`: each process counts for itself until it is back. */
  store(): { adapter: SlidingWindow['adapter']; away: boolean }
}

/** One IPv6 customer has 2^64 addresses, so the first half is the caller (RFC 6177, 2). */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}

interface Window {
  /** Name in the policy header. */
  policy: string
  key: WindowKey
  limit: number
}

const groupOf = (enterpriseId: string) => `enterprise ${enterpriseId}`

// A space stands in no id, so that no key can be made to look like another.
function windowsOf(call: LimitedCall): Window[] {
  if (call.limitClass === 'login') {
    const address = addressGroup(call.address)
    const byAddress = { policy: 'login', key: { name: `login ${call.endpoint} address ${address}` }, limit: failedLoginsPerHour.address }
    const account = call.account?.trim().toLowerCase()
    return account
      ? [byAddress, { policy: 'account', key: { name: `login ${call.endpoint} account ${account}` }, limit: failedLoginsPerHour.account }]
      : [byAddress]
  }
  if (!call.caller)
    return [{ policy: 'anonymous', key: { name: `anonymous ${call.endpoint} ${addressGroup(call.address)}` }, limit: callsPerHour.anonymous }]
  const { enterpriseId, personId, tier } = call.caller
  return [{ policy: tier, key: { group: groupOf(enterpriseId), name: `${personId} ${call.endpoint}` }, limit: callsPerHour[tier] }]
}

export function createLimits(window: SlidingWindow): Limits {
  return {
    async take(call, headers) {
      // Together, so that a shared store is asked once.
      const windows = await Promise.all(windowsOf(call).map(async (each) => ({ ...each, ...(await window.take(each.key, each.limit)) })))
      const refused = windows.find(({ taken }) => !taken)
      if (refused) {
        const resetSeconds = Math.ceil(refused.freeInMs / 1_000)
        await Promise.all(windows.filter(({ taken }) => taken).map(({ key }) => window.giveBack(key)))
        writeHeaders(headers, refused, 0, resetSeconds)
        headers?.set('retry-after', String(resetSeconds))
        throw problem('rate_limited', `At most ${refused.limit} calls an hour are allowed here. Try again in ${resetSeconds} seconds.`)
      }
      const [tightest] = windows.sort((a, b) => a.limit - a.used - (b.limit - b.used))
      if (tightest) writeHeaders(headers, tightest, Math.max(0, tightest.limit - tightest.used), Math.ceil(tightest.freeInMs / 1_000))
    },
    async forgive(call) {
      if (call.limitClass !== 'login') return
      await Promise.all(windowsOf(call).map(({ key }) => window.giveBack(key)))
    },
    async use(enterpriseId) {
      return (await window.list(groupOf(enterpriseId))).map(({ name, used }) => {
        const [personId = '', endpoint = ''] = name.split(' ')
        return { personId, endpoint, used }
      })
    },
    store: () => ({ adapter: window.adapter, away: window.isInsured() }),
  }
}

/** draft-ietf-httpapi-ratelimit-headers-10 (structured fields), and the older fields that clients know. */
function writeHeaders(headers: Headers | undefined, { policy, limit }: Window, remaining: number, resetSeconds: number): void {
  if (!headers) return
  headers.set('ratelimit-policy', `"${policy}";q=${limit};w=${windowSeconds}`)
  headers.set('ratelimit', `"${policy}";r=${remaining};t=${resetSeconds}`)
  headers.set('ratelimit-limit', String(limit))
  headers.set('ratelimit-remaining', String(remaining))
  headers.set('ratelimit-reset', String(resetSeconds))
}
