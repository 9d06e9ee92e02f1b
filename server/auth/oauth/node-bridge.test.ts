import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerByNode } from './node-bridge.ts'

/** What a handler may do with a request and an answer. The bridge must give what Node's own server gives. */
const handler: RequestListener = async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const body = Buffer.concat(parts).toString()
  if (request.url?.startsWith('/cookies')) response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; HttpOnly'])
  if (request.url?.startsWith('/redirect')) return void response.writeHead(303, { location: '/elsewhere' }).end()
  if (request.url?.startsWith('/empty')) return void response.writeHead(204).end()
  if (request.url?.startsWith('/stream')) return void Readable.from(['one ', 'two ', 'three']).pipe(response)
  if (request.url?.startsWith('/parts')) {
    response.write('é', 'latin1')
    response.write(Buffer.from('!'))
    return void response.end('end')
  }
  response.statusCode = 201
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ method: request.method, url: request.url, type: request.headers['content-type'] ?? null, body }))
}

describe('the bridge to a handler of Node', () => {
  const server = createServer(handler)
  let origin: string
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())

  it.each([
    ['GET', '/echo?a=1&b=%20x', undefined],
    ['POST', '/echo', 'grant_type=client_credentials&scope=a%20b'],
    ['GET', '/cookies', undefined],
    ['GET', '/redirect', undefined],
    ['GET', '/empty', undefined],
    ['GET', '/stream', undefined],
    ['GET', '/parts', undefined],
    ['HEAD', '/echo', undefined],
  ])('answers as a server does: %s %s', async (method, path, body) => {
    const init = { method, ...(body ? { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } } : {}) }
    const real = await fetch(`${origin}${path}`, { ...init, redirect: 'manual' })
    const bridged = await answerByNode(handler, new Request(`${origin}${path}`, init), Buffer.from(body ?? ''), { address: '127.0.0.1' })
    const told = async (response: Response) => ({
      status: response.status,
      type: response.headers.get('content-type'),
      location: response.headers.get('location'),
      cookies: response.headers.getSetCookie(),
      body: Buffer.from(await response.arrayBuffer()).toString('latin1'),
    })
    expect(await told(bridged)).toEqual(await told(real))
  })

  it('passes on what a handler throws', async () => {
    const failing: RequestListener = async () => {
      throw new Error('planted')
    }
    await expect(answerByNode(failing, new Request(`${origin}/`), new Uint8Array(), { address: '127.0.0.1' })).rejects.toThrow('planted')
  })
})
