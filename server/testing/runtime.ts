import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readEnv } from '../env.ts'
import { type Runtime, startRuntime } from '../runtime.ts'
import { databaseTemplate } from './template.ts'

const admin = { email: 'owner@example.com', password: 'a long test password' }

export interface TestInstallation {
  runtime: Runtime
  /** Calls the REST door, signed in as the owner unless `token` says otherwise (null: nobody). */
  call(method: string, path: string, body?: unknown, options?: { token?: string | null; headers?: Record<string, string> }): Promise<Response>
  /** The same, parsed. */
  json<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** Adds a text and waits until it is ready or failed. */
  add(title: string, content: string, contentType?: string): Promise<string>
  stop(): Promise<void>
}

/** A whole AIA in this process, on a folder of its own, behind its real REST door. */
export async function startInstallation(variables: Record<string, string> = {}): Promise<TestInstallation> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-installation-'))
  await cp(await databaseTemplate(), join(folder, 'database'), { recursive: true })
  const runtime = await startRuntime(
    readEnv({ AIA_DATA_DIR: folder, AIA_STARTER: 'off', AIA_LOG_LEVEL: 'silent', AIA_ADMIN_EMAIL: admin.email, AIA_ADMIN_PASSWORD: admin.password, ...variables } as unknown as NodeJS.ProcessEnv),
  )
  let token: string | null = null
  async function call(method: string, path: string, body?: unknown, options: { token?: string | null; headers?: Record<string, string> } = {}): Promise<Response> {
    const bearer = options.token === undefined ? token : options.token
    const headers = new Headers({ ...(bearer ? { authorization: `Bearer ${bearer}` } : {}), ...options.headers })
    const form = body instanceof FormData || typeof body === 'string'
    if (body !== undefined && !form) headers.set('content-type', 'application/json')
    return runtime.doors.rest(new Request(`http://127.0.0.1/api/v1/${path}`, { method, headers, ...(body === undefined ? {} : { body: form ? (body as FormData | string) : JSON.stringify(body) }) }))
  }
  async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await call(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text) as T
  }
  token = (await json<{ access_token: string }>('POST', 'auth/login', admin)).access_token
  return {
    runtime,
    call,
    json,
    async add(title, content, contentType = 'text/markdown') {
      const { id } = await json<{ id: string }>('POST', 'neural/sources', { title, content, content_type: contentType })
      for (let attempt = 0; attempt < 600; attempt++) {
        const { state } = await json<{ state: string }>('GET', `neural/sources/${id}`)
        if (state === 'ready' || state === 'failed') return id
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`Source ${id} was not read within 30 seconds.`)
    },
    async stop() {
      await runtime.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
