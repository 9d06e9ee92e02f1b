import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from './until.ts'

interface Received {
  headers: IncomingHttpHeaders
  body: string
  message: { type: string; timestamp: string; data: Record<string, unknown> }
}
interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** Whether a request is signed by a secret: Standard Webhooks 1.0.0 as a receiver reads it, apart from the code that signs. */
export function isSignedBy(secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>): boolean {
  const age = Math.abs(Date.now() / 1_000 - Number(headers['webhook-timestamp']))
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const wanted = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest()
  const given = String(headers['webhook-signature'])
    .split(' ')
    .map((each) => each.split(','))
  return age < 300 && given.some(([version, text]) => version === 'v1' && timingSafeEqual(Buffer.from(text ?? '', 'base64'), wanted))
}

/** A receiver of webhooks on a port of 127.0.0.1, any free one by default, which answers as it is told. */
export async function startReceiver(wanted = 0) {
  const received: Received[] = []
  let answer: (request: Received) => Answer | Promise<Answer> = () => ({ status: 204 })
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts).toString('utf8')
    const got = { headers: request.headers, body, message: JSON.parse(body) }
    received.push(got)
    const { status, headers = {}, body: text = '' } = await answer(got)
    response.writeHead(status, headers).end(text)
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(wanted)
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    ofType: (type: string) => received.filter(({ message }) => message.type === type),
    answer(next: typeof answer) {
      answer = next
    },
    /** Waits until so many messages of a type came. */
    hear: (type: string, times = 1) =>
      until(
        () => received.filter(({ message }) => message.type === type),
        (found) => found.length >= times,
      ),
    goDown: close,
    comeBack: () => listen(port),
    close: () => (server.listening ? close() : Promise.resolve()),
  }
}
export type Receiver = Awaited<ReturnType<typeof startReceiver>>
