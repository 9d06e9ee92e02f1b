import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createEmbedder, type Embedder } from './client.ts'
import { type EmbeddingsSandbox, embeddingsSandbox } from './endpoint.fixture.ts'

let sandbox: EmbeddingsSandbox
let embedder: Embedder
beforeAll(async () => {
  sandbox = await embeddingsSandbox()
  embedder = createEmbedder({ url: sandbox.url, model: 'sandbox', apiKey: 'secret', backOffMs: 1, indexTimeoutMs: 5_000 }, (url, init) =>
    fetch(url, init),
  )
})
afterAll(() => sandbox.close())
beforeEach(() => {
  sandbox.behaviour = 'works'
  sandbox.calls = []
  sandbox.authorizations = []
})

const answering = (body: unknown) => createEmbedder({ url: 'http://sandbox', model: 'm' }, async () => new Response(JSON.stringify(body)))
const length = (vector: Float32Array): number => Math.hypot(...vector)

describe('embeddings client', () => {
  it('sends batches of 64 with the key and keeps the order of the texts, whatever the order of the answer', async () => {
    const texts = Array.from({ length: 130 }, (_, i) => `word${'abcdefghij'[i % 10]}${'abcdefghijklm'[Math.floor(i / 10)]}`)
    const vectors = await embedder.index(texts)
    expect(sandbox.calls.map((call) => call.length)).toEqual([64, 64, 2])
    expect(sandbox.authorizations).toEqual(Array(3).fill('Bearer secret'))
    for (const i of [0, 63, 64, 129]) expect(vectors[i]).toEqual(await embedder.question(texts[i] as string))
    for (const vector of vectors) expect(length(vector)).toBeCloseTo(1, 5)
  })

  it('cuts long texts, and not through a character', async () => {
    await embedder.index(['a'.repeat(9_000), `${'a'.repeat(7_999)}\u{1F600}tail`])
    expect(sandbox.calls[0]?.map((text) => text.length)).toEqual([8_000, 7_999])
  })

  it('repeats a call once when the endpoint is busy, only for indexing', async () => {
    sandbox.behaviour = 'busy once'
    expect(await embedder.index(['one'])).toHaveLength(1)
    expect(sandbox.calls).toHaveLength(2)
    sandbox.behaviour = 'fails'
    await expect(embedder.index(['one'])).rejects.toMatchObject({ kind: 'unavailable' })
    expect(sandbox.calls).toHaveLength(4)
    await expect(embedder.question('one')).rejects.toMatchObject({ kind: 'unavailable' })
    expect(sandbox.calls).toHaveLength(5)
  })

  it('does not follow a redirect with the texts', async () => {
    sandbox.behaviour = 'redirects'
    await expect(embedder.index(['one'])).rejects.toMatchObject({ kind: 'unavailable' })
    expect(sandbox.astray).toBe(0)
  })

  it('gives up an endpoint that hangs', async () => {
    sandbox.behaviour = 'hangs'
    await expect(embedder.question('one', 50)).rejects.toMatchObject({ kind: 'unavailable' })
  })

  it.each(['garbage', 'one too few'] as const)('refuses an answer: %s', async (behaviour) => {
    sandbox.behaviour = behaviour
    await expect(embedder.index(['one', 'two'])).rejects.toMatchObject({ kind: 'invalid' })
  })

  it.each([
    ['no list', {}],
    ['two dimensions', { data: [{ embedding: [1, 2] }, { embedding: [1, 2, 3] }] }],
    ['a number too large', { data: [{ embedding: [1, 2] }, { embedding: [1, 1e200] }] }],
    ['null for a number', { data: [{ embedding: [1, 2] }, { embedding: [1, null] }] }],
    ['an empty vector', { data: [{ embedding: [] }, { embedding: [] }] }],
    ['a zero vector', { data: [{ embedding: [1, 2] }, { embedding: [0, 0] }] }],
    ['a place twice', { data: [0, 0].map((index) => ({ index, embedding: [1, 2] })) }],
    ['a place outside', { data: [0, 2].map((index) => ({ index, embedding: [1, 2] })) }],
    ['base64', { data: ['AAAA', 'AAAA'].map((embedding) => ({ embedding })) }],
  ])('refuses %s', async (_, body) => {
    await expect(answering(body).index(['one', 'two'])).rejects.toMatchObject({ kind: 'invalid' })
  })

  it('takes a sound answer without numbers of places', async () => {
    expect(await answering({ data: [{ embedding: [3, 4] }] }).index(['one'])).toEqual([new Float32Array([0.6, 0.8])])
  })
})
