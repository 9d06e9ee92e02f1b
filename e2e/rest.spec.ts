// The REST contract from outside: what another program meets on the standalone server.
import { randomUUID } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { serverUnderTest } from './account.ts'
import { type Answer, call, forget, knowledge, learn, settled, signIn, type Tokens } from './rest-client.ts'

interface Citation {
  n: number
  source_id: string
  atom_id: string
  title: string
  quote: string
  start: number
  end: number
}

interface Processed {
  id: string
  status: 'answered' | 'partial' | 'no_answer'
  answer: string
  confidence: number
  citations: Citation[]
  path: { from: string; to: string; kind: string; weight: number }[]
  agents: { name: string; task: string; outcome: string; duration_ms: number }[]
  model_version: number
  input_hash: string
  cached: boolean
  timing_ms: { total: number }
}

const ask = (question: string, more: object = {}): Promise<Answer<Processed>> =>
  call<Processed>('/api/v1/neural/process', { json: { data: { question }, ...more } })

/** A text about things that exist nowhere else, so that tests cannot answer each other's questions. */
function lighthouse(name: string): string {
  return [
    `# ${name} lighthouse`,
    '',
    `The ${name} lighthouse stands on the island of Tarnholm. It was lit for the first time in 1871 – «früh am Morgen» 🌅.`,
    '',
    '## Keeper',
    '',
    `The first keeper of the ${name} lighthouse was the botanist Ilse Vantorp. She kept a log of 214 storms.`,
    '',
    '## Lamp',
    '',
    `The lamp of the ${name} lighthouse burns rapeseed oil. Its lens was ground in Ostravia.`,
    '',
  ].join('\n')
}

const newName = () =>
  `Quorvane${randomUUID()
    .replace(/[^a-f]/g, '')
    .slice(0, 6)}x`

test.describe('without signing in', () => {
  test('health and readiness answer', async () => {
    for (const path of ['/health', '/ready']) expect((await call(path, { token: null })).status).toBe(200)
  })

  test('every other operation answers 401, whatever is sent', async () => {
    const { access_token: token } = await signIn()
    await call('/api/v1/auth/logout', { json: {}, token })
    const id = randomUUID()
    const operations = [
      ['GET', '/api/v1/auth/profile'],
      ['POST', '/api/v1/auth/logout'],
      ['POST', '/api/v1/neural/process'],
      ['POST', '/api/v1/neural/train'],
      ['GET', '/api/v1/neural/training-runs'],
      ['GET', '/api/v1/neural/status'],
      ['GET', '/api/v1/neural/metrics'],
      ['POST', '/api/v1/neural/feedback'],
      ['POST', '/api/v1/neural/sources'],
      ['GET', '/api/v1/neural/sources'],
      ['GET', `/api/v1/neural/sources/${id}`],
      ['DELETE', `/api/v1/neural/sources/${id}`],
      ['GET', `/api/v1/neural/sources/${id}/content`],
      ['GET', '/api/v1/neural/atoms'],
      ['GET', `/api/v1/neural/atoms/${id}`],
      ['GET', '/api/v1/neural/graph'],
    ] as const
    const strangers = [null, 'not-a-token', token, `${token.slice(0, -6)}AAAAAA`]
    for (const [method, path] of operations) {
      for (const stranger of strangers) {
        const answer = await call(path, { method, token: stranger, ...(method === 'POST' ? { json: { data: { question: 'What is AIA?' } } } : {}) })
        expect(answer.status, `${method} ${path} with ${stranger === null ? 'nothing' : 'a wrong token'}`).toBe(401)
      }
    }
  })

  test('a wrong password and an unknown account get the same refusal', async () => {
    const wrong = await call('/api/v1/auth/login', { json: { email: serverUnderTest().email, password: randomUUID() }, token: null })
    const unknown = await call('/api/v1/auth/login', { json: { email: 'nobody@aia.local', password: randomUUID() }, token: null })
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(wrong.body.detail).toBe(unknown.body.detail)
  })
})

