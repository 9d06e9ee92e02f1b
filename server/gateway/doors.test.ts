import { gzipSync } from 'node:zlib'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '../api.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { undeclared } from './operation.ts'
import type { ProblemDocument } from './problem.ts'
import { routeTable } from './route-table.ts'
import { auditEntries } from './tables.ts'

const routes = routeTable(api, '')
describe('the operation table', () => {
  it('refuses what does not declare who may call it, how often, and what it leaves, and opens little to everybody', () => {
    expect(undeclared({ permission: 'public', limit: 'default' }, 'GET')).toBe('This operation declares no audit.')
    expect(undeclared({ permission: 'public', limit: 'default', audit: 'none' }, 'POST')).toMatch('must be audited')
    expect(undeclared({ permission: 'public', limit: 'default', audit: 'row' }, 'POST')).toMatch('what becomes of its target')
    expect(undeclared({ permission: 'public', limit: 'default', audit: 'own', state: 'made' }, 'POST')).toBeNull()
    expect(undeclared({}, 'GET')).toBe('This operation declares no permission and no limit and no audit.')
    expect(
      routes
        .filter((route) => route.meta.permission === 'public')
        .map((route) => route.name)
        .sort(),
    ).toEqual([
      'auth.acceptInvitation',
      'auth.challengePasskey',
      'auth.login',
      'auth.loginPasskey',
      'auth.readInvitation',
      'auth.refresh',
      'auth.signInMethods',
    ])
  })
})

