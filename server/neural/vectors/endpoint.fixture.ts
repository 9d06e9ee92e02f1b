import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Words of one meaning, for this sandbox: what a large model has learned from the world. */
const meanings = [
  ['physician', 'doctor', 'medic'],
  ['remuneration', 'salary', 'wage', 'pay'],
  ['automobile', 'car', 'vehicle'],
  ['parked', 'leave', 'left'],
]

type Behaviour = 'works' | 'fails' | 'busy once' | 'hangs' | 'garbage' | 'redirects' | 'one too few' | 'refuses poison'

/** An OpenAI-compatible embeddings endpoint on this machine: bags of hashed words, where words of one meaning share a place. */
export interface EmbeddingsSandbox {
  url: string
  behaviour: Behaviour
  dimension: number
  /** Every call's texts, in order. */
  calls: string[][]
  authorizations: (string | undefined)[]
  /** Calls that the other side gave up. */
  abandoned: number
  /** Calls that a redirect led astray. */
  astray: number
  close(): Promise<void>
}

/** The vector that the sandbox gives a text. */
function sandboxVector(text: string, dimension: number): number[] {
  const vector = new Array<number>(dimension).fill(0)
  for (const word of text.toLowerCase().match(/[a-z]{3,}/g) ?? []) {
    const meaning = meanings.findIndex((words) => words.includes(word))
    let hash = 2_166_136_261
    for (const unit of meaning < 0 ? word : `meaning ${meaning}`) hash = Math.imul(hash ^ unit.charCodeAt(0), 16_777_619) >>> 0
    vector[hash % dimension] = (vector[hash % dimension] as number) + (meaning < 0 ? 1 : 3)
  }
  if (!vector.some((value) => value > 0)) vector[0] = 1
  return vector
}

export async function embeddingsSandbox(): Promise<EmbeddingsSandbox> {
  const sandbox: EmbeddingsSandbox = {
    url: '',
    behaviour: 'works',
    dimension: 256,
    calls: [],
    authorizations: [],
    abandoned: 0,
    astray: 0,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== '/v1/embeddings') {
      sandbox.astray++
      response.writeHead(404).end()
      return
    }
    response.on('close', () => {
      if (!response.writableFinished) sandbox.abandoned++
    })
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { input } = JSON.parse(Buffer.concat(parts).toString('utf8')) as { input: string[] }
    sandbox.calls.push(input)
    sandbox.authorizations.push(request.headers.authorization)
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    const data = input.map((text, index) => ({ object: 'embedding', index, embedding: sandboxVector(text, sandbox.dimension) })).reverse()
    if (sandbox.behaviour === 'hangs') return
    if (sandbox.behaviour === 'fails') return send(503, { error: 'down' })
    if (sandbox.behaviour === 'garbage') return send(200, '<html>welcome</html>')
    if (sandbox.behaviour === 'one too few') return send(200, { data: data.slice(1) })
    if (sandbox.behaviour === 'refuses poison' && input.some((text) => text.includes('poison'))) return send(400, { error: 'cannot' })
    if (sandbox.behaviour === 'redirects') {
      response.writeHead(307, { location: '/elsewhere' }).end()
      return
    }
    if (sandbox.behaviour === 'busy once') {
      sandbox.behaviour = 'works'
      return send(429, { error: 'slow down' })
    }
    send(200, { object: 'list', data, model: 'sandbox' })
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  sandbox.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return sandbox
}