test('a refresh token gives one successor, and coming again after that was used it ends the session', async () => {
  const first = await signIn()
  expect(first.token_type).toBe('Bearer')
  expect(first.expires_in).toBe(24 * 3600)
  const refresh = (token: string) => call<Tokens>('/api/v1/auth/refresh', { json: { refresh_token: token }, token: null })
  const second = await refresh(first.refresh_token)
  expect(second.status).toBe(200)
  expect((await call('/api/v1/auth/profile', { token: second.body.access_token })).status).toBe(200)
  expect((await refresh(first.refresh_token)).body.refresh_token).toBe(second.body.refresh_token)
  const third = await refresh(second.body.refresh_token)
  expect(third.status).toBe(200)
  expect((await refresh(first.refresh_token)).status).toBe(401)
  expect((await refresh(third.body.refresh_token)).status).toBe(401)
  expect((await call('/api/v1/auth/profile', { token: second.body.access_token })).status).toBe(401)
})

test('files become sources whose content is what was given', async () => {
  const names = [newName(), newName()]
  const form = new FormData()
  for (const name of names) form.append('file', new Blob([lighthouse(name)], { type: 'text/markdown' }), `${name}.md`)
  const answer = await call<{ items: { id: string; state: string }[] }>('/api/v1/neural/sources', { form })
  expect(answer.status).toBe(202)
  expect(answer.body.items).toHaveLength(2)
  for (const [index, item] of answer.body.items.entries()) {
    const source = await settled(item.id)
    expect(source.state).toBe('ready')
    expect(source.atoms).toBeGreaterThanOrEqual(3)
    const content = await call(`/api/v1/neural/sources/${item.id}/content`)
    expect(content.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(content.text).toBe(lighthouse(names[index] ?? ''))
    await forget(item.id)
  }
})

test('every sentence of an answer cites the exact words of a source', async () => {
  const name = newName()
  const source = await learn(`${name} lighthouse`, lighthouse(name))
  for (const processing_type of ['standard', 'advanced', 'enterprise']) {
    const { status, body } = await ask(`Who was the first keeper of the ${name} lighthouse?`, { processing_type, enterprise_tier: 'fortune_500' })
    expect(status).toBe(200)
    expect(body.status, processing_type).not.toBe('no_answer')
    expect(body.answer).toContain('Ilse Vantorp')
    expect(body.citations.length).toBeGreaterThan(0)
    expect(body.input_hash).toMatch(/^[0-9a-f]{64}$/)
    for (const citation of body.citations) {
      const content = await call(`/api/v1/neural/sources/${citation.source_id}/content`)
      expect(content.text.slice(citation.start, citation.end)).toBe(citation.quote)
      expect((await call(`/api/v1/neural/atoms/${citation.atom_id}`)).status).toBe(200)
    }
    // Each sentence ends with the marks of its citations, and every mark is one of them.
    const marks = [...body.answer.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]))
    expect(new Set(marks)).toEqual(new Set(body.citations.map((citation) => citation.n)))
    expect(body.answer.trim()).toMatch(/\[\d+\]$/)
    for (const citation of body.citations) expect(body.answer).toContain(citation.quote.trim())
  }
  await forget(source.id)
})

test('an answer to the same question comes from the cache until the knowledge changes', async () => {
  const name = newName()
  const source = await learn(`${name} lighthouse`, lighthouse(name))
  const question = `What does the lamp of the ${name} lighthouse burn?`
  const [first, second] = [await ask(question), await ask(question)]
  expect([first.body.cached, second.body.cached]).toEqual([false, true])
  expect(second.body.answer).toBe(first.body.answer)
  expect(second.body.input_hash).toBe(first.body.input_hash)
  const other = await learn('Aside', `${name} has nothing to do with this.`)
  expect((await ask(question)).body.cached).toBe(false)
  await forget(source.id)
  const after = await ask(question)
  expect(after.body.answer).not.toContain('rapeseed')
  await forget(other.id)
})

test('a question outside the knowledge gets no_answer and not one citation', async () => {
  const name = newName()
  const source = await learn(`${name} lighthouse`, lighthouse(name))
  for (const processing_type of ['standard', 'advanced', 'enterprise']) {
    const { body } = await ask('Which enzyme unwinds the double helix during bacterial replication?', { processing_type })
    expect(body.status).toBe('no_answer')
    expect(body.citations).toEqual([])
    expect(body.answer).toBe('')
  }
  await forget(source.id)
})

