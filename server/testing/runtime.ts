import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readEnv } from '../env.ts'
import type { Logger } from '../gateway/log.ts'
import { type Runtime, startRuntime } from '../runtime.ts'
import { chosenAdapter, newPostgres } from './postgres.ts'
import { copyTemplate } from './template.ts'
import { until } from './until.ts'

const admin = { email: 'owner@example.com', password: 'a long test password' }

export interface TestInstallation {
  runtime: Runtime
  /** Calls the REST door, signed in as the owner unless `token` says otherwise (null: nobody). A path without a slash is one below /api/v1. */
  call(method: string, path: string, body?: unknown, options?: { token?: string | null; headers?: Record<string, string> }): Promise<Response>
  /** The same, parsed. */
  json<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>
  /** Adds a text and waits until it is ready or failed. */
  add(title: string, content: string, contentType?: string): Promise<string>
  /** Waits until a source is ready or failed. */
  settled(id: string): Promise<string>
  stop(): Promise<void>
}

/** Calls the REST door of a runtime as its owner. */
export async function ownerOf(runtime: Runtime): Promise<Pick<TestInstallation, 'call' | 'json'>> {
  let token: string | null = null
  async function call(
    method: string,
    path: string,
    body?: unknown,
    options: { token?: string | null; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const bearer = options.token === undefined ? token : options.token
    const headers = new Headers({ ...(bearer ? { authorization: `Bearer ${bearer}` } : {}), ...options.headers })
    const raw = body instanceof FormData || typeof body === 'string'
    if (body !== undefined && !raw) headers.set('content-type', 'application/json')
    const sent = body === undefined ? {} : { body: raw ? (body as FormData | string) : JSON.stringify(body) }
    return runtime.doors.rest(new Request(`http://127.0.0.1${path.startsWith('/') ? path : `/api/v1/${path}`}`, { method, headers, ...sent }))
  }
  async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await call(method, path, body)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return JSON.parse(text) as T
  }
  token = (await json<{ access_token: string }>('POST', 'auth/login', admin)).access_token
  return { call, json }
}

/** Not the services of whoever runs the tests, unless a test asks for them. */
const noServices = {
  DATABASE_URL: '',
  REDIS_URL: '',
  NEO4J_URL: '',
  NEO4J_USER: '',
  NEO4J_PASSWORD: '',
  INFLUXDB_URL: '',
  GCS_BUCKET: '',
  STORAGE_EMULATOR_HOST: '',
}

/** The variables of an installation of a test's own. */
export const installationVariables = (folder: string, more: Record<string, string> = {}): Record<string, string> => ({
  AIA_DATA_DIR: folder,
  AIA_STARTER: 'off',
  AIA_LOG_LEVEL: 'silent',
  AIA_ADMIN_EMAIL: admin.email,
  AIA_ADMIN_PASSWORD: admin.password,
  ...noServices,
  ...more,
})

/** A data folder with a migrated, empty database. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-installation-'))
  await copyTemplate(join(folder, 'database'))
  return folder
}

/** A whole AIA in this process, behind its real REST door, on a folder of its own or on a given one. */
export async function startInstallation(more: Record<string, string> = {}, folder?: string, log?: Logger): Promise<TestInstallation> {
  const home = folder ?? (await freshFolder())
  const place = chosenAdapter() === 'postgres' ? await newPostgres() : null
  const variables = installationVariables(home, place ? { DATABASE_URL: place.url, ...more } : more)
  const runtime = await startRuntime(readEnv(variables as unknown as NodeJS.ProcessEnv), log)
  const { call, json } = await ownerOf(runtime)
  const settled = (id: string) =>
    until(
      async () => (await json<{ state: string }>('GET', `neural/sources/${id}`)).state,
      (state) => state === 'ready' || state === 'failed',
    )
  return {
    runtime,
    call,
    json,
    settled,
    async add(title, content, contentType = 'text/markdown') {
      const { id } = await json<{ id: string }>('POST', 'neural/sources', { title, content, content_type: contentType })
      await settled(id)
      return id
    },
    async stop() {
      await runtime.close()
      await place?.drop()
      await rm(home, { recursive: true, force: true })
    },
  }
}
