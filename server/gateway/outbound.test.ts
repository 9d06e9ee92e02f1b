import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { isPublicAddress, outboundClient } from './outbound.ts'

const options = { maxBytes: 1_000, timeoutMs: 2_000 }

describe('outbound client', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fd00::1]/',
    'http://0.0.0.0/',
    'http://localhost/',
    'http://metadata.google.internal/',
    'http://100.64.0.1/',
    'http://[64:ff9b::7f00:1]/',
  ])('refuses %s', async (url) => {
    await expect(outboundClient().download(url, options)).rejects.toMatchObject({ reason: 'blocked_address' })
  })
  it.each(['file:///etc/passwd', 'ftp://example.com/', 'gopher://x/', 'not a url', 'http://user:secret@example.com/'])('refuses %s', async (url) => {
    await expect(outboundClient().download(url, options)).rejects.toMatchObject({ reason: 'bad_url' })
  })
  it('never connects to an inside address', async () => {
    let calls = 0
    const server = createServer((_request, response) => {
      calls++
      response.end('inside')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    await expect(outboundClient().download(`http://127.0.0.1:${port}/`, options)).rejects.toMatchObject({ reason: 'blocked_address' })
    await expect(outboundClient().download(`http://localhost:${port}/`, options)).rejects.toMatchObject({ reason: 'blocked_address' })
    server.close()
    expect(calls).toBe(0)
  })
  it('knows which addresses are public', () => {
    expect(['8.8.8.8', '2606:4700::1111', '127.0.0.1', '::ffff:10.0.0.1', '224.0.0.1', 'x'].map(isPublicAddress)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ])
  })
})

describe('outbound client against real servers', () => {
  const servers: Server[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })
  async function serve(handler: RequestListener, host = '127.0.0.1'): Promise<string> {
    const server = createServer(handler).listen(0, host)
    servers.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    return `http://${host}:${(server.address() as AddressInfo).port}`
  }
  // For these tests 127.0.0.1 stands for the outside and 127.0.0.2 for the inside.
  const outside = (address: string) => address === '127.0.0.1'

  it('follows no redirect to an inside address [ASVS 5.0 V15.3.2]', async () => {
    let reached = 0
    const inside = await serve((_request, response) => {
      reached++
      response.end('secret')
    }, '127.0.0.2')
    const open = await serve((_request, response) => response.writeHead(302, { location: `${inside}/latest/meta-data` }).end())
    await expect(outboundClient({ isReachable: outside }).download(`${open}/`, options)).rejects.toMatchObject({ reason: 'blocked_address' })
    expect(reached).toBe(0)
  })

  it('connects to no inside address that a name resolves to, also after a redirect', async () => {
    let reached = 0
    const inside = await serve((_request, response) => {
      reached++
      response.end('secret')
    }, '127.0.0.2')
    const { port } = new URL(inside)
    const lookup = ((_name: string, _options: object, done: (error: null, found: { address: string; family: number }[]) => void) =>
      done(null, [{ address: '127.0.0.2', family: 4 }])) as never
    const client = outboundClient({ isReachable: outside, lookup })
    await expect(client.download(`http://looks-harmless.example:${port}/`, options)).rejects.toMatchObject({ reason: 'blocked_address' })
    const open = await serve((_request, response) => response.writeHead(302, { location: `http://looks-harmless.example:${port}/` }).end())
    await expect(client.download(`${open}/`, options)).rejects.toMatchObject({ reason: 'blocked_address' })
    expect(reached).toBe(0)
  })

  it('asks again after a failure that may pass, and not after one that will not', async () => {
    const seen: Record<string, number> = {}
    const target = await serve((request, response) => {
      const path = request.url ?? ''
      seen[path] = (seen[path] ?? 0) + 1
      if (path === '/moment' && seen[path] < 3) response.writeHead(503).end()
      else if (path === '/gone') response.writeHead(404).end()
      else response.end('here')
    })
    const client = outboundClient({ isReachable: outside })
    expect(Buffer.from((await client.download(`${target}/moment`, options)).bytes).toString()).toBe('here')
    await expect(client.download(`${target}/gone`, options)).rejects.toMatchObject({ reason: 'bad_status', status: 404 })
    expect(seen).toEqual({ '/moment': 3, '/gone': 1 })
  })

  it('lets a target rest that fails again and again, never repeats what may change something, and tells its state', async () => {
    let calls = 0
    const target = await serve((_request, response) => {
      calls++
      response.writeHead(500).end('no')
    })
    const client = outboundClient()
    const post = () => client.call(`${target}/charge`, { method: 'POST', body: '{}' })
    for (let i = 0; i < 5; i++) expect((await post()).status).toBe(500)
    await expect(post()).rejects.toMatchObject({ reason: 'resting' })
    expect(calls).toBe(5)
    expect(client.targets()).toMatchObject([{ target, state: 'open', calls: 5, failures: 5, lastFailureAt: expect.any(Date) }])
    const other = await serve((_request, response) => response.end('fine'))
    expect((await client.call(other, {})).status).toBe(200)
    expect(client.targets()[1]).toMatchObject({ target: other, state: 'closed', failures: 0 })
  })

  it('gives the beginning of a long answer where that is enough, and lets a named circuit rest alone', async () => {
    let status = 200
    const url = await serve((_request, response) => response.writeHead(status).end('x'.repeat(5_000)))
    const client = outboundClient({ isReachable: () => true })
    const init = { method: 'POST', headers: {}, body: '' }
    await expect(client.request(url, init, options)).rejects.toMatchObject({ reason: 'too_large' })
    expect(await (await client.request(url, init, { ...options, cut: true })).text()).toBe('x'.repeat(1_000))
    status = 500
    const ask = (circuit: string) => client.request(url, init, { ...options, cut: true, circuit }).then((answer) => answer.status)
    for (let n = 0; n < 5; n++) expect(await ask('one')).toBe(500)
    await expect(ask('one')).rejects.toMatchObject({ reason: 'resting' })
    expect(await ask('another')).toBe(500)
  })
  it('ends in time', async () => {
    const target = await serve(() => {})
    await expect(outboundClient({ isReachable: outside }).download(`${target}/`, { ...options, timeoutMs: 150 })).rejects.toMatchObject({
      reason: 'timeout',
    })
  })
})