test('progress streams as server-sent events and ends with the result', async () => {
  const name = newName()
  const source = await learn(`${name} lighthouse`, lighthouse(name))
  const json = { data: { question: `Where does the ${name} lighthouse stand?` }, processing_type: 'enterprise', enterprise_tier: 'enterprise' }
  const stream = await call('/api/v1/neural/process', { json, accept: 'text/event-stream' })
  expect(stream.status).toBe(200)
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  const events = stream.text
    .split(/\r?\n\r?\n/)
    .map((block) =>
      block
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5))
        .join('\n')
        .trim(),
    )
    .filter((data) => data.startsWith('{'))
    .map((data) => JSON.parse(data) as Partial<Processed> & { agent?: string })
  const result = events.at(-1)
  expect(events.length).toBeGreaterThan(1)
  expect(events.slice(0, -1).some((event) => event.agent)).toBe(true)
  expect(result?.status).toBe('answered')
  expect(result?.answer).toContain('Tarnholm')
  await forget(source.id)
})

test('content can be analysed without being kept, and kept on request', async () => {
  const before = await knowledge()
  const content = lighthouse(newName())
  const analysed = await call<{ analysis: { summary: string; source_id: string | null } }>('/api/v1/neural/process', { json: { data: { content } } })
  expect(analysed.status).toBe(200)
  expect(content).toContain(analysed.body.analysis.summary.split('. ')[0] ?? '?')
  expect(analysed.body.analysis.source_id).toBeNull()
  expect(await knowledge()).toEqual(before)
  const kept = await call<{ analysis: { source_id: string } }>('/api/v1/neural/process', { json: { data: { content, remember: true } } })
  const source = await settled(kept.body.analysis.source_id)
  expect(source.state).toBe('ready')
  expect((await knowledge()).atoms).toBeGreaterThan(before.atoms)
  await forget(source.id)
  expect(await knowledge()).toEqual(before)
})

test('the contract’s own example is answered', async () => {
  const json = { data: { content: 'sample data' }, processing_type: 'advanced', enterprise_tier: 'fortune_500' }
  expect((await call('/api/v1/neural/process', { json })).status).toBe(200)
})

test('the same text twice adds a source and no atom; deleting leaves exactly what was there', async () => {
  const before = await knowledge()
  const text = lighthouse(newName())
  const first = await learn('First copy', text)
  const once = await knowledge()
  const second = await learn('Second copy', text)
  const twice = await knowledge()
  expect(twice.atoms).toBe(once.atoms)
  expect(twice.sources.ready).toBe((once.sources.ready ?? 0) + 1)
  expect((await forget(first.id)).removed.atoms).toBe(0)
  expect((await knowledge()).atoms).toBe(once.atoms)
  const removed = await forget(second.id)
  expect(removed.removed.atoms).toBe(once.atoms - before.atoms)
  expect(await knowledge()).toEqual(before)
  for (const id of [first.id, second.id]) {
    for (const path of [`/api/v1/neural/sources/${id}`, `/api/v1/neural/sources/${id}/content`]) expect((await call(path)).status).toBe(404)
    expect((await call(`/api/v1/neural/sources/${id}`, { method: 'DELETE' })).status).toBe(404)
  }
})

test('atoms can be filtered, counted, paged and opened, and the graph keeps its budget', async () => {
  const name = newName()
  const source = await learn(`${name} lighthouse`, lighthouse(name))
  interface Page {
    items: { id: string; title: string; content_hash: string }[]
    next_cursor: string | null
    total: number
    facets: { kinds: { value: string; count: number }[] }
  }
  const seen = new Set<string>()
  let cursor: string | null = null
  let total = 0
  do {
    const query: URLSearchParams = new URLSearchParams({ limit: '2', q: name, ...(cursor ? { cursor } : {}) })
    const { body, status }: Answer<Page> = await call<Page>(`/api/v1/neural/atoms?${query}`)
    expect(status).toBe(200)
    for (const atom of body.items) {
      expect(seen.has(atom.id), 'an atom on two pages').toBe(false)
      expect(atom.content_hash).toMatch(/^[0-9a-f]{64}$/)
      seen.add(atom.id)
    }
    total = body.total
    cursor = body.next_cursor
  } while (cursor)
  expect(seen.size).toBe(total)
  expect(total).toBeGreaterThan(0)
  const [id] = seen
  const atom = await call<{ semantic_summary: string; technical_context: object; relationships: unknown[] }>(`/api/v1/neural/atoms/${id}`)
  expect(atom.status).toBe(200)
  const graph = await call<{ nodes: { id: string }[]; edges: { from: string; to: string }[]; truncated: boolean }>('/api/v1/neural/graph?budget=2')
  expect(graph.status).toBe(200)
  expect(graph.body.nodes.length).toBeLessThanOrEqual(2)
  const nodes = new Set(graph.body.nodes.map((node) => node.id))
  for (const edge of graph.body.edges) expect(nodes.has(edge.from) && nodes.has(edge.to)).toBe(true)
  await forget(source.id)
})

