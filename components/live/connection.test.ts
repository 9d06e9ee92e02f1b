import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '@/components/api/problem'
import type { LiveEvent } from '@/server/events/contract'
import { type LiveState, liveConnection } from './connection'

/** A server: every opening is a stream that the test writes to. */
function server() {
  const opened: { after: string | null; say(event: object, id?: string): void; comment(): void; end(): void; signal: AbortSignal }[] = []
  const refusals: Problem[] = []
  return {
    opened,
    refusals,
    async open(after: string | null, signal: AbortSignal): Promise<Response> {
      const refusal = refusals.shift()
      if (refusal) throw refusal
      let controller!: ReadableStreamDefaultController<Uint8Array>
      const body = new ReadableStream<Uint8Array>({
        start(given) {
          controller = given
          signal.addEventListener('abort', () => given.error(new DOMException('aborted', 'AbortError')))
        },
      })
      const write = (text: string) => controller.enqueue(new TextEncoder().encode(text))
      opened.push({
        after,
        signal,
        say: (event, id) => write(`event: message\n${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(event)}\n\n`),
        comment: () => write(': \n\n'),
        end: () => controller.close(),
      })
      return new Response(body)
    },
  }
}

describe('the stream of a window', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function start() {
    const at = server()
    const ended = vi.fn()
    const connection = liveConnection({ open: at.open, ended })
    const states: LiveState[] = []
    const heard: LiveEvent[] = []
    connection.watch(() => states.push(connection.state()))
    connection.listen((event) => heard.push(event))
    connection.resume()
    return { at, ended, connection, states, heard }
  }
  const turn = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

  it('is live once it is opened, and goes on after the last event when it was cut', async () => {
    const { at, states, heard } = start()
    await turn()
    at.opened[0]?.say({ kind: 'opened' }, 'g.1')
    at.opened[0]?.say({ kind: 'knowledge.changed', atoms: 2 }, 'g.2')
    await turn()
    at.opened[0]?.end()
    await turn(2_000)
    expect(at.opened.map(({ after }) => after)).toEqual([null, 'g.2'])
    at.opened[1]?.say({ kind: 'opened' }, 'g.2')
    await turn()
    expect(states).toEqual(['live', 'reconnecting', 'live'])
    expect(heard.map(({ kind }) => kind)).toEqual(['opened', 'knowledge.changed', 'opened'])
  })

  it('is closed while the window is hidden, and catches up when it is seen', async () => {
    const { at, connection } = start()
    await turn()
    at.opened[0]?.say({ kind: 'opened' }, 'g.4')
    await turn()
    connection.pause()
    await turn(600_000)
    expect([connection.state(), at.opened.length, at.opened[0]?.signal.aborted]).toEqual(['paused', 1, true])
    connection.resume()
    await turn()
    expect(at.opened[1]?.after).toBe('g.4')
  })

  it('takes silence for death, and a sign of life for life', async () => {
    const { at, connection } = start()
    await turn()
    at.opened[0]?.say({ kind: 'opened' }, 'g.1')
    for (let i = 0; i < 10; i++) {
      await turn(5_000)
      at.opened[0]?.comment()
    }
    expect([connection.state(), at.opened.length]).toEqual(['live', 1])
    await turn(20_000)
    expect(at.opened.length).toBe(2)
  })

  it('waits longer and longer while nobody answers, as long as the server says when it says so', async () => {
    const { at } = start()
    const opens = async (count: number, mostSeconds: number) => {
      for (let second = 0; second < mostSeconds && at.opened.length < count; second++) await turn(1_000)
      return at.opened.length
    }
    for (let i = 0; i < 6; i++) at.refusals.push(new Problem({ status: 0, code: 'offline', detail: '' }))
    at.opened[0]?.end()
    await turn(12_000)
    expect(at.refusals.length).toBeGreaterThan(1)
    expect(await opens(2, 120)).toBe(2)
    expect(at.refusals).toEqual([])
    at.refusals.push(new Problem({ status: 429, code: 'rate-limited', detail: '', retryAfterS: 60 }))
    at.opened[1]?.say({ kind: 'opened' }, 'g.1')
    await turn()
    at.opened[1]?.end()
    await turn(30_000)
    expect([at.refusals.length, at.opened.length]).toEqual([0, 2])
    expect(await opens(3, 60)).toBe(3)
  })

  it('is off and says so when the session has ended', async () => {
    const at = server()
    const ended = vi.fn()
    at.refusals.push(new Problem({ status: 401, code: 'unauthenticated', detail: '' }))
    const connection = liveConnection({ open: at.open, ended })
    connection.resume()
    await turn(60_000)
    expect([connection.state(), ended.mock.calls.length, at.opened.length]).toEqual(['off', 1, 0])
  })
})
