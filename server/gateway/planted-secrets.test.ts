import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { createLogger } from './log.ts'

/** Everything a caller may mistake for a place for secrets, and all that it must never find in a log. */
const secrets = {
  password: 'correct-horse-battery-staple-77',
  apiKey: 'aia_live_9f8e7d6c5b4a39281706f5e4d3c2b1a0',
  refreshToken: 'aia_refresh_Zm9vYmFyYmF6cXV4cXV1eGNvcmdl',
  jwt: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlLXBsYW50ZWQ',
  webhookSecret: 'whsec_b3JjaGlkLXBsYW50ZWQtc2VjcmV0LWZvci10ZXN0cw',
  card: '4111111111111111',
  groupedCard: '5555 5555 5555 4444',
}

describe('secrets that callers send [ASVS 5.0 V16.2.5, V14.2.4]', () => {
  let aia: TestInstallation
  const lines: string[] = []
  beforeAll(async () => {
    aia = await startInstallation({ AIA_LOG_LEVEL: 'debug' }, undefined, createLogger('debug', { write: (line) => void lines.push(line) }))
  })
  afterAll(() => aia.stop())

  it.each(Object.entries(secrets))('never reach a log: %s', async (_name, secret) => {
    const before = lines.length
    const inQuery = `q=${encodeURIComponent(secret)}&token=${encodeURIComponent(secret)}`
    const headers = {
      'x-request-id': secret.replaceAll(' ', ''),
      'user-agent': secret,
      'idempotency-key': secret,
      referer: `http://x/?${inQuery}`,
      'x-other': secret,
    }
    const form = new FormData()
    form.append('file', new File([`The number is ${secret}.`], `${secret}.md`, { type: 'text/markdown' }))
    const broken = new FormData()
    broken.append('file', new File(['{"a":'], `${secret}.json`, { type: 'application/json' }))
    const calls: [string, string, unknown?, object?][] = [
      ['GET', `neural/sources?${inQuery}`],
      ['GET', `neural/sources/${encodeURIComponent(secret)}`],
      ['GET', `${encodeURIComponent(secret)}/nowhere?${inQuery}`],
      ['POST', 'auth/login', { email: `${secret.replaceAll(/\s/g, '')}@example.com`, password: secret }, { token: null }],
      ['POST', 'auth/login', { email: secret, password: secret, [secret]: secret }, { token: null }],
      ['POST', 'auth/refresh', { refresh_token: secret }, { token: null }],
      ['POST', 'neural/sources', { title: secret, content: secret, content_type: secret }],
      ['POST', 'neural/sources', { url: `http://127.0.0.1/${encodeURIComponent(secret)}` }],
      ['POST', 'neural/sources', form],
      ['POST', 'neural/sources', broken],
      ['POST', 'neural/process', { data: { question: secret } }],
      ['POST', 'neural/process', `{"data": ${secret}`, { headers: { ...headers, 'content-type': 'application/json' } }],
      ['GET', 'auth/profile', undefined, { token: secret.replaceAll(' ', '') }],
      ['GET', 'auth/profile', undefined, { token: null, headers: { ...headers, cookie: `aia.session=${encodeURIComponent(secret)}` } }],
    ]
    for (const [method, path, body, options] of calls) await aia.call(method, path, body, { headers, ...options })
    // What fails inside quotes what was sent, in message, parameters and cause.
    const { cache } = aia.runtime.services
    const { get } = cache
    cache.get = () => Promise.reject(new Error(`planted ${secret}`, { cause: new Error(`Failed query: select 1\nparams: ${secret}`) }))
    expect((await aia.call('POST', 'neural/process', { data: { question: 'What is it?' } }, { headers: { 'user-agent': secret } })).status).toBe(500)
    cache.get = get
    const written = lines.slice(before)
    expect(written.length).toBeGreaterThan(calls.length)
    expect(written.some((line) => line.includes('"level":"error"'))).toBe(true)
    const found = written.filter((line) => [secret, encodeURIComponent(secret), secret.replaceAll(' ', '')].some((form) => line.includes(form)))
    // A password looks like any word: it is kept out by never being logged, so what an error of ours quotes is the one place left.
    expect(secret === secrets.password ? found.filter((line) => !line.includes('"message":"planted ')) : found).toEqual([])
  })

  it('and the log tells who called what, how it ended and how long it took', () => {
    const request = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ route, status }) => route === '/v1/neural/sources' && status === 202)
    expect(request).toMatchObject({
      message: 'request',
      level: 'info',
      method: 'POST',
      door: 'rest',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      duration_ms: expect.any(Number),
      caller: expect.stringMatching(/^[0-9a-f-]{36}$/),
      enterprise: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })
})
