import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { callerAddress, installEdge, parseRange, securityHeaders, settleForwarding } from './edge.ts'

const ranges = (...texts: string[]) => texts.map(parseRange)

describe('the address of a caller', () => {
  it.each<[string, string, string | undefined, string[], string]>([
    ['nobody is trusted: what the caller wrote is ignored', '203.0.113.9', '1.1.1.1', [], '203.0.113.9'],
    ['a trusted proxy tells', '10.0.0.2', '198.51.100.4', ['10.0.0.0/8'], '198.51.100.4'],
    ['the right-most untrusted one wins over inventions', '10.0.0.2', '1.1.1.1, 198.51.100.4, 10.1.1.1', ['10.0.0.0/8'], '198.51.100.4'],
    ['a proxy that is not trusted is the caller', '203.0.113.9', '198.51.100.4', ['10.0.0.0/8'], '203.0.113.9'],
    ['only trusted ones: the left-most', '10.0.0.2', '10.0.0.3, 10.0.0.4', ['10.0.0.0/8'], '10.0.0.3'],
    ['what is no address ends the walk', '10.0.0.2', '198.51.100.4, <script>, 10.0.0.4', ['10.0.0.0/8'], '10.0.0.4'],
    ['an address written as a number is none', '10.0.0.2', '3232235777', ['10.0.0.0/8'], '10.0.0.2'],
    ['IPv4 in IPv6 is IPv4', '::ffff:10.0.0.2', '::ffff:198.51.100.4', ['10.0.0.0/8'], '198.51.100.4'],
    ['ports are left out', '10.0.0.2', '198.51.100.4:4711', ['10.0.0.2'], '198.51.100.4'],
    ['IPv6 in brackets', '2001:db8::1', '[2001:db8:9::7]:443', ['2001:db8::/48'], '2001:db8:9::7'],
    ['nothing forwarded', '10.0.0.2', undefined, ['10.0.0.0/8'], '10.0.0.2'],
  ])('%s', (_what, peer, forwarded, trusted, address) => {
    expect(callerAddress(peer, forwarded, ranges(...trusted))).toBe(address)
  })

  it('believes scheme and host from trusted proxies only', () => {
    const sent = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'aia.example', forwarded: 'for=1.1.1.1', host: 'inside:3000' }
    const settled = (peer: string, more: IncomingHttpHeaders = {}) => {
      const headers: IncomingHttpHeaders = { ...sent, ...more }
      settleForwarding({ headers }, peer, ranges('10.0.0.1'))
      return headers
    }
    expect(settled('203.0.113.9')).toEqual({ host: 'inside:3000', 'x-forwarded-for': '203.0.113.9' })
    expect(settled('10.0.0.1')).toEqual({
      host: 'inside:3000',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'aia.example',
    })
    expect(settled('10.0.0.1', { 'x-forwarded-host': 'evil.example/@x', 'x-forwarded-proto': 'javascript' })).toEqual({
      host: 'inside:3000',
      'x-forwarded-for': '10.0.0.1',
    })
  })
})

describe('the edge before a real server', () => {
  let stop = () => {}
  afterEach(() => stop())

  async function answerThrough(options: Parameters<typeof installEdge>[0], headers: Record<string, string>): Promise<IncomingHttpHeaders> {
    const remove = installEdge(options)
    const server = createServer((request, response) => {
      response.setHeader('content-security-policy', "default-src 'self'")
      response.setHeader('x-seen', String(request.headers['x-forwarded-for']))
      if (request.url === '/head') response.writeHead(200, { 'content-type': 'text/plain' })
      response.end('answered')
    })
    stop = () => {
      remove()
      server.close()
    }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    return new Promise((resolve, reject) => {
      httpRequest({ port, host: '127.0.0.1', path: '/head', headers }, (response) => {
        response.resume()
        resolve(response.headers)
      })
        .on('error', reject)
        .end()
    })
  }

  it('puts the security headers on an answer and leaves a policy that the route has set', async () => {
    const headers = await answerThrough({ trustedProxies: [], https: false }, { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-proto': 'https' })
    const { 'content-security-policy': own, ...others } = securityHeaders
    expect(headers).toMatchObject(others)
    expect(headers['content-security-policy']).toBe("default-src 'self'")
    expect(own).toContain("default-src 'none'")
    expect(headers['x-seen']).toBe('127.0.0.1')
    expect(headers['permissions-policy']).toContain('xr-spatial-tracking=(self)')
    expect(headers['strict-transport-security']).toBeUndefined()
  })

  it('demands https for two years where https is used', async () => {
    const demanded = 'max-age=63072000; includeSubDomains'
    expect((await answerThrough({ trustedProxies: [], https: true }, {}))['strict-transport-security']).toBe(demanded)
    stop()
    const proxied = { trustedProxies: ['127.0.0.0/8'], https: false }
    expect((await answerThrough(proxied, { 'x-forwarded-proto': 'https' }))['strict-transport-security']).toBe(demanded)
    stop()
    expect((await answerThrough({ ...proxied, https: true }, { 'x-forwarded-proto': 'http' }))['strict-transport-security']).toBeUndefined()
  })
})
