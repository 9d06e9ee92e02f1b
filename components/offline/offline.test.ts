import { describe, expect, it, vi } from 'vitest'
import { deleteSeenCaches, filesCache, offlineCache, pagesCache, precacheName } from './cache-names'
import { isChunkError } from './chunk-error'
import { newId } from './new-id'
import { isPage, keepsPage, staysWithServer } from './routes'
import { isKept } from './seen'
import { overflow, weigh } from './seen-limits'
import { sharedWork } from './share-target'

describe('what the service worker keeps', () => {
  const at = (path: string) => new URL(path, 'https://aia.test')
  it.each(['/ask?result=1', '/knowledge/sources/abc', '/graph', '/admin/people', '/'])('keeps %s', (path) => expect(isPage(at(path))).toBe(true))
  it.each(['/signin?next=/ask', '/invitation', '/consent/x', '/offline', '/_next/data', '/lab/graph'])('does not keep %s', (path) =>
    expect(isPage(at(path))).toBe(false),
  )
  it.each([
    '/api/v1/x',
    '/rpc/neural/status',
    '/oauth/authorize',
    '/docs',
    '/redoc',
    '/openapi.json',
    '/openapi-3.0.json',
    '/health',
    '/sw.js',
    '/share',
  ])('leaves %s to the server', (path) => expect(staysWithServer(at(path))).toBe(true))
  it('keeps a page only with its own policy', () => {
    const page = (headers: Record<string, string>, status = 200) => new Response('<html>', { status, headers })
    const whole = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "script-src 'nonce-abc'" }
    expect(keepsPage(page(whole))).toBe(true)
    expect(keepsPage(page(whole, 500))).toBe(false)
    expect(keepsPage(page({ 'content-type': 'text/html' }))).toBe(false)
    expect(keepsPage(page({ ...whole, 'content-type': 'text/x-component' }))).toBe(false)
  })
})

describe('what was seen', () => {
  it('goes from every cache but those that the installed worker needs', async () => {
    const names = new Set([pagesCache, filesCache, precacheName, offlineCache, 'aia-of-later', 'of-another-app'])
    vi.stubGlobal('caches', { keys: async () => [...names], delete: async (name: string) => names.delete(name) })
    try {
      await deleteSeenCaches()
    } finally {
      vi.unstubAllGlobals()
    }
    expect([...names]).toEqual([precacheName, offlineCache, 'of-another-app'])
  })
  it('is knowledge, and never what the Admin area shows', () => {
    for (const key of [
      [['neural', 'getResult'], {}],
      [['auth', 'profile'], {}],
      ['source-content', 'x'],
    ])
      expect(isKept(key), String(key[0])).toBe(true)
    for (const key of [[['audit', 'list'], {}], [['auth', 'listSessions'], {}], [['auth', 'listApiKeys'], {}], ['consent'], ['invitation', 't']])
      expect(isKept(key), String(key[0])).toBe(false)
  })
  it('goes by age when there is too much of it', () => {
    const kept = [1, 2, 3, 4].map((seenAt) => ({ key: `k${seenAt}`, seenAt, bytes: 10 }))
    const keys = (limits: { bytes: number; entries: number }) => overflow(kept, limits).map(({ key }) => key)
    expect(keys({ bytes: 100, entries: 10 })).toEqual([])
    expect(keys({ bytes: 20, entries: 10 })).toEqual(['k2', 'k1'])
    expect(keys({ bytes: 100, entries: 3 })).toEqual(['k1'])
  })
  it('is weighed without being written out', () => {
    expect(weigh('abcd')).toBe(8)
    expect(weigh(new Float32Array(100))).toBe(400)
    expect(weigh({ rows: ['ab', 'cd'] })).toBeGreaterThan(8)
    expect(weigh(null)).toBe(8)
  })
})

describe('what other apps share', () => {
  const form = (entries: Record<string, string | File>) => {
    const data = new FormData()
    for (const [name, value] of Object.entries(entries)) data.append(name, value)
    return sharedWork(data)
  }
  it('is a file, an address or a text', () => {
    expect(form({ title: 'T', file: new File(['x'], 'a.md') })).toMatchObject([{ kind: 'file', name: 'a.md' }])
    expect(form({ url: 'https://example.org/a' })).toEqual([{ kind: 'address', url: 'https://example.org/a' }])
    expect(form({ title: 'T', text: ' https://example.org/b ' })).toEqual([{ kind: 'address', url: 'https://example.org/b' }])
    expect(form({ text: 'See https://example.org/b' })).toEqual([
      { kind: 'text', title: 'See https://example.org/b', content: 'See https://example.org/b' },
    ])
    expect(form({})).toEqual([])
    expect(form({ file: new File([], 'empty.md') })).toEqual([])
  })
})

it('knows a part of the app that did not load from any other error', () => {
  expect(isChunkError(Object.assign(new Error('Loading chunk 12 failed.'), { name: 'ChunkLoadError' }))).toBe(true)
  expect(isChunkError(Object.assign(new Error('x'), { code: 'CSS_CHUNK_LOAD_FAILED' }))).toBe(true)
  expect(isChunkError(new TypeError('Failed to fetch dynamically imported module: https://x/a.js'))).toBe(true)
  for (const other of [new TypeError('Failed to fetch'), 'ChunkLoadError', null]) expect(isChunkError(other)).toBe(false)
})

it('makes ids where the browser does not', () => {
  const { randomUUID } = crypto
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  try {
    expect(newId()).toMatch(pattern)
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true })
    expect(newId()).toMatch(pattern)
    expect(newId()).not.toBe(newId())
  } finally {
    Object.defineProperty(crypto, 'randomUUID', { value: randomUUID, configurable: true })
  }
})
