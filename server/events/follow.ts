import { eventIterator, withEventMeta } from '@orpc/server'
import { longOperation, noInput } from '../gateway/operation.ts'
import { problem } from '../gateway/problem.ts'
import type { Caller, Services } from '../gateway/services.ts'
import type { Follower, Heard, OutboxPosition } from '../storage/outbox/port.ts'
import { type LiveEvent, liveEvent } from './contract.ts'
import { visibleTo } from './visible.ts'

/** Streams of one person that a process keeps open: some windows and some programs. A browser opens one for each window that is seen. */
export const mostStreams = 12
/** Whether the session goes on is asked so often, and before anything is told when that was longer ago than the second. */
const askEveryMs = 5_000
const trustedMs = 1_000
/** How long a client waits before it comes back when the stream ends. */
const retryMs = 1_000

const idOf = ({ generation, sequence }: OutboxPosition) => `${generation}.${sequence}`

/** What a client sends as Last-Event-ID. What is no place of ours is one that is not kept any more. */
function positionOf(id: string | undefined): OutboxPosition | null {
  if (id === undefined || id === '') return null
  const [, generation, sequence] = /^([0-9a-f-]{36}|none)\.(\d{1,15})$/.exec(id) ?? []
  return generation === undefined ? { generation: 'unknown', sequence: 0 } : { generation, sequence: Number(sequence) }
}

/** Takes one of the person's streams. @returns what gives it back */
function takeStream(services: Services, personId: string, headers: Headers | undefined): () => void {
  const open = services.once('events.streams', () => new Map<string, number>())
  const count = open.get(personId) ?? 0
  if (count >= mostStreams) {
    headers?.set('retry-after', '10')
    throw problem('rate_limited', `At most ${mostStreams} streams of events can be open at once.`)
  }
  open.set(personId, count + 1)
  let isTaken = true
  return () => {
    if (!isTaken) return
    isTaken = false
    const left = (open.get(personId) ?? 1) - 1
    if (left > 0) open.set(personId, left)
    else open.delete(personId)
  }
}

/** What one look brought, as this caller may hear it. The last one carries the place after all of it, heard or not. */
function messagesOf(caller: Caller, { events, isReset, position }: Heard): LiveEvent[] {
  if (isReset) return [withEventMeta({ kind: 'reset' as const }, { id: idOf(position), retry: retryMs })]
  const messages: LiveEvent[] = []
  for (const event of events) {
    const visible = visibleTo(caller, event)
    if (visible) messages.push(withEventMeta(visible, { id: idOf({ ...position, sequence: event.sequence }) }))
  }
  return messages
}

interface Stream extends AsyncIterableIterator<LiveEvent, void, void> {
  return(): Promise<IteratorResult<LiveEvent, void>>
}

/** Tells what happens until the client goes, the session ends or the process does. */
function streamOf(
  follower: Follower,
  from: OutboxPosition | null,
  first: Caller,
  identifyAgain: () => Promise<Caller | null>,
  ended: () => void,
): Stream {
  const waiting: LiveEvent[] = []
  let caller = first
  let askedAt = Date.now()
  let isOpened = false

  /** False when this credential does not open the stream any more. */
  async function isStillOpen(): Promise<boolean> {
    // Nobody can say it while the database is away: then it ends, and goes on when somebody can.
    const now = await identifyAgain().catch(() => null)
    askedAt = Date.now()
    if (!now || now.mustSecure || now.enterpriseId !== first.enterpriseId || now.personId !== first.personId) return false
    caller = now
    return true
  }
  const end = () => {
    follower.close()
    ended()
    return { done: true, value: undefined } as const
  }
  return {
    async next() {
      for (;;) {
        const message = waiting.shift()
        if (message) return { done: false, value: message }
        const heard = await follower.next(Math.max(0, askedAt + askEveryMs - Date.now()))
        if (heard === undefined) return end()
        if (Date.now() - askedAt > (heard ? trustedMs : askEveryMs - 1) && !(await isStillOpen())) return end()
        if (!heard) continue
        if (!isOpened) waiting.push(withEventMeta({ kind: 'opened' as const }, { id: idOf(from ?? heard.position), retry: retryMs }))
        waiting.push(...messagesOf(caller, heard))
        isOpened = true
      }
    },
    return: async () => end(),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

export const followEvents = longOperation
  .meta({ permission: 'profile.read', limit: 'default', audit: 'none' })
  .route({
    method: 'GET',
    path: '/v1/events',
    summary: 'What happens, as server-sent events within a second; goes on after Last-Event-ID',
    tags: ['events'],
  })
  .input(noInput)
  .output(eventIterator(liveEvent))
  .handler(async ({ context: { services, caller, resHeaders, identifyAgain }, lastEventId, signal }) => {
    const giveBack = takeStream(services, caller.personId, resHeaders)
    try {
      const from = positionOf(lastEventId)
      const follower = await services.events.follow(caller.enterpriseId, from)
      signal?.addEventListener('abort', () => {
        follower.close()
        giveBack()
      })
      // No proxy and no compression may hold events back.
      resHeaders?.set('cache-control', 'no-cache, no-transform')
      resHeaders?.set('x-accel-buffering', 'no')
      return streamOf(follower, from, caller, identifyAgain, giveBack)
    } catch (error) {
      giveBack()
      throw error
    }
  })
