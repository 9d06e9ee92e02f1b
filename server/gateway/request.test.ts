import { describe, expect, it } from 'vitest'
import { addressOf, requestIdOf, requireSameOrigin } from './request.ts'

const publicUrl = 'https://aia.example'
const passes = (method: string, headers: Record<string, string>, by: 'cookie' | 'bearer' | 'api_key' = 'cookie') => {
  try {
    requireSameOrigin(new Request('http://inside/api', { method, headers: { host: 'inside:3000', ...headers } }), { by }, publicUrl)
    return true
  } catch {
    return false
  }
}

describe('a browser session [ASVS 5.0 V3.5]', () => {
  it.each<[boolean, string, Record<string, string>]>([
    [true, 'our own page', { 'sec-fetch-site': 'same-origin', origin: 'https://aia.example' }],
    [true, 'our own page without Origin', { 'sec-fetch-site': 'same-origin' }],
    [true, 'our own page over plain http, by Origin', { origin: 'http://inside:3000' }],
    [true, 'our own page behind a trusted proxy', { 'x-forwarded-host': 'aia.inside', origin: 'https://aia.inside' }],
    [false, 'another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    [false, 'another site that names our host as origin', { 'sec-fetch-site': 'cross-site', origin: 'https://aia.example' }],
    [false, 'a neighbour below the same domain', { 'sec-fetch-site': 'same-site', origin: 'https://other.example' }],
    [false, 'a typed address or bookmark', { 'sec-fetch-site': 'none' }],
    [false, 'a sandboxed frame', { origin: 'null' }],
    [false, 'another port', { origin: 'http://inside:3001' }],
    [false, 'a host that begins like ours', { origin: 'https://aia.example.evil.example' }],
    [false, 'neither Origin nor Sec-Fetch-Site', {}],
    [false, 'a foreign origin that claims to be the same site', { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' }],
  ])('may change something (%s): %s', (allowed, _who, headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(passes(method, headers), method).toBe(allowed)
  })

  it('may read from anywhere, and a token needs no origin', () => {
    expect(passes('GET', { 'sec-fetch-site': 'cross-site' })).toBe(true)
    for (const by of ['bearer', 'api_key'] as const) expect(passes('POST', { origin: 'https://evil.example' }, by)).toBe(true)
  })
})

it('keeps a request id that has the form of one, and takes no secret for one', () => {
  const idOf = (id: string) => requestIdOf(new Headers({ 'x-request-id': id }))
  for (const id of ['0190f3a2-7c1e-7bcd-9a61-1f2e3d4c5b6a', '4bf92f3577b34da6a3ce929d0e0e4736', '01ARZ3NDEKTSV4RRFFQ69G5FAV'])
    expect(idOf(id)).toBe(id)
  for (const id of [
    'short',
    'correct-horse-battery-staple',
    'with space in it',
    '4111111111111111',
    'aia_live_0123456789abcdef',
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  ])
    expect(idOf(id)).toMatch(/^[0-9a-f-]{36}$/)
})

it('takes no address that did not pass the edge', () => {
  expect(addressOf(new Headers({ 'x-forwarded-for': '203.0.113.9' }))).toBe('203.0.113.9')
  expect(addressOf(new Headers({ 'x-forwarded-for': '1.1.1.1, 203.0.113.9' }))).toBe('unknown')
  expect(addressOf(new Headers())).toBe('unknown')
})
