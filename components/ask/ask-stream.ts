import { createParser } from 'eventsource-parser'
import { call, ownHeaders } from '@/components/api/call'
import { Problem, readProblem } from '@/components/api/problem'
import type { Mode, ProcessProgress, ProcessResult, Tier } from '@/components/api/types'

export type Question = { question: string; mode: Mode; tier: Tier }

/**
 * Asks and follows the answer as it is made (`text/event-stream`: `progress`, then `result` or `error`). Throws a Problem;
 * aborting `signal` throws an AbortError.
 */
export async function askStream(
  { question, mode, tier }: Question,
  signal: AbortSignal,
  onProgress: (progress: ProcessProgress) => void,
  idempotencyKey: string,
): Promise<ProcessResult> {
  const response = await call('/api/v1/neural/process', {
    method: 'POST',
    signal,
    headers: { ...ownHeaders, 'content-type': 'application/json', accept: 'text/event-stream', 'idempotency-key': idempotencyKey },
    body: JSON.stringify({ data: { question }, processing_type: mode, enterprise_tier: tier }),
  })
  const broken = () =>
    new Problem({
      status: 0,
      code: 'interrupted',
      detail: 'The answer broke off before it was complete. Ask again.',
      requestId: response.headers.get('x-request-id'),
    })
  if (!response.body) throw broken()
  if (!response.headers.get('content-type')?.includes('text/event-stream')) return (await response.json()) as ProcessResult

  let result: ProcessResult | null = null
  let failure: Problem | null = null
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event === 'progress') onProgress(JSON.parse(data) as ProcessProgress)
      else if (event === 'result') result = JSON.parse(data) as ProcessResult
      else if (event === 'error') {
        const body = JSON.parse(data) as { status?: unknown }
        failure = readProblem(body, typeof body.status === 'number' ? body.status : 500, response.headers)
      }
    },
  })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      parser.feed(value)
    }
  } catch (error) {
    if (error instanceof DOMException) throw error
    throw broken()
  }
  if (failure) throw failure
  if (!result) throw broken()
  return result
}