test('feedback is recorded, and a training run can be started and read', async () => {
  const name = newName()
  const source = await learn(`${name} lighthouse`, lighthouse(name))
  const { body } = await ask(`In which year was the ${name} lighthouse lit for the first time?`)
  const n = body.citations[0]?.n
  const given = await call('/api/v1/neural/feedback', { json: { result_id: body.id, useful: true, citations: [{ n, useful: true }] } })
  expect(given.status).toBe(200)
  expect((await call('/api/v1/neural/feedback', { json: { result_id: randomUUID(), useful: true } })).status).toBe(404)
  const run = await call<{ id: string }>('/api/v1/neural/train', { json: {} })
  expect([200, 202]).toContain(run.status)
  await expect
    .poll(
      async () => {
        const runs = await call<{ items: { id: string; state: string }[] }>('/api/v1/neural/training-runs')
        return runs.body.items.find((item) => item.id === run.body.id)?.state
      },
      { timeout: 60_000 },
    )
    .toMatch(/done|failed/)
  const measured = await call<{ metrics: { name: string; value: number | null; definition: string; window: string; n: number }[] }>(
    '/api/v1/neural/metrics',
  )
  expect(measured.status).toBe(200)
  for (const metric of measured.body.metrics) {
    expect(metric.definition.length, metric.name).toBeGreaterThan(10)
    if (metric.n === 0) expect(metric.value, metric.name).toBeNull()
  }
  await forget(source.id)
})

const long = 'x'.repeat(2_001)
const wrongCalls: { name: string; path: string; given: Parameters<typeof call>[1]; status: number; names?: string }[] = [
  { name: 'no body', path: 'process', given: { method: 'POST' }, status: 400 },
  { name: 'no data', path: 'process', given: { json: {} }, status: 400, names: 'data' },
  { name: 'empty data', path: 'process', given: { json: { data: {} } }, status: 400, names: 'question' },
  { name: 'an empty question', path: 'process', given: { json: { data: { question: '  ' } } }, status: 400, names: 'question' },
  { name: 'a question that is too long', path: 'process', given: { json: { data: { question: long } } }, status: 400, names: 'question' },
  { name: 'a number for a question', path: 'process', given: { json: { data: { question: 7 } } }, status: 400, names: 'question' },
  { name: 'an unknown field', path: 'process', given: { json: { data: { question: 'Who?' }, extra: 1 } }, status: 400, names: 'extra' },
  { name: 'an unknown field in data', path: 'process', given: { json: { data: { question: 'Who?', x: 1 } } }, status: 400, names: 'x' },
  {
    name: 'an unknown mode',
    path: 'process',
    given: { json: { data: { question: 'Who?' }, processing_type: 'magic' } },
    status: 400,
    names: 'processing_type',
  },
  {
    name: 'an unknown tier',
    path: 'process',
    given: { json: { data: { question: 'Who?' }, enterprise_tier: 'gold' } },
    status: 400,
    names: 'enterprise_tier',
  },
  {
    name: '__proto__',
    path: 'process',
    given: { raw: { body: '{"data":{"question":"Who?","__proto__":{"a":1}}}', type: 'application/json' } },
    status: 400,
  },
  { name: 'broken JSON', path: 'process', given: { raw: { body: '{"data":', type: 'application/json' } }, status: 400 },
  { name: 'XML', path: 'process', given: { raw: { body: '<a/>', type: 'text/xml' } }, status: 415 },
  { name: 'a source without anything', path: 'sources', given: { json: {} }, status: 400 },
  { name: 'content without a title', path: 'sources', given: { json: { content: 'Some words.' } }, status: 400, names: 'title' },
  { name: 'empty content', path: 'sources', given: { json: { title: 'Empty', content: '' } }, status: 400, names: 'content' },
  { name: 'an unsupported type of content', path: 'sources', given: { json: { title: 'A', content: 'b', content_type: 'image/png' } }, status: 415 },
  { name: 'loopback', path: 'sources', given: { json: { url: 'http://127.0.0.1:9/a' } }, status: 400, names: 'url' },
  { name: 'a private network', path: 'sources', given: { json: { url: 'http://10.0.0.1/a' } }, status: 400, names: 'url' },
  { name: 'the metadata address', path: 'sources', given: { json: { url: 'http://169.254.169.254/latest/meta-data' } }, status: 400, names: 'url' },
  { name: 'loopback by name', path: 'sources', given: { json: { url: 'http://localhost/a' } }, status: 400, names: 'url' },
  { name: 'loopback in IPv6', path: 'sources', given: { json: { url: 'http://[::1]/a' } }, status: 400, names: 'url' },
  { name: 'loopback as a number', path: 'sources', given: { json: { url: 'http://2130706433/a' } }, status: 400, names: 'url' },
  { name: 'a file address', path: 'sources', given: { json: { url: 'file:///etc/passwd' } }, status: 400, names: 'url' },
  { name: 'an id that is none', path: 'sources/42', given: {}, status: 400 },
  { name: 'an unknown id', path: `sources/${randomUUID()}`, given: {}, status: 404 },
  { name: 'an unknown filter', path: 'atoms?colour=red', given: {}, status: 400, names: 'colour' },
  { name: 'a page that is too large', path: 'atoms?limit=100000', given: {}, status: 400, names: 'limit' },
  { name: 'a broken cursor', path: 'atoms?cursor=%00', given: {}, status: 400 },
  { name: 'an unknown path', path: 'nothing', given: {}, status: 404 },
  { name: 'a wrong method', path: 'process', given: { method: 'DELETE' }, status: 405 },
]

