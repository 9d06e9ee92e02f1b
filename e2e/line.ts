// The line between a browser and a server: it can be cut, and what comes over it can be changed.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

type Changed = { status: number; headers: Record<string, string>; body: string } | null

export class Line {
  #server = createServer((given, answer) => this.#carry(given, answer))
  #sockets = new Set<Socket>()
  #target = ''
  isCut = false
  /** Answers in place of the server, or changes the text of what it answered. */
  instead: (path: string) => Changed = () => null
  rewrite: (path: string, body: string) => string = (_, body) => body
  /** Whether `rewrite` wants the answer to this path. */
  rewrites: (path: string) => boolean = () => false

  async open(): Promise<string> {
    this.#server.on('connection', (socket) => {
      if (this.isCut) return socket.destroy()
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  to(url: string): void {
    this.#target = url
  }

  cut(): void {
    this.isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.isCut = false
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #carry(given: IncomingMessage, answer: ServerResponse): void {
    const path = given.url ?? '/'
    const instead = this.instead(path)
    if (instead) {
      answer.writeHead(instead.status, instead.headers).end(instead.body)
      given.resume()
      return
    }
    const headers = { ...given.headers }
    // What is to be changed must come, and as text.
    if (this.rewrites(path)) for (const name of ['accept-encoding', 'if-none-match', 'if-modified-since']) delete headers[name]
    const onward = request(this.#target + path, { method: given.method ?? 'GET', headers, agent: false }, (came) => {
      if (!this.rewrites(path)) {
        answer.writeHead(came.statusCode ?? 502, came.headers)
        came.pipe(answer)
        return
      }
      const parts: Buffer[] = []
      came.on('data', (part: Buffer) => parts.push(part))
      came.on('end', () => {
        const { 'content-length': _, 'transfer-encoding': __, etag: ___, ...rest } = came.headers
        answer.writeHead(came.statusCode ?? 502, rest).end(this.rewrite(path, Buffer.concat(parts).toString('utf8')))
      })
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    given.pipe(onward)
  }
}
