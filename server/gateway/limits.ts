import ipaddr from 'ipaddr.js'
import type { Tier } from '../enterprise/tables.ts'
import { problem } from './problem.ts'
import { memoryWindow, type SlidingWindow, windowSeconds } from './sliding-window.ts'

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
  key: string
  limit: number
}

// A space stands in no id, so that no key can be made to look like another.
function windowsOf(call: LimitedCall): Window[] {
  if (call.limitClass === 'login') {
    const address = addressGroup(call.address)
    const byAddress = { policy: 'login', key: `login ${call.endpoint} address ${address}`, limit: failedLoginsPerHour.address }
    const account = call.account?.trim().toLowerCase()
    return account
      ? [byAddress, { policy: 'account', key: `login ${call.endpoint} account ${account}`, limit: failedLoginsPerHour.account }]
      : [byAddress]
  }
  if (!call.caller) return [{ policy: 'anonymous', key: `anonymous ${call.endpoint} ${addressGroup(call.address)}`, limit: callsPerHour.anonymous }]
  const { enterpriseId, personId, tier } = call.caller
  return [{ policy: tier, key: `enterprise ${enterpriseId} ${personId} ${call.endpoint}`, limit: callsPerHour[tier] }]
}

export function createLimits(window: SlidingWindow = memoryWindow()): Limits {
  return {
    async take(call, headers) {
      const taken: Window[] = []
      let tightest: (Window & { remaining: number; resetSeconds: number }) | undefined
      for (const each of windowsOf(call)) {
        const state = await window.take(each.key, each.limit)
        const remaining = Math.max(0, each.limit - state.used)
        const resetSeconds = Math.ceil(state.freeInMs / 1_000)
        if (!state.taken) {
          for (const other of taken) await window.giveBack(other.key)
          writeHeaders(headers, each, 0, resetSeconds)
          headers?.set('retry-after', String(resetSeconds))
          throw problem('rate_limited', `At most ${each.limit} calls an hour are allowed here. Try again in ${resetSeconds} seconds.`)
        }
        taken.push(each)
        if (!tightest || remaining < tightest.remaining) tightest = { ...each, remaining, resetSeconds }
      }
      if (tightest) writeHeaders(headers, tightest, tightest.remaining, tightest.resetSeconds)
    },
    async forgive(call) {
      if (call.limitClass !== 'login') return
      for (const each of windowsOf(call)) await window.giveBack(each.key)
    },
    async use(enterpriseId) {
      const prefix = `enterprise ${enterpriseId} `
      return (await window.list(prefix)).map(({ key, used }) => {
        const [personId = '', endpoint = ''] = key.slice(prefix.length).split(' ')
        return { personId, endpoint, used }
      })
    },
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
