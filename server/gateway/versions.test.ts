import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { api } from '../api.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { batch } from './batch.ts'
import { breakingChanges, type OpenApi } from './breaking-changes.ts'
import { describeEnd } from './deprecation.ts'
import { openapi31 } from './openapi.ts'
import { routeTable } from './route-table.ts'
import { secondVersion } from './second-version.ts'

const kept = join(import.meta.dirname, 'openapi-v1.json')
const two = secondVersion(api, { batch })

describe('version 1 is frozen', () => {
  it('breaks nothing that stands in the kept document', async () => {
    const now = (await openapi31(api)) as OpenApi
    // What is new is kept by: AIA_KEEP_V1=1 npx vitest run server/gateway/versions.test.ts
    if (process.env.AIA_KEEP_V1 === '1') writeFileSync(kept, `${JSON.stringify(now, null, 1)}\n`)
    const old = JSON.parse(await readFile(kept, 'utf8')) as OpenApi
    expect(Object.keys(old.paths ?? {}).length).toBeGreaterThan(15)
    expect(breakingChanges(old, now)).toEqual([])
  })

  const answer = (schema: object) => ({ responses: { 200: { content: { 'application/json': { schema } } } } })
  const body = (schema: object) => ({ ...answer({}), requestBody: { content: { 'application/json': { schema } } } })
  const query = (parameter: object) => ({ ...answer({}), parameters: [{ name: 'q', in: 'query', ...parameter }] })
  const fields = (properties: object, required: string[] = []) => ({ type: 'object', properties, required, additionalProperties: false })
  const document = (operation: object | undefined): OpenApi => ({ paths: { '/v1/x': operation ? { post: operation } : {} } })
  const text = { type: 'string' }

  it.each<[string, object, object | undefined, string]>([
    ['a removed operation', answer({}), undefined, 'is gone'],
    ['a removed field of an answer', answer(fields({ a: text })), answer(fields({})), '/a: is gone'],
    ['a field that may be missing', answer(fields({ a: text }, ['a'])), answer(fields({ a: text })), 'may be missing'],
    ['a removed value of an answer', answer({ enum: ['a', 'b'] }), answer({ enum: ['a'] }), '"b" is gone'],
    ['a value that may be anything', answer({ enum: ['a'] }), answer(text), 'any value now'],
    ['an answer that may be null', answer(text), answer({ anyOf: [text, { type: 'null' }] }), 'never was'],
    ['another type of an answer', answer(text), answer({ type: 'integer' }), 'may be integer'],
    [
      'a deep change',
      answer({ type: 'array', items: fields({ a: fields({ b: text }) }) }),
      answer({ type: 'array', items: fields({ a: fields({}) }) }),
      '[]/a/b: is gone',
    ],
    ['a removed status', { responses: { 202: {} } }, { responses: { 200: {} } }, '202: is gone'],
    ['a new required input', body(fields({ a: text })), body(fields({ a: text, b: text }, ['b'])), '/b: must be given'],
    ['an input that became required', body(fields({ a: text })), body(fields({ a: text }, ['a'])), '/a: must be given'],
    ['a removed input', body(fields({ a: text })), body(fields({})), '/a: is gone'],
    ['a removed value of an input', body({ enum: ['a', 'b'] }), body({ enum: ['a'] }), '"b" is gone'],
    ['a narrowed type', body({ type: 'number' }), body({ type: 'integer' }), 'does not take number'],
    ['null not taken any more', body({ anyOf: [text, { type: 'null' }] }), body(text), 'not accepted'],
    ['a shorter text', body({ ...text, maxLength: 10 }), body({ ...text, maxLength: 9 }), 'maxLength'],
    ['a new bound', body({ type: 'integer' }), body({ type: 'integer', minimum: 0 }), 'minimum'],
    ['a new pattern', body(text), body({ ...text, pattern: '^a' }), 'pattern'],
    [
      'a removed media type',
      body(text),
      { ...answer({}), requestBody: { content: { 'text/plain': { schema: text } } } },
      'application/json: is gone',
    ],
    ['a removed parameter', query({ schema: text }), answer({}), 'query q: is gone'],
    ['a parameter that became required', query({ schema: text }), query({ schema: text, required: true }), 'must be given'],
    ['a new required parameter', answer({}), query({ schema: text, required: true }), 'must be given'],
    ['a body that became required', body(text), { ...body(text), requestBody: { ...body(text).requestBody, required: true } }, 'body: must be given'],
  ])('refuses %s', (_what, old, now, line) => {
    expect(breakingChanges(document(old), document(now)).join('\n')).toContain(line)
    expect(breakingChanges(document(old), document(old))).toEqual([])
  })

  it('accepts what only adds', () => {
    expect(breakingChanges(document(answer(fields({ a: text }))), document(answer(fields({ a: text, b: text }, ['a', 'b']))))).toEqual([])
    expect(breakingChanges(document(body(fields({ a: text }, ['a']))), document(body(fields({ a: text, b: text }))))).toEqual([])
    expect(breakingChanges(document(body({ enum: ['a'] })), document(body({ enum: ['a', 'b'] })))).toEqual([])
    expect(breakingChanges(document(answer({ type: 'number' })), document(answer({ type: 'integer' })))).toEqual([])
    expect(breakingChanges(document(body({ $ref: '#/components/schemas/T' })), { ...document(body(text)), components: {} })).not.toEqual([''])
  })
})

/** Members of what a browser's passkey call gives and takes: named by the standard, passed on as they are (W3C Web Authentication Level 3, 5.1). */
const webAuthnMembers = new Set(
  'rawId authenticatorAttachment clientExtensionResults clientDataJSON attestationObject authenticatorData userHandle publicKey publicKeyAlgorithm'.split(
    ' ',
  ),
)

