import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import type { ProcessResult } from './contract.ts'

const leave = `# Leave

Every employee receives 28 days of paid leave per year. Leave requests go to the line manager.

## Sick leave

After three days of illness a medical certificate is needed.
`

describe('neural/process', () => {
  let aia: TestInstallation
  beforeAll(async () => {
    aia = await startInstallation()
    await aia.add('Leave policy', leave)
    await aia.add('Travel policy', '# Travel\n\nTrains are booked in second class. Flights need the approval of the finance team.')
  })
  afterAll(() => aia.stop())
  const ask = (question: string, more: object = {}) => aia.json<ProcessResult>('POST', 'neural/process', { data: { question }, ...more })

  it.each(['standard', 'advanced', 'enterprise'])('answers in %s mode with citations that slice the stored text', async (mode) => {
    const result = await ask('How many days of paid leave does an employee receive?', { processing_type: mode, enterprise_tier: 'fortune_500' })
    expect(result).toMatchObject({ status: 'answered', cached: false })
    expect(result.answer).toContain('28 days')
    expect(result.citations.length).toBeGreaterThan(0)
    for (const citation of result.citations) {
      const content = await (await aia.call('GET', `neural/sources/${citation.source_id}/content`)).text()
      expect(content.slice(citation.start, citation.end)).toBe(citation.quote)
      expect(result.answer).toContain(`[${citation.n}]`)
    }
  })

  it('says no_answer without a citation when the knowledge does not cover the question', async () => {
    expect(await ask('What is the boiling point of tungsten?')).toMatchObject({ status: 'no_answer', citations: [], answer: '' })
  })

  it('answers the same question from the cache until the knowledge changes', async () => {
    const first = await ask('Who approves flights?')
    const second = await ask('Who approves flights?')
    expect([first.cached, second.cached]).toEqual([false, true])
    expect(second).toMatchObject({ answer: first.answer, input_hash: first.input_hash })
    await aia.add('Canteen', 'The canteen opens at noon.', 'text/plain')
    expect((await ask('Who approves flights?')).cached).toBe(false)
  })

  it('makes an answer once when many ask for it together, and records an answer for each', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => ask('Which class are trains booked in?')))
    expect(results.filter(({ cached }) => !cached)).toHaveLength(1)
    expect(new Set(results.map(({ id }) => id)).size).toBe(6)
    expect(new Set(results.map(({ answer }) => answer)).size).toBe(1)
    for (const { id } of results) expect((await aia.call('GET', `neural/results/${id}`)).status).toBe(200)
  })

  it('streams progress, then the result', async () => {
    const response = await aia.call(
      'POST',
      'neural/process',
      { data: { question: 'When is a medical certificate needed?' } },
      { headers: { accept: 'text/event-stream' } },
    )
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const events = (await response.text())
      .trim()
      .split('\n\n')
      .map((block) => {
        const [event, data] = block.split('\n').map((line) => line.slice(line.indexOf(':') + 2))
        return { event, data: JSON.parse(data ?? '') as ProcessResult }
      })
    expect(events.slice(0, -1).every(({ event }) => event === 'progress')).toBe(true)
    expect(events.length).toBeGreaterThan(2)
    expect(events.at(-1)).toMatchObject({ event: 'result', data: { status: 'answered' } })
  })

  it('analyses a content, and keeps it only when asked', async () => {
    const before = await aia.json<{ sources: { total: number } }>('GET', 'neural/status')
    const analysed = await aia.json<ProcessResult>('POST', 'neural/process', {
      data: { content: 'A medical certificate was needed after the illness of an employee.' },
    })
    expect(analysed.analysis).toMatchObject({ source_id: null })
    expect(analysed.analysis?.nearest[0]?.title).toContain('Sick leave')
    expect((await aia.json<typeof before>('GET', 'neural/status')).sources.total).toBe(before.sources.total)
    const kept = await aia.json<ProcessResult>('POST', 'neural/process', { data: { content: 'The parking garage closes at ten.', remember: true } })
    expect(await aia.json('GET', `neural/sources/${kept.analysis?.source_id}`)).toMatchObject({ origin: 'memory' })
  })

  it('analyses the same content from the cache until the knowledge changes, but remembers as often as it is asked to', async () => {
    const body = { data: { content: 'sample data' }, processing_type: 'advanced', enterprise_tier: 'fortune_500' }
    const post = (more: object = {}) => aia.json<ProcessResult>('POST', 'neural/process', { ...body, data: { ...body.data, ...more } })
    const [first, second] = [await post(), await post()]
    expect([first.cached, second.cached]).toEqual([false, true])
    expect(second).toMatchObject({ answer: first.answer, analysis: first.analysis, input_hash: first.input_hash })
    expect(second.id).not.toBe(first.id)
    const { items } = await aia.json<{ items: { id: string; question: string }[] }>('GET', 'neural/results?limit=2')
    expect(items).toMatchObject([
      { id: second.id, question: 'sample data' },
      { id: first.id, question: 'sample data' },
    ])
    const kept = [await post({ remember: true }), await post({ remember: true })]
    expect(kept.map(({ cached }) => cached)).toEqual([false, false])
    expect(new Set(kept.map(({ analysis }) => analysis?.source_id)).size).toBe(2)
    for (const { analysis } of kept) await aia.settled(analysis?.source_id ?? '')
    expect(await post()).toMatchObject({ cached: false, analysis: { source_id: null } })
  })

  it.each([
    ['an unknown field', { data: { question: 'x' }, colour: 'red' }],
    ['an unknown field inside data', { data: { question: 'x', colour: 'red' } }],
    ['no question and no content', { data: {} }],
    ['an empty question', { data: { question: '   ' } }],
    ['a question of another type', { data: { question: 7 } }],
    ['a question that is too long', { data: { question: 'x'.repeat(2_001) } }],
    ['half a surrogate pair', { data: { question: '\ud800 x' } }],
    ['a NUL character', { data: { question: 'a\u0000b' } }],
    ['an unknown mode', { data: { question: 'x' }, processing_type: 'magic' }],
    ['a list', []],
  ])('refuses %s', async (_what, body) => {
    const response = await aia.call('POST', 'neural/process', body)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = (await response.json()) as { code: string; errors: unknown[]; request_id: string }
    expect(problem).toMatchObject({ code: 'invalid_input', errors: [{ detail: expect.any(String), pointer: expect.any(String) }] })
  })

  it('keeps the answer for its history, and takes feedback on its citations', async () => {
    const result = await ask('In which class are trains booked?')
    const n = result.citations[0]?.n
    expect(await aia.json('POST', 'neural/feedback', { result_id: result.id, useful: true, citations: [{ n, useful: false }] })).toEqual({
      result_id: result.id,
      recorded: 2,
    })
    expect(await aia.json('GET', `neural/results/${result.id}`)).toMatchObject({
      question: 'In which class are trains booked?',
      feedback: expect.arrayContaining([
        { citation: 0, useful: true },
        { citation: n, useful: false },
      ]),
    })
    expect((await aia.call('POST', 'neural/feedback', { result_id: result.id, citations: [{ n: 99, useful: true }] })).status).toBe(400)
    expect((await aia.call('POST', 'neural/feedback', { result_id: crypto.randomUUID(), useful: true })).status).toBe(404)
  })
})
