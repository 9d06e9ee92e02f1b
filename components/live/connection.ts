import { createParser } from 'eventsource-parser'
import { isAborted, toProblem } from '@/components/api/problem'
import type { LiveEvent } from '@/server/events/contract'

/** `paused`: the page is hidden, so nothing is open. `off`: nobody is signed in, or nothing may be heard. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused' | 'off'

/** The server says something at least every five seconds; after that long a silence the connection is dead, whatever it looks like. */
const silenceMs = 15_000
const firstRetryMs = 1_000
const mostRetryMs = 30_000

interface Outside {
  /** Opens the stream after an event; a Problem when it is refused. */
  open(lastEventId: string | null, signal: AbortSignal): Promise<Response>
  /** The session has ended. */
  ended(): void
}

interface LiveConnection {
  state(): LiveState
  /** Calls back when the state changes. @returns what ends that */
  watch(listener: () => void): () => void
  /** Calls back with every event. @returns what ends that */
  listen(listener: (event: LiveEvent) => void): () => void
  /** Opens the stream, or goes on with it after the last event. */
  resume(): void
  /** Closes it and keeps the place. */
  pause(): void
  /** Closes it and forgets the place: as before the first opening. */
  stop(): void
}

/** Like the browser's EventSource, which can neither be paused nor tell why it was refused, nor sees that a connection has died silently. */
export function liveConnection({ open, ended }: Outside): LiveConnection {
  let state: LiveState = 'connecting'
  let lastEventId: string | null = null
  let running: AbortController | null = null
  const watchers = new Set<() => void>()
  const listeners = new Set<(event: LiveEvent) => void>()

  function become(next: LiveState): void {
    if (state === next) return
    state = next
    for (const watcher of watchers) watcher()
  }

  /** Reads one stream to its end. */
  async function follow(signal: AbortSignal): Promise<void> {
    const attempt = new AbortController()
    const cancel = () => attempt.abort()
    signal.addEventListener('abort', cancel)
    let watchdog = setTimeout(cancel, silenceMs)
    try {
      const response = await open(lastEventId, attempt.signal)
      const reader = response.body?.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
      const parser = createParser({
        onEvent: ({ id, data }) => {
          if (data === '') return
          const event = JSON.parse(data) as LiveEvent
          if (id !== undefined) lastEventId = id
          if (event.kind === 'opened') become('live')
          for (const listener of listeners) listener(event)
        },
      })
      while (reader) {
        const { done, value } = await reader.read()
        if (done) return
        clearTimeout(watchdog)
        watchdog = setTimeout(cancel, silenceMs)
        parser.feed(value)
      }
    } finally {
      clearTimeout(watchdog)
      signal.removeEventListener('abort', cancel)
      attempt.abort()
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    let retryMs = firstRetryMs
    while (!signal.aborted) {
      let toldMs: number | null = null
      try {
        await follow(signal)
      } catch (error) {
        if (signal.aborted) return
        const { status, retryAfterS } = toProblem(error)
        if (!isAborted(error) && (status === 401 || status === 403)) {
          become('off')
          if (status === 401) ended()
          return
        }
        if (retryAfterS !== null) toldMs = retryAfterS * 1_000
      }
      if (signal.aborted) return
      // It was open: the next try is the first again.
      if (state === 'live') retryMs = firstRetryMs
      const waitMs = toldMs ?? retryMs
      retryMs = Math.min(2 * retryMs, mostRetryMs)
      become('reconnecting')
      // Not all browsers at once after a restart of the server.
      await pause(waitMs * (0.75 + Math.random() / 2), signal)
    }
  }

  const close = () => {
    running?.abort()
    running = null
  }
  return {
    state: () => state,
    watch(listener) {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    resume() {
      if (running && state === 'live') return
      close()
      running = new AbortController()
      become(lastEventId === null ? 'connecting' : 'reconnecting')
      void run(running.signal)
    },
    pause() {
      close()
      become('paused')
    },
    stop() {
      close()
      lastEventId = null
      become('connecting')
    },
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
