import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import ipaddr from 'ipaddr.js'

/** What the edge must know of the installation. */
export interface EdgeOptions {
  /** Addresses and CIDR ranges whose X-Forwarded-* headers count. */
  trustedProxies: readonly string[]
  /** True when browsers reach AIA by https. */
  https: boolean
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** @throws Error when it is neither an address nor a CIDR range */
export function parseRange(text: string): Range {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** The address in one entry of X-Forwarded-For, which some proxies write with a port; null when it is none. */
function parseAddress(entry: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const text = entry.trim()
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.lastIndexOf(':')) : text)
  return ipaddr.isValid(bare) && !/^\d+$/.test(bare) ? ipaddr.process(bare) : null
}

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, ranges: readonly Range[]) =>
  ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network as ipaddr.IPv4, bits))

/**
 * The caller's own address: the right-most one that no trusted proxy has. What stands further left was written by the caller and proves
 * nothing. An entry that is no address ends the walk, because what is left of it cannot be told apart from an invention.
 */
export function callerAddress(peer: string | undefined, forwardedFor: string | undefined, trusted: readonly Range[]): string {
  let address = peer ? parseAddress(peer) : null
  if (!address) return 'unknown'
  for (const entry of (forwardedFor ?? '').split(',').reverse()) {
    if (!within(address, trusted)) break
    const next = entry.trim() ? parseAddress(entry) : null
    if (!next) break
    address = next
  }
  return address.toString()
}

const lastOf = (header: string | string[] | undefined) =>
  String(header ?? '')
    .split(',')
    .at(-1)
    ?.trim() ?? ''

/**
 * Makes the forwarding headers true before anything reads them. Next keeps an X-Forwarded-For that the caller invented and drops the
 * socket's address then, so this must happen first. Afterwards `x-forwarded-for` holds exactly one address, the caller's.
 */
export function settleForwarding(request: Pick<IncomingMessage, 'headers'>, peer: string | undefined, trusted: readonly Range[]): void {
  const { headers } = request
  const peerAddress = peer ? parseAddress(peer) : null
  const believed = peerAddress !== null && within(peerAddress, trusted)
  const proto = lastOf(headers['x-forwarded-proto']).toLowerCase()
  const host = lastOf(headers['x-forwarded-host'])
  const address = callerAddress(peer, believed ? String(headers['x-forwarded-for'] ?? '') : undefined, trusted)
  for (const name of ['forwarded', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-port', 'x-real-ip']) delete headers[name]
  headers['x-forwarded-for'] = address
  if (believed && (proto === 'http' || proto === 'https')) headers['x-forwarded-proto'] = proto
  if (believed && /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i.test(host)) headers['x-forwarded-host'] = host
}

/** On every answer, whoever wrote it: pages, doors, files, redirects and errors. A route's own value wins. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'accelerometer=(), camera=(), display-capture=(), fullscreen=(self), geolocation=(), gyroscope=(self), microphone=(), midi=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), usb=(), xr-spatial-tracking=(self)',
  // Pages bring one with nonces (proxy.ts); what is no page loads nothing and stands in no frame.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
/** Two years (RFC 6797); only over https, where alone it counts. */
const transportSecurity = 'max-age=63072000; includeSubDomains'

function secureAnswer(response: ServerResponse, secure: boolean): void {
  const writeHead = response.writeHead
  // At the last moment, so that nothing is sent twice: Next appends a route's headers to those that are there.
  response.writeHead = function writeSecureHead(this: ServerResponse, ...args: unknown[]) {
    for (const [name, value] of Object.entries(securityHeaders)) if (!this.hasHeader(name)) this.setHeader(name, value)
    if (secure) this.setHeader('strict-transport-security', transportSecurity)
    return (writeHead as (...args: unknown[]) => ServerResponse).apply(this, args)
  } as typeof response.writeHead
}

/**
 * Stands before Next's server in this process: Node tells of every request before anybody handles it (diagnostics channel
 * `http.server.request.start`). @returns what takes it away again
 */
export function installEdge({ trustedProxies, https }: EdgeOptions): () => void {
  const trusted = trustedProxies.map(parseRange)
  function onRequest(message: unknown): void {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    settleForwarding(request, request.socket.remoteAddress, trusted)
    const forwarded = request.headers['x-forwarded-proto']
    secureAnswer(response, forwarded ? forwarded === 'https' : https)
  }
  subscribe('http.server.request.start', onRequest)
  return () => void unsubscribe('http.server.request.start', onRequest)
}
