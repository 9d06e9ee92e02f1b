import { randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readEnv } from '../env.ts'
import type { GcsPlace } from '../storage/objects/gcs.ts'

const { gcs } = readEnv()
const emulator = gcs?.emulator ?? ''

/** Why tests on Google Cloud Storage cannot run here, or null. Only an emulator is tested on: buckets are made and dropped. */
export const withoutGcs = emulator ? null : 'no STORAGE_EMULATOR_HOST: npm run services -- up gcs, then eval "$(npm run --silent services -- env)"'

/** A bucket of the test's own on the server of STORAGE_EMULATOR_HOST, empty. */
export async function newBucket(): Promise<GcsPlace & { drop(): Promise<void> }> {
  const bucket = `aia-test-${randomBytes(6).toString('hex')}`
  const api = async (method: string, path: string, body?: unknown) => {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const response = await fetch(`${emulator}/storage/v1/b${path}`, { method, ...(body ? json : {}) })
    if (!response.ok) throw new Error(`${method} ${path} of the emulator answered ${response.status}.`)
    return response
  }
  await api('POST', '?project=aia', { name: bucket })
  return {
    bucket,
    emulator,
    async drop() {
      const { items = [] } = (await (await api('GET', `/${bucket}/o`)).json()) as { items?: { name: string }[] }
      for (const { name } of items) await api('DELETE', `/${bucket}/o/${encodeURIComponent(name)}`)
      await api('DELETE', `/${bucket}`)
    },
  }
}

export interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Between {
  origin: string
  seen: Seen[]
  /**
   * Decides over a call: a status, or one with headers, is answered in place of the emulator's answer; `cut` breaks the connection,
   * `cut within` once a part of the body has gone, `silent within` sends nothing after that part.
   */
  meddle: ((call: Seen) => number | { status: number; headers: Record<string, string> } | 'cut' | 'cut within' | 'silent within' | undefined) | null
  /** Changes a body on its way back. */
  falsify: ((call: Seen, body: Buffer) => Buffer) | null
  stop(): Promise<void>
}

/** Stands between a client and the emulator, hears everything, and lets the network or the store fail. */
export async function between(): Promise<Between> {
  const target = new URL(emulator)
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const call: Seen = { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks) }
      self.seen.push(call)
      const fate = self.meddle?.(call)
      if (fate === 'cut') return incoming.socket.destroy()
      if (fate === 'cut within' || fate === 'silent within') {
        outgoing.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': '100' })
        outgoing.write('a part', () => fate === 'cut within' && incoming.socket.destroy())
        return
      }
      if (typeof fate === 'object') return outgoing.writeHead(fate.status, fate.headers).end()
      if (fate) return outgoing.writeHead(fate, { 'content-type': 'application/json' }).end('{}')
      const { host: _host, ...headers } = incoming.headers
      const forward = { method: call.method, host: target.hostname, port: target.port, path: call.url, headers: { ...headers, host: target.host } }
      const onward = request(forward, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('end', () => {
          const body = Buffer.concat(parts)
          const given = self.falsify?.(call, body) ?? body
          // Where an upload goes on is told as the emulator's own address.
          const location = answer.headers.location?.replace(emulator, self.origin)
          const { 'transfer-encoding': _chunked, ...kept } = answer.headers
          outgoing.writeHead(answer.statusCode ?? 502, {
            ...kept,
            ...(location ? { location } : {}),
            'content-length': String(given.length),
          })
          outgoing.end(given)
        })
      })
      onward.on('error', () => incoming.socket.destroy())
      onward.end(call.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const self: Between = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    meddle: null,
    falsify: null,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return self
}

/** Where an installation of a test may keep its objects, for suites that hold on both: why it cannot be had, and what makes it. */
export const objectPlaces = [
  { name: 'files', missing: null, more: async () => ({ variables: {}, drop: async () => {} }) },
  {
    name: 'gcs',
    missing: withoutGcs,
    async more() {
      const bucket = await newBucket()
      return { variables: { GCS_BUCKET: bucket.bucket, STORAGE_EMULATOR_HOST: String(bucket.emulator) }, drop: bucket.drop }
    },
  },
]
