import { expect } from '@playwright/test'
import { serverUnderTest } from './account.ts'

export interface Answer<T = Record<string, unknown>> {
  status: number
  headers: Headers
  body: T
  text: string
}

export interface Call {
  method?: string
  /** JSON, a form or raw text. */
  json?: unknown
  form?: FormData
  raw?: { body: string | Uint8Array<ArrayBuffer>; type: string }
  accept?: string
  /** null = nobody, undefined = the administrator. */
  token?: string | null
}

const { url, email, password } = serverUnderTest()
let administrator: Promise<string> | undefined

/** Calls the REST door. No call of any test may be answered with 5xx, and every refusal is a problem document. */
export async function call<T = Record<string, unknown>>(path: string, given: Call = {}): Promise<Answer<T>> {
  const token = given.token === undefined ? await signedIn() : given.token
  const headers = new Headers()
  if (token) headers.set('authorization', `Bearer ${token}`)
  if (given.accept) headers.set('accept', given.accept)
  let body: BodyInit | undefined = given.form
  if (given.json !== undefined) {
    headers.set('content-type', 'application/json')
    body = JSON.stringify(given.json)
  } else if (given.raw) {
    headers.set('content-type', given.raw.type)
    body = given.raw.body
  }
  const method = given.method ?? (body === undefined ? 'GET' : 'POST')
  const response = await fetch(url + path, { method, headers, body: body ?? null, redirect: 'manual' })
  const text = await response.text()
  const what = `${method} ${path} → ${response.status} ${text.slice(0, 500)}`
  expect(response.status, what).toBeLessThan(500)
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '')
  const parsed = (isJson ? JSON.parse(text) : {}) as T & { status?: number; code?: string; request_id?: string }
  if (response.status >= 400) {
    expect(response.headers.get('content-type'), what).toContain('application/problem+json')
    expect(parsed.status, what).toBe(response.status)
    expect(typeof parsed.code, what).toBe('string')
    expect(parsed.request_id, what).toBe(response.headers.get('x-request-id'))
  }
  return { status: response.status, headers: response.headers, body: parsed, text }
}

export interface Tokens {
  access_token: string
  refresh_token: string
  token_type: string
  expires_in: number
}

/** A new session of the administrator. */
export async function signIn(): Promise<Tokens> {
  const answer = await call<Tokens>('/api/v1/auth/login', { json: { email, password }, token: null })
  expect(answer.status).toBe(200)
  return answer.body
}

function signedIn(): Promise<string> {
  administrator ??= signIn().then((tokens) => tokens.access_token)
  return administrator
}

export interface SourceState {
  id: string
  title: string
  state: 'queued' | 'processing' | 'ready' | 'failed'
  atoms: number
  pathways: number
  reason: { code: string; detail: string } | null
}

/** Waits until a source is ready or failed. */
export async function settled(id: string): Promise<SourceState> {
  let source: SourceState | undefined
  await expect
    .poll(
      async () => {
        source = (await call<SourceState>(`/api/v1/neural/sources/${id}`)).body
        return source.state
      },
      { timeout: 60_000, intervals: [100, 200, 400] },
    )
    .toMatch(/ready|failed/)
  return source as SourceState
}

/** Gives AIA a text and waits until it knows it. */
export async function learn(title: string, content: string, contentType = 'text/markdown'): Promise<SourceState> {
  const answer = await call<{ id: string }>('/api/v1/neural/sources', { json: { title, content, content_type: contentType } })
  expect(answer.status).toBe(202)
  const source = await settled(answer.body.id)
  expect(source.state).toBe('ready')
  return source
}

/** The source and everything that only it gave. */
export async function forget(id: string): Promise<{ removed: { sources: number; atoms: number; pathways: number } }> {
  const answer = await call<{ removed: { sources: number; atoms: number; pathways: number } }>(`/api/v1/neural/sources/${id}`, { method: 'DELETE' })
  expect(answer.status).toBe(200)
  return answer.body
}

export interface Knowledge {
  ready: boolean
  atoms: number
  pathways: number
  pathways_by_kind: Record<string, number>
  domains: { name: string; atoms: number }[]
  sources: Record<string, number>
}

/** What stands in the knowledge now. */
export async function knowledge(): Promise<Knowledge> {
  const { body } = await call<Knowledge>('/api/v1/neural/status')
  return {
    ready: body.ready,
    atoms: body.atoms,
    pathways: body.pathways,
    pathways_by_kind: body.pathways_by_kind,
    domains: body.domains,
    sources: body.sources,
  }
}