test.describe('bad input gets a clear refusal and changes nothing', () => {
  let before: Awaited<ReturnType<typeof knowledge>>
  test.beforeAll(async () => {
    before = await knowledge()
  })
  test.afterEach(async () => {
    expect(await knowledge()).toEqual(before)
  })

  for (const { name, path, given, status, names } of wrongCalls) {
    test(name, async () => {
      const answer = await call<{ detail?: string; errors?: { pointer: string }[] }>(`/api/v1/neural/${path}`, given)
      expect(answer.status, answer.text).toBe(status)
      if (names) expect(JSON.stringify([answer.body.detail, answer.body.errors])).toContain(names)
    })
  }

  const files: { name: string; bytes: Uint8Array<ArrayBuffer> | string; file: string; type: string; status: number }[] = [
    {
      name: 'an image',
      bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]),
      file: 'a.png',
      type: 'image/png',
      status: 415,
    },
    { name: 'a PDF that is none', bytes: '%PDF-1.7\nnothing', file: 'a.pdf', type: 'application/pdf', status: 422 },
    {
      name: 'a DOCX that is none',
      bytes: new Uint8Array([0x50, 0x4b, 3, 4, 1, 2, 3]),
      file: 'a.docx',
      type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      status: 422,
    },
    { name: 'invalid UTF-8', bytes: new Uint8Array([0x41, 0xc3, 0x28, 0xff, 0xfe, 0x41]), file: 'a.txt', type: 'text/plain', status: 422 },
    { name: 'an empty file', bytes: '', file: 'a.md', type: 'text/markdown', status: 422 },
    { name: 'more than the limit', bytes: new Uint8Array(51 * 1024 * 1024).fill(97), file: 'a.txt', type: 'text/plain', status: 413 },
  ]
  for (const { name, bytes, file, type, status } of files) {
    test(`a file: ${name}`, async () => {
      const form = new FormData()
      form.append('file', new Blob([bytes], { type }), file)
      const answer = await call<{ detail?: string }>('/api/v1/neural/sources', { form })
      expect(answer.status, answer.text).toBe(status)
      expect(answer.body.detail?.length).toBeGreaterThan(10)
    })
  }
})

test('a wrong method says which are right', async () => {
  const answer = await call('/api/v1/neural/process', { method: 'GET' })
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')).toContain('POST')
})

test('every answer names its request and what is left of the limit', async () => {
  const { headers } = await call('/api/v1/neural/status')
  expect(headers.get('x-request-id')).toBeTruthy()
  expect(Number(headers.get('ratelimit-limit'))).toBe(10_000)
  expect(Number(headers.get('ratelimit-remaining'))).toBeLessThan(10_000)
})

test('signing out ends the access token at once', async () => {
  const { access_token: token } = await signIn()
  expect((await call('/api/v1/auth/profile', { token })).status).toBe(200)
  expect((await call('/api/v1/auth/logout', { json: {}, token })).status).toBe(200)
  expect((await call('/api/v1/auth/profile', { token })).status).toBe(401)
})
