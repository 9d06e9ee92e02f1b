import { setTimeout as pause } from 'node:timers/promises'
import type { FetchLike } from '../answering/phrase.ts'

/**
 * Why there is no vector. `unavailable`: not reached, late, over its limits or without rights. `refused`: it does not take this text.
 * `invalid`: what it answered are no vectors.
 */
export class EmbeddingError extends Error {
  constructor(
    readonly kind: 'unavailable' | 'refused' | 'invalid',
    message: string,
  ) {
    super(message)
  }
}

export interface Embedder {
  readonly model: string
  /** A unit vector a text, in their order, all of one dimension. Repeats a call once when the endpoint is busy. @throws EmbeddingError */
  index(texts: readonly string[]): Promise<Float32Array[]>
  /** The unit vector of a question, asked for once. @throws EmbeddingError */
  question(text: string, timeoutMs?: number): Promise<Float32Array>
}

export interface EmbedderConfig {
  /** Base URL of an OpenAI-compatible API, for example https://host/v1. */
  url: string
  model: string
  apiKey?: string | undefined
  indexTimeoutMs?: number
  /** Before a call is repeated, unless the endpoint says how long (Retry-After, 10 s at most). */
  backOffMs?: number
}

/** Texts a call. */
export const textsACall = 64
/** How long a question may wait for its vector. */
export const questionTimeoutMs = 1_500
const mostCharacters = 8_000
const mostBytes = 64 * 1024 * 1024
const longestBackOffMs = 10_000

/** Cut to what endpoints take, not through a surrogate pair: half a character is no JSON text to many of them. */
export function cut(text: string): string {
  const part = text.slice(0, mostCharacters)
  return /[\uD800-\uDBFF]$/.test(part) ? part.slice(0, -1) : part
}

/**
 * Vectors from an OpenAI-compatible endpoint (POST /embeddings). The operator names it, so it may be an inside address; it may not send the
 * texts on to another one (redirects are errors).
 */
export function createEmbedder(config: EmbedderConfig, fetchLike: FetchLike): Embedder {
  const endpoint = `${config.url.replace(/\/+$/, '')}/embeddings`
  const send = (texts: readonly string[], timeoutMs: number): Promise<Response> =>
    fetchLike(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(config.apiKey ? { authorization: `Bearer ${config.apiKey}` } : {}),
      },
      body: JSON.stringify({ model: config.model, input: texts.map(cut) }),
      // Covers the body as well.
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    })
  async function embed(texts: readonly string[], timeoutMs: number, repeats: number): Promise<Float32Array[]> {
    let body: string
    try {
      let response = await send(texts, timeoutMs)
      if (repeats > 0 && isBusy(response.status)) {
        await response.body?.cancel()
        await pause(backOff(response, config.backOffMs ?? 1_000))
        response = await send(texts, timeoutMs)
      }
      if (!response.ok || response.redirected) {
        await response.body?.cancel()
        throw new EmbeddingError([400, 413, 422].includes(response.status) ? 'refused' : 'unavailable', `status ${response.status}`)
      }
      body = await readLimited(response)
    } catch (error) {
      if (error instanceof EmbeddingError) throw error
      throw new EmbeddingError('unavailable', reasonOf(error))
    }
    return vectorsOf(body, texts.length)
  }
  return {
    model: config.model,
    async index(texts) {
      const vectors: Float32Array[] = []
      for (let from = 0; from < texts.length; from += textsACall)
        vectors.push(...(await embed(texts.slice(from, from + textsACall), config.indexTimeoutMs ?? 30_000, 1)))
      if (vectors.some(({ length }) => length !== vectors[0]?.length)) throw new EmbeddingError('invalid', 'vectors of several dimensions')
      return vectors
    },
    async question(text, timeoutMs = questionTimeoutMs) {
      return (await embed([text], Math.max(1, Math.round(timeoutMs)), 0))[0] as Float32Array
    },
  }
}

const isBusy = (status: number): boolean => status === 429 || status >= 500

function backOff(response: Response, usual: number): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1_000, longestBackOffMs) : usual
}

/** fetch says "fetch failed"; why stands in the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

async function readLimited(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength
    if (bytes > mostBytes) throw new EmbeddingError('invalid', 'the answer is too long')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** The vectors of an answer, checked and brought to unit length. */
function vectorsOf(body: string, count: number): Float32Array[] {
  const wrong = (why: string): EmbeddingError => new EmbeddingError('invalid', why)
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    throw wrong('the answer is no JSON')
  }
  const data: unknown = typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : undefined
  if (!Array.isArray(data)) throw wrong('the answer has no list "data"')
  if (data.length !== count) throw wrong(`${data.length} vectors for ${count} texts`)
  const vectors = new Array<Float32Array | undefined>(count)
  for (const [place, item] of (data as unknown[]).entries()) {
    if (typeof item !== 'object' || item === null || !('embedding' in item)) throw wrong(`data[${place}] has no "embedding"`)
    // The order is the texts' own, unless the endpoint numbers them.
    const at = 'index' in item ? item.index : place
    if (typeof at !== 'number' || !Number.isInteger(at) || at < 0 || at >= count || vectors[at]) throw wrong(`data[${place}] has a wrong "index"`)
    const vector = unitVector(item.embedding)
    if (!vector) throw wrong(`data[${place}] is no vector of finite numbers`)
    vectors[at] = vector
  }
  return vectors as Float32Array[]
}

function unitVector(given: unknown): Float32Array | null {
  if (!Array.isArray(given) || given.length === 0) return null
  let squares = 0
  for (const value of given as unknown[]) {
    if (typeof value !== 'number') return null
    squares += value * value
  }
  // Also false for NaN and for what overflows. The zero vector points nowhere.
  if (!(squares > 0 && squares < Number.POSITIVE_INFINITY)) return null
  const length = Math.sqrt(squares)
  return Float32Array.from(given as number[], (value) => value / length)
}