describe('version 2', () => {
  it('has every operation of version 1 under the same name, with the same permission, limit and audit, and a batch', () => {
    const [one, second] = [routeTable(api, ''), routeTable(two, '')]
    expect(second.map(({ name, method, path, meta }) => ({ name, method, path, meta }))).toEqual([
      ...one.map(({ name, method, path, meta }) => ({ name, method, path: path.replace('/v1/', '/v2/'), meta })),
      expect.objectContaining({ name: 'batch', path: '/v2/batch' }),
    ])
  })

  it('gives every list as a page, and names nothing in camel case', async () => {
    const document = (await openapi31(api, two)) as OpenApi
    const operations = Object.entries(
      document.paths as Record<
        string,
        Record<string, { responses: Record<string, { content?: Record<string, { schema?: { properties?: object } }> }> }>
      >,
    )
    const lists = operations.flatMap(([path, item]) => {
      const properties = item.get?.responses['200']?.content?.['application/json']?.schema?.properties
      return path.startsWith('/v2/') && properties && 'items' in properties ? [[path, 'next_cursor' in properties]] : []
    })
    expect(lists.length).toBeGreaterThan(5)
    expect(lists.filter(([, isPage]) => !isPage)).toEqual([])
    const names: string[] = []
    const collect = (value: unknown): void => {
      if (value === null || typeof value !== 'object') return
      const { properties } = value as { properties?: object }
      if (properties && typeof properties === 'object') names.push(...Object.keys(properties))
      for (const each of Object.values(value)) collect(each)
    }
    collect(document.paths)
    expect(names.length).toBeGreaterThan(100)
    expect(names.filter((name) => /[A-Z]/.test(name) && !webAuthnMembers.has(name))).toEqual([])
    const ids = [...JSON.stringify(document).matchAll(/"operationId":"([^"]+)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('tells when an operation ends (RFC 9745, RFC 8594)', () => {
    const headers = new Headers()
    describeEnd({ deprecated: { since: '2026-01-01', sunset: '2027-06-30', link: 'https://aia.example/docs' } }, headers)
    expect([headers.get('deprecation'), headers.get('sunset'), headers.get('link')]).toEqual([
      '@1767225600',
      'Wed, 30 Jun 2027 00:00:00 GMT',
      '<https://aia.example/docs>; rel="deprecation"; type="text/html"',
    ])
    describeEnd({}, headers)
  })

  describe('at the door', () => {
    let aia: TestInstallation
    beforeAll(async () => {
      aia = await startInstallation()
    })
    afterAll(() => aia.stop())
    interface Page {
      items: { name: string }[]
      next_cursor: string | null
      measured_at: string
    }
    const get = async (path: string) => {
      const response = await aia.call('GET', `/api/v2/${path}`)
      return { status: response.status, body: (await response.json()) as Page }
    }
    interface Results {
      results: { id: string | null; status: number; body: { code?: string; ready?: boolean; results?: unknown } }[]
    }
    const send = (operations: object[], token?: string) => aia.call('POST', '/api/v2/batch', { operations }, token ? { token } : {})

    it('walks a list page by page to its end', async () => {
      const whole = await get('neural/metrics')
      expect(whole.body.next_cursor).toBeNull()
      const walked: string[] = []
      let cursor: string | null = null
      do {
        const { body, status }: { body: Page; status: number } = await get(`neural/metrics?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
        expect(status).toBe(200)
        expect(body.items.length).toBeLessThanOrEqual(2)
        walked.push(...body.items.map(({ name }) => name))
        cursor = body.next_cursor
      } while (cursor)
      expect(walked).toEqual(whole.body.items.map(({ name }) => name))
      expect((await get('neural/metrics?cursor=zzz')).status).toBe(400)
      expect((await get('neural/metrics?colour=red')).status).toBe(400)
    })

    it('runs a batch, each operation with its own status', async () => {
      const response = await send([
        { id: 'a', method: 'GET', path: '/api/v2/neural/status' },
        { method: 'GET', path: `/api/v1/neural/sources/${crypto.randomUUID()}` },
        { method: 'POST', path: '/api/v2/neural/sources', body: { title: 'From a batch', content: 'Words.' }, idempotency_key: 'batch-part-0001' },
        { method: 'POST', path: '/api/v2/neural/sources', body: { title: 'From a batch', content: 'Words.' }, idempotency_key: 'batch-part-0001' },
        { method: 'PUT', path: '/api/v2/neural/status' },
        { method: 'GET', path: '/api/v2/nowhere' },
      ])
      const { results } = (await response.json()) as Results
      expect(results.map(({ status }) => status)).toEqual([200, 404, 202, 202, 405, 404])
      expect(results[0]).toMatchObject({ id: 'a', body: { ready: true } })
      expect(results[1]?.body.code).toBe('not_found')
      expect(results[3]?.body).toEqual(results[2]?.body)
    })

    it.each([
      ['another batch', [{ method: 'POST', path: '/api/v2/batch', body: { operations: [] } }]],
      ['what is no operation', [{ method: 'GET', path: 'http://169.254.169.254/api/v1/x' }]],
      ['nothing', []],
      ['too many', Array.from({ length: 51 }, () => ({ method: 'GET', path: '/api/v2/neural/status' }))],
    ])('refuses %s in a batch', async (_what, operations) => {
      expect((await send(operations)).status).toBe(400)
    })

    it('lets a batch do nothing that its caller may not', async () => {
      const response = await send([{ method: 'GET', path: '/api/v2/neural/status' }], 'nonsense')
      expect(response.status).toBe(401)
    })
  })
})
