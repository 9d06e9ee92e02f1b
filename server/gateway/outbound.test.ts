import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
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
