import { createParser } from 'eventsource-parser'

interface HeardEvent {
  /** What the client sends back as Last-Event-ID. */
  eventId: string | undefined
  kind: string
  [field: string]: unknown
}

export interface Listening {
  /** Everything that came, in order. */
  heard: HeardEvent[]
  /** Waits for an event that passes, among those that came and those to come; the test's own time limit ends it. */
  until(passes: (event: HeardEvent) => boolean): Promise<HeardEvent>
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>
  close(): Promise<void>
}

/** Reads a stream of events from its response. */
export function listenTo(response: Response): Listening {
  if (!response.ok || !response.body) throw new Error(`The stream answered ${response.status}.`)
  const heard: HeardEvent[] = []
  const waiting = new Set<() => void>()
  const parser = createParser({
    onEvent: ({ id, data }) => {
      if (data) heard.push({ ...(JSON.parse(data) as { kind: string }), eventId: id })
      for (const each of waiting) each()
    },
  })
  const reader = response.body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  const ended = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      parser.feed(value)
    }
  })()
  return {
    heard,
    ended,
    until: (passes) =>
      new Promise((resolve) => {
        const look = () => {
          const found = heard.find(passes)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    close: () => reader.cancel(),
  }
}
