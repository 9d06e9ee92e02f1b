import { lookup as dnsLookup } from 'node:dns'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, fetch } from 'undici'

/** An address that outside calls may not reach, or an answer that cannot be used. `detail` is for people. */
export class OutboundError extends Error {
  constructor(
    readonly reason: 'bad_url' | 'blocked_address' | 'unreachable' | 'timeout' | 'too_large' | 'bad_status' | 'too_many_redirects',
    readonly detail: string,
  ) {
    super(detail)
    this.name = 'OutboundError'
  }
}

export interface OutboundClient {
  /**
   * Fetches a public http(s) URL by GET. Follows at most five redirects; every hop and every resolved address is checked.
   * @throws OutboundError
   */
  download(url: string, options: { maxBytes: number; timeoutMs: number }): Promise<{ bytes: Uint8Array; contentType: string | null; url: string }>
}

/** True for addresses of the public internet; everything else (loopback, private, link-local, metadata, multicast …) is inside. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address) // unwraps IPv4-mapped IPv6
  return parsed.range() === 'unicast'
}

const blocked = (host: string) => new OutboundError('blocked_address', `${host} is not an address on the public internet.`)

/** Parses and checks what can be checked without a look-up. */
function checkUrl(text: string): URL {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new OutboundError('bad_url', 'Not a URL.')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new OutboundError('bad_url', 'Only http and https addresses can be fetched.')
  if (url.username || url.password) throw new OutboundError('bad_url', 'A URL with a user name or password is not accepted.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (
    isIP(host) ? !isPublicAddress(host) : host === 'localhost' || host.endsWith('.localhost') || host.endsWith('.local') || host.endsWith('.internal')
  )
    throw blocked(url.hostname)
  return url
}

// The check runs on the very address that is connected to, so a name that resolves differently the second time gains nothing.
const publicOnly = new Agent({
  connect: {
    lookup(hostname, options, callback) {
      dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0)
        const inside = addresses.find((entry) => !isPublicAddress(entry.address))
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

export function outboundClient(): OutboundClient {
  return {
    async download(text, { maxBytes, timeoutMs }) {
      const signal = AbortSignal.timeout(timeoutMs)
      let url = checkUrl(text)
      for (let hop = 0; hop <= 5; hop++) {
        try {
          const response = await fetch(url, {
            dispatcher: publicOnly,
            redirect: 'manual',
            signal,
            headers: { 'user-agent': 'AIA/2.0', accept: '*/*' },
          })
          const location = response.headers.get('location')
          if (response.status >= 300 && response.status < 400 && location) {
            await response.body?.cancel()
            url = checkUrl(new URL(location, url).href)
            continue
          }
          if (!response.ok) throw new OutboundError('bad_status', `The address answered with status ${response.status}.`)
          return { bytes: await readBounded(response.body, maxBytes), contentType: response.headers.get('content-type'), url: url.href }
        } catch (error) {
          throw translate(error)
        }
      }
      throw new OutboundError('too_many_redirects', 'The address redirects too often.')
    },
  }
}

async function readBounded(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > maxBytes) throw new OutboundError('too_large', `The document is larger than ${Math.floor(maxBytes / 1024 / 1024)} MB.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
