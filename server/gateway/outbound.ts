import { lookup as dnsLookup } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, fetch } from 'undici'
import { type Circuit, circuits, type TargetState } from './circuits.ts'

/** An address that outside calls may not reach, or an answer that cannot be used. `detail` is for people. */
export class OutboundError extends Error {
  constructor(
    readonly reason: 'bad_url' | 'blocked_address' | 'unreachable' | 'timeout' | 'too_large' | 'bad_status' | 'too_many_redirects' | 'resting',
    readonly detail: string,
    /** What the target answered, for bad_status. */
    readonly status?: number,
  ) {
    super(detail)
    this.name = 'OutboundError'
  }
}

export interface OutboundClient {
  /**
   * Fetches a public http(s) URL by GET. Follows at most five redirects; every hop and every resolved address is checked. A target that
   * fails for a moment is asked again, within `timeoutMs` for everything together.
   * @throws OutboundError
   */
  download(url: string, options: { maxBytes: number; timeoutMs: number }): Promise<{ bytes: Uint8Array; contentType: string | null; url: string }>
  /**
   * One request of any method to a public http(s) URL, with the same checks; a redirect is given back, not followed. `cut`: of a longer
   * answer the beginning is given. `circuit`: name of a circuit of its own, instead of the one of its origin.
   * @throws OutboundError
   */
  request(
    url: string,
    init: { method: string; headers: Record<string, string>; body: string | null },
    options: { maxBytes: number; timeoutMs: number; cut?: boolean; circuit?: string },
  ): Promise<Response>
  /**
   * Calls an endpoint that the operator has named, which may be an inside one, once and with the circuit of its target.
   * `init.signal` bounds the time; without it a call ends after 60 s. @throws OutboundError resting, or what fetch throws
   */
  call(url: string, init: RequestInit): Promise<Response>
  /** State of the circuit of every target of `call`, for metrics. Where people let AIA download from is theirs and stays out. */
  targets(): TargetState[]
}

/** True for addresses of the public internet; everything else (loopback, private, link-local, metadata, multicast …) is inside. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address) // unwraps IPv4-mapped IPv6
  return parsed.range() === 'unicast'
}

const blocked = (host: string) => new OutboundError('blocked_address', `${host} is not an address on the public internet.`)

/** Parses and checks what can be checked without a look-up. */
function checkUrl(text: string, isReachable: Reachable): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new OutboundError('bad_url', 'Not a URL.')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new OutboundError('bad_url', 'Only http and https addresses can be fetched.')
  if (url.username || url.password) throw new OutboundError('bad_url', 'A URL with a user name or password is not accepted.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) ? !isReachable(host) : host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.local') || host.endsWith('.internal'))
    throw blocked(url.hostname)
  return url
}

/** What can be said of an address before it is connected to. @throws OutboundError */
export const refusePrivate = (url: string): void => void checkUrl(url, isPublicAddress)

type Reachable = (address: string) => boolean
type Lookup = typeof dnsLookup

// The check runs on the very address that is connected to, so a name that resolves differently the second time gains nothing.
const checkedAgent = (isReachable: Reachable, lookup: Lookup) =>
  new Agent({
    connect: {
      lookup(hostname, options, callback) {
        lookup(hostname, { ...options, all: true }, (error, addresses) => {
          if (error) return callback(error, '', 0)
          const inside = addresses.find((entry) => !isReachable(entry.address))
          if (inside || !addresses[0]) return callback(blocked(hostname) as NodeJS.ErrnoException, '', 0)
          if (options.all) return (callback as unknown as (e: null, a: typeof addresses) => void)(null, addresses)
          callback(null, addresses[0].address, addresses[0].family)
        })
      },
    },
  })

function translate(error: unknown): OutboundError {
  if (error instanceof OutboundError) return error
  const cause = (error as { cause?: unknown }).cause
  if (cause instanceof OutboundError) return cause
  if ((error as Error).name === 'TimeoutError') return new OutboundError('timeout', 'The address did not answer in time.')
  return new OutboundError('unreachable', 'The address cannot be reached.')
}

/** A failure of the target that may pass by itself; a wrong address or a refusal does not. */
const mayPass = (error: unknown): boolean =>
  error instanceof OutboundError &&
  (error.reason === 'unreachable' || error.reason === 'timeout' || (error.status ?? 0) >= 500 || error.status === 429)

const resting = (target: string) => new OutboundError('resting', `${target} has failed several times. It is asked again in a moment.`)
const longestCallMs = 60_000

export interface OutboundOptions {
  /** Which addresses may be reached, and how names are resolved: for tests of the guard. */
  isReachable?: Reachable
  lookup?: Lookup
}

export function outboundClient({ isReachable = isPublicAddress, lookup = dnsLookup }: OutboundOptions = {}): OutboundClient {
  const dispatcher = checkedAgent(isReachable, lookup)
  const [known, named] = [circuits({ mayPass, resting }), circuits({ mayPass, resting })]

  async function hop(circuit: Circuit, url: URL, signal: AbortSignal, maxBytes: number): Promise<{ bytes: Uint8Array; type: string | null } | URL> {
    return circuit.safe(signal, async () => {
      try {
        const response = await fetch(url, { dispatcher, redirect: 'manual', signal, headers: { 'user-agent': 'AIA/2.0', accept: '*/*' } })
        const location = response.headers.get('location')
        if (response.status >= 300 && response.status < 400 && location) {
          await response.body?.cancel()
          return checkUrl(new URL(location, url).href, isReachable)
        }
        if (!response.ok) {
          await response.body?.cancel()
          throw new OutboundError('bad_status', `The address answered with status ${response.status}.`, response.status)
        }
        return { bytes: await readBounded(response.body, maxBytes), type: response.headers.get('content-type') }
      } catch (error) {
        throw translate(error)
      }
    })
  }

  return {
    async download(text, { maxBytes, timeoutMs }) {
      const signal = AbortSignal.timeout(timeoutMs)
      let url = checkUrl(text, isReachable)
      for (let hops = 0; hops <= 5; hops++) {
        const found = await hop(known.of(url.origin), url, signal, maxBytes)
        if (!(found instanceof URL)) return { bytes: found.bytes, contentType: found.type, url: url.href }
        url = found
      }
      throw new OutboundError('too_many_redirects', 'The address redirects too often.')
    },
    async request(text, init, { maxBytes, timeoutMs, cut, circuit }) {
      const url = checkUrl(text, isReachable)
      return known.of(circuit ?? url.origin).once(async () => {
        try {
          const response = await fetch(url, { ...init, dispatcher, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
          const bytes = await readBounded(response.body, maxBytes, cut)
          const empty = response.status === 204 || response.status === 304
          return new Response(empty ? null : new Uint8Array(bytes), { status: response.status, headers: Object.fromEntries(response.headers) })
        } catch (error) {
          throw translate(error)
        }
      })
    },
    call(url, init) {
      return named.of(new URL(url).origin).once(() => globalThis.fetch(url, { signal: AbortSignal.timeout(longestCallMs), ...init }))
    },
    targets: () => named.states(),
  }
}

async function readBounded(body: AsyncIterable<Uint8Array> | null, maxBytes: number, cut = false): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (cut && length > maxBytes) {
      chunks.push(chunk.subarray(0, chunk.length - (length - maxBytes)))
      break
    }
    if (length > maxBytes) throw new OutboundError('too_large', `The document is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
