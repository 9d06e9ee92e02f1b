import { call, ownHeaders } from '@/components/api/call'
import { toProblem } from '@/components/api/problem'
import { alone } from './alone'
import { serverAnswers } from './connection'
import { type Item, type Replay, replay, type Work } from './outbox'
import { outboxStore } from './outbox-store'
import type { Owner } from './owner'

const json = (body: unknown): RequestInit => ({
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: JSON.stringify(body),
})

function form(file: File, name: string): RequestInit {
  const body = new FormData()
  body.append('file', file, name)
  return { body }
}

function requestOf(work: Work): [path: string, init: RequestInit] {
  switch (work.kind) {
    case 'question':
      return ['/api/v1/neural/process', json({ data: { question: work.question }, processing_type: work.mode, enterprise_tier: work.tier })]
    case 'feedback': {
      const about = work.citation === 0 ? { useful: work.useful } : { citations: [{ n: work.citation, useful: work.useful }] }
      return ['/api/v1/neural/feedback', json({ result_id: work.resultId, ...about })]
    }
    case 'file':
      return ['/api/v1/neural/sources', form(work.file, work.name)]
    case 'text':
      return ['/api/v1/neural/sources', json({ title: work.title, content: work.content })]
    case 'address':
      return ['/api/v1/neural/sources', json({ url: work.url })]
  }
}

/** Sends one item under its Idempotency-Key. Throws a Problem. */
async function send({ work, id }: Item): Promise<{ resultId: string | null }> {
  const [path, init] = requestOf(work)
  const response = await call(path, { ...init, method: 'POST', headers: { ...ownHeaders, ...init.headers, 'idempotency-key': id } })
  const answer = (await response.json()) as { id?: unknown }
  return { resultId: work.kind === 'question' && typeof answer.id === 'string' ? answer.id : null }
}

const channelName = 'aia-outbox'
/** Tells every tab, this one too, that the outbox has changed. */
export function tellChanged(): void {
  for (const listener of listeners) listener()
  const channel = new BroadcastChannel(channelName)
  channel.postMessage('changed')
  channel.close()
}

const listeners = new Set<() => void>()
/** Hears of changes by this tab, another one or the service worker. */
export function followOutbox(listener: () => void): () => void {
  const channel = new BroadcastChannel(channelName)
  channel.onmessage = listener
  listeners.add(listener)
  return () => {
    channel.close()
    listeners.delete(listener)
  }
}

/** Sends what this owner has waiting; where there are no locks the Idempotency-Key alone keeps two tabs apart. @returns after how many ms to try again; null when nothing waits */
export function sendWaiting(owner: Owner): Promise<number | null> {
  return alone('aia-outbox', async () => {
    const waits = (await outboxStore.list()).some((item) => item.owner === owner && (item.state === 'waiting' || item.state === 'sending'))
    if (!waits) return null
    // Then what breaks off afterwards may have arrived, and what was never sent is not taken for it.
    if (!(await serverAnswers())) return 15_000
    return replay({ store: outboxStore, owner, send, toProblem, now: Date.now, changed: tellChanged } satisfies Replay)
  })
}
