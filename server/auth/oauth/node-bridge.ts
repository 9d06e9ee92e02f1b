import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

/**
 * Answers a web Request by a handler written for Node's http server, without a port. Node's own classes stand on both sides; only the
 * bytes that would go to a socket are kept instead. For answers that fit into memory: the whole body is read before it is returned.
 */
export function answerByNode(handler: RequestListener, request: Request, body: Uint8Array, about: { address: string }): Promise<Response> {
  const url = new URL(request.url)
  const incoming = new IncomingMessage(new Socket())
  Object.defineProperty(incoming.socket, 'remoteAddress', { value: about.address })
  incoming.method = request.method
  incoming.url = url.pathname + url.search
  for (const [name, value] of request.headers) {
    incoming.headers[name] = value
    incoming.rawHeaders.push(name, value)
  }
  incoming.headers.host ??= url.host
  if (body.length > 0) {
    incoming.headers['content-length'] = String(body.length)
    incoming.push(Buffer.from(body))
  }
  incoming.push(null)
  incoming.complete = true
  return new Promise((resolve, reject) => {
    const outgoing = new KeptResponse(incoming, resolve)
    try {
      // A handler that is asynchronous may still fail after it returned.
      Promise.resolve(handler(incoming, outgoing) as unknown).catch(reject)
    } catch (error) {
      reject(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

type Done = () => void
const isDone = (value: unknown): value is Done => typeof value === 'function'

/** A response that keeps its body and gives it away as a web Response when it ends. */
class KeptResponse extends ServerResponse {
  readonly #parts: Uint8Array[] = []
  readonly #settle: (response: Response) => void
  #ended = false

  constructor(request: IncomingMessage, settle: (response: Response) => void) {
    super(request)
    this.#settle = settle
  }

  #keep(chunk: unknown, encoding: unknown): void {
    if (typeof chunk === 'string') this.#parts.push(Buffer.from(chunk, (typeof encoding === 'string' ? encoding : 'utf8') as BufferEncoding))
    else if (chunk instanceof Uint8Array) this.#parts.push(chunk)
  }

  // Node's own sends the head at once and forgets it; here it is asked for at the end.
  override writeHead(statusCode: number, reasonOrHeaders?: unknown, maybeHeaders?: unknown): this {
    this.statusCode = statusCode
    const headers = typeof reasonOrHeaders === 'object' ? reasonOrHeaders : maybeHeaders
    for (const [name, value] of Object.entries((headers ?? {}) as Record<string, string | number | string[]>)) this.setHeader(name, value)
    return this
  }

  override write(chunk: unknown, encoding?: unknown, done?: unknown): boolean {
    this.#keep(chunk, encoding)
    const called = isDone(encoding) ? encoding : done
    if (isDone(called)) queueMicrotask(called)
    return true
  }

  override end(chunk?: unknown, encoding?: unknown, done?: unknown): this {
    if (this.#ended) return this
    this.#ended = true
    this.#keep(chunk, encoding)
    const headers = new Headers()
    for (const [name, value] of Object.entries(this.getHeaders())) {
      // Set-Cookie is the one header whose lines must stay apart (RFC 9110, 5.3).
      for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) headers.append(name, String(each))
    }
    headers.delete('content-length')
    headers.delete('connection')
    headers.delete('keep-alive')
    const empty = this.statusCode === 204 || this.statusCode === 304 || this.req.method === 'HEAD'
    this.#settle(new Response(empty ? null : Buffer.concat(this.#parts), { status: this.statusCode, headers }))
    this.finished = true
    this.emit('finish')
    for (const called of [chunk, encoding, done]) if (isDone(called)) queueMicrotask(called)
    return this
  }
}