describe('the REST door', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation({ AIA_MAX_UPLOAD_MB: '1', AIA_CORS_ORIGINS: 'https://partner.example' })
  })
  afterAll(() => aia.stop())
  async function problemOf(response: Response): Promise<ProblemDocument> {
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const document = (await response.json()) as ProblemDocument
    expect(document).toMatchObject({
      type: `urn:aia:problem:${document.code}`,
      status: response.status,
      request_id: response.headers.get('x-request-id'),
    })
    return document
  }

  it.each([
    ['GET', 'neural/sources/not-an-id', '/id'],
    ['GET', 'neural/sources?limit=0', '/limit'],
    ['GET', 'neural/sources?limit=abc', '/limit'],
    ['GET', 'neural/sources?colour=red', ''],
    ['GET', 'neural/sources?cursor=zzz', '/cursor'],
    ['GET', 'neural/sources?state=lost', '/state'],
    ['GET', 'neural/status?colour=red', ''],
    ['GET', 'neural/graph?budget=100000', '/budget'],
    ['GET', 'neural/atoms?q=%00', '/q'],
  ])('names the field that is wrong: %s %s', async (method, path, pointer) => {
    const document = await problemOf(await aia.call(method, path))
    expect(document).toMatchObject({ code: 'invalid_input', status: 400 })
    expect(document.errors?.map((error) => error.pointer)).toContain(pointer)
  })

  it('answers 405 with Allow, 404 for unknown paths, and HEAD like GET without a body', async () => {
    const wrong = await aia.call('PUT', 'neural/status')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET'])
    expect((await aia.call('GET', 'neural/nothing')).status).toBe(404)
    const head = await aia.call('HEAD', 'neural/status')
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('refuses broken JSON, other media types and too much', async () => {
    const json = { headers: { 'content-type': 'application/json' } }
    expect((await problemOf(await aia.call('POST', 'neural/process', '{"data":', json))).code).toBe('invalid_input')
    expect((await problemOf(await aia.call('POST', 'neural/process', '<a/>', { headers: { 'content-type': 'text/xml' } }))).code).toBe(
      'unsupported_type',
    )
    expect((await problemOf(await aia.call('POST', 'neural/process', 'x'.repeat(13 * 1024 * 1024), json))).code).toBe('too_large')
    const form = new FormData()
    form.append('file', new File(['x '.repeat(600_000)], 'long.txt', { type: 'text/plain' }))
    expect(await problemOf(await aia.call('POST', 'neural/sources', form))).toMatchObject({ code: 'too_large', errors: [{ pointer: '/file' }] })
  })

  it.each<[string, string, BlobPart, string, string]>([
    ['a picture', 'a.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'unsupported_type', 'image/png'],
    ['an archive that is no document', 'a.gz', new Uint8Array(gzipSync('text')), 'unsupported_type', 'application/gzip'],
    ['a broken PDF', 'a.pdf', '%PDF-1.7\nnothing', 'broken_document', 'application/pdf'],
    ['a text that is no UTF-8', 'a.txt', new Uint8Array([0x66, 0xff, 0xfe, 0x67, 0x80]), 'invalid_encoding', 'text/plain'],
    ['an empty file', 'a.md', '', 'empty_document', 'text/markdown'],
    ['broken JSON', 'a.json', '{"a":', 'broken_document', 'application/json'],
  ])('refuses %s and stores nothing', async (_what, name, bytes, code, type) => {
    const form = new FormData()
    form.append('file', new File(['Fine text.'], 'fine.txt', { type: 'text/plain' }))
    form.append('file', new File([bytes], name, { type }))
    const document = await problemOf(await aia.call('POST', 'neural/sources', form))
    expect(document).toMatchObject({ code, errors: [{ pointer: '/file/1' }] })
    expect(await aia.json('GET', 'neural/sources')).toMatchObject({ items: [] })
  })

  it.each(['http://127.0.0.1/x', 'http://10.0.0.1/', 'http://169.254.169.254/latest/', 'file:///etc/passwd', 'nonsense'])(
    'refuses to fetch %s',
    async (url) => {
      expect(await problemOf(await aia.call('POST', 'neural/sources', { url }))).toMatchObject({
        code: 'invalid_input',
        errors: [{ pointer: '/url' }],
      })
    },
  )

  it.each([
    ['nothing', {}],
    ['two ways at once', { title: 'a', content: 'b', url: 'http://example.com' }],
    ['content without a title', { content: 'b' }],
    ['an extra field', { title: 'a', content: 'b', owner: 'me' }],
    ['half a surrogate pair', { title: 'a', content: '\udfff' }],
  ])('refuses a source with %s', async (_what, body) => {
    expect(await problemOf(await aia.call('POST', 'neural/sources', body))).toMatchObject({ status: 400, errors: [{ detail: expect.any(String) }] })
  })

  it('keeps what one file of two says, and forgets it exactly', async () => {
    const empty = await aia.json('GET', 'neural/status')
    const form = new FormData()
    form.append('file', new File(['# One\n\nThe same sentence stands in both files.'], 'one.md', { type: 'text/markdown' }))
    form.append('file', new File(['# Two\n\nOnly the second says this about tides.'], 'two.md', { type: 'text/markdown' }))
    const response = await aia.call('POST', 'neural/sources', form)
    expect(response.status).toBe(202)
    const { items } = (await response.json()) as { items: { id: string }[] }
    for (const { id } of items) {
      await aia.settled(id)
      const preview = await aia.json('GET', `neural/sources/${id}/removal`)
      expect(await aia.json('DELETE', `neural/sources/${id}`)).toEqual(preview)
    }
    const counts = ({ atoms, pathways, sources }: Record<string, unknown>) => ({ atoms, pathways, sources })
    expect(counts(await aia.json('GET', 'neural/status'))).toEqual(counts(empty))
  })

  it.each<[string | null, boolean]>([
    ['https://013a.tech', true],
    ['https://console.eu.013a.tech', true],
    ['https://partner.example', true],
    ['http://013a.tech', false],
    ['https://013a.tech.evil.example', false],
    ['https://evil013a.tech', false],
    ['https://013a.tech:8443', false],
    ['https://partner.example.evil', false],
    ['null', false],
    [null, false],
  ])('answers a preflight without sign-in, and lets pages of %s in: %s [ASVS 5.0 V3.4.2]', async (origin, allowed) => {
    const asked = { ...(origin ? { origin } : {}), 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'authorization' }
    const response = await aia.call('OPTIONS', 'neural/sources', undefined, { token: null, headers: asked })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe(allowed ? origin : null)
    expect(response.headers.get('access-control-allow-methods')).toBe(allowed ? 'GET, POST, PUT, DELETE' : null)
    expect(response.headers.get('access-control-allow-headers')).toBe(allowed ? 'Authorization, Content-Type' : null)
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    expect(response.headers.get('vary')).toContain('Origin')
    // Refusals are readable to them as well.
    const refused = await aia.call('GET', 'neural/status', undefined, { token: null, headers: origin ? { origin } : {} })
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, allowed ? origin : null])
    expect(refused.headers.get('vary')).toContain('Origin')
  })

  it('tells what is left of the limit, and that it is over [ASVS 5.0 V2.4.1]', async () => {
    const ask = () => aia.call('GET', 'neural/sources/x/removal', undefined, { token: null, headers: { 'x-forwarded-for': '203.0.113.77' } })
    const first = await ask()
    expect(first.headers.get('ratelimit-policy')).toBe('"anonymous";q=100;w=3600')
    expect(first.headers.get('ratelimit')).toMatch(/^"anonymous";r=99;t=\d+$/)
    for (let i = 0; i < 99; i++) await ask()
    const over = await ask()
    expect((await problemOf(over)).code).toBe('rate_limited')
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(3_500)
    const signedIn = await aia.call('GET', 'neural/status')
    expect(signedIn.headers.get('ratelimit-policy')).toBe('"fortune_500";q=10000;w=3600')
  })

  it('limits failed sign-ins by account, wherever they come from', async () => {
    const attempt = (from: number) =>
      aia.call(
        'POST',
        'auth/login',
        { email: 'limited@example.com', password: 'wrong password' },
        { token: null, headers: { 'x-forwarded-for': `198.51.100.${from}` } },
      )
    const statuses = []
    for (let i = 0; i <= 20; i++) statuses.push((await attempt(i)).status)
    expect([statuses[0], statuses.at(-1)]).toEqual([401, 429])
  })

  it('records who reached for what is not theirs', async () => {
    const id = crypto.randomUUID()
    expect((await aia.call('GET', `neural/sources/${id}`)).status).toBe(404)
    const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    const entries = await aia.runtime.services.database.tenant(enterprise.id, (tx) =>
      tx.select().from(auditEntries).where(eq(auditEntries.target, id)),
    )
    expect(entries).toMatchObject([{ operation: 'neural.getSource', outcome: 'refused', detail: { code: 'not_found' } }])
  })

  it('answers a wrong password and an unknown account alike', async () => {
    const answers = await Promise.all(
      ['owner@example.com', 'nobody@example.com'].map(async (email) =>
        problemOf(await aia.call('POST', 'auth/login', { email, password: 'wrong password' }, { token: null })),
      ),
    )
    expect(answers.map(({ status, detail }) => [status, detail])).toEqual([answers[0], answers[0]].map((a) => [401, a?.detail]))
  })
})
