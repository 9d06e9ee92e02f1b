// What was done without a connection and waits to be sent. Pure: the store, the clock and the sending are given to it.
import type { Problem } from '@/components/api/problem'
import type { Mode, Tier } from '@/components/api/types'
import type { Owner } from './owner'

export type Work =
  | { kind: 'question'; question: string; mode: Mode; tier: Tier }
  | { kind: 'feedback'; resultId: string; citation: number; useful: boolean; about: string }
  | { kind: 'file'; name: string; file: File }
  | { kind: 'text'; title: string; content: string }
  | { kind: 'address'; url: string }

/** What a person is told when the server refused something. */
export type Refusal = { status: number; code: string; detail: string; requestId: string | null }

export type Item = {
  /** Order in which things were done. */
  seq: number
  /** The Idempotency-Key (docs/decisions/0015): however often it is sent, it happens once. */
  id: string
  /** Null for what was shared while nobody was signed in: it is the next person's. */
  owner: Owner | null
  work: Work
  doneAt: number
  state: 'waiting' | 'sending' | 'sent' | 'refused'
  /** When it was sent for the first time without an answer. */
  triedAt: number | null
  failures: number
  refusal: Refusal | null
  /** What came of it: the id of the answer to a question. */
  resultId: string | null
}

export interface OutboxStore {
  /** In the order in which things were done. */
  list(): Promise<Item[]>
  add(item: Omit<Item, 'seq'>): Promise<Item>
  /** Changes an item that is still there and is what `when` says; null when it is not. */
  change(seq: number, when: (item: Item) => boolean, change: Partial<Item>): Promise<Item | null>
  remove(seq: number): Promise<void>
}

/** The server keeps a key for 24 hours; later, sending again could happen twice. */
const keyLivesMs = 23 * 3_600_000
const mostFailures = 5
const shortPauseMs = 3_000
const longestPauseMs = 5 * 60_000

export interface Done {
  work: Work
  /** Null: whoever signs in next. */
  owner: Owner | null
  id: string
  now: number
  /** True when it was sent under this id already and no answer came. */
  wasTried?: boolean
}

const newItem = ({ work, owner, id, now, wasTried = false }: Done): Omit<Item, 'seq'> => ({
  id,
  owner,
  work,
  doneAt: now,
  state: 'waiting',
  triedAt: wasTried ? now : null,
  failures: 0,
  refusal: null,
  resultId: null,
})

/** True when the later judgement of the same thing takes the place of this one, which was not sent. */
const isReplacedBy = (item: Item, work: Work): boolean =>
  item.state === 'waiting' &&
  item.triedAt === null &&
  item.work.kind === 'feedback' &&
  work.kind === 'feedback' &&
  item.work.resultId === work.resultId &&
  item.work.citation === work.citation

/** Puts something in the outbox. */
export async function enqueue(store: OutboxStore, done: Done): Promise<Item> {
  for (const item of await store.list()) if (item.owner === done.owner && isReplacedBy(item, done.work)) await store.remove(item.seq)
  return store.add(newItem(done))
}

type Verdict = { change: Partial<Item>; pauseMs: number | null }

const uncertain: Refusal = {
  status: 0,
  code: 'uncertain',
  detail: 'It was sent a day ago and no answer came, so it may have arrived. Look for it, then send it again or remove it.',
  requestId: null,
}

/** What becomes of an item that the server did not take: it waits, and everything behind it too, or it is shown as refused. */
export function judge({ failures, triedAt }: Pick<Item, 'failures' | 'triedAt'>, problem: Problem): Verdict {
  const waits = (pauseMs: number, change: Partial<Item> = {}): Verdict => ({ change: { state: 'waiting', ...change }, pauseMs })
  const pause = problem.retryAfterS === null ? Math.min(longestPauseMs, shortPauseMs * 2 ** failures) : problem.retryAfterS * 1_000
  if (problem.status === 0) return waits(pause, { triedAt })
  // The session is over: it waits for the same person.
  if (problem.status === 401) return waits(longestPauseMs, { triedAt: null })
  if (problem.status === 429) return waits(pause, { triedAt: null })
  if (problem.status === 409 && problem.isStillRunning) return waits(shortPauseMs)
  if (problem.status >= 500 && failures + 1 < mostFailures) return waits(pause, { failures: failures + 1 })
  const { status, code, message, requestId } = problem
  return { change: { state: 'refused', triedAt: null, refusal: { status, code, detail: message, requestId } }, pauseMs: null }
}

export interface Replay {
  store: OutboxStore
  owner: Owner
  /** Sends one item under its key. Gives the id of what came of it, or throws a Problem. */
  send(item: Item): Promise<{ resultId: string | null }>
  toProblem(error: unknown): Problem
  now(): number
  /** Told after every step. */
  changed(): void
}

/**
 * Sends what waits, one after the other, in order. Whoever calls it holds the lock, so nobody else is sending: an item that stands as being sent
 * was left by a tab that closed. @returns after how many ms to try again; null when nothing waits
 */
export async function replay({ store, owner, send, toProblem, now, changed }: Replay): Promise<number | null> {
  const isOpen = (item: Item) => item.state === 'waiting' || item.state === 'sending'
  for (;;) {
    const next = (await store.list()).find((item) => item.owner === owner && isOpen(item))
    if (!next) return null
    if (next.triedAt !== null && now() - next.triedAt > keyLivesMs) {
      await store.change(next.seq, isOpen, { state: 'refused', refusal: uncertain, triedAt: null })
      changed()
      continue
    }
    const item = await store.change(next.seq, isOpen, { state: 'sending', triedAt: next.triedAt ?? now() })
    changed()
    if (!item) continue
    let pauseMs: number | null = null
    try {
      const { resultId } = await send(item)
      await store.change(item.seq, () => true, { state: 'sent', resultId, triedAt: null, failures: 0, refusal: null })
    } catch (error) {
      const verdict = judge(item, toProblem(error))
      await store.change(item.seq, () => true, verdict.change)
      pauseMs = verdict.pauseMs
    }
    changed()
    if (pauseMs !== null) return pauseMs
  }
}

/** Changes what waits, or sends again what was refused; under a new key, because it is another call. False when it is already on its way. */
export async function amend(store: OutboxStore, seq: number, work: Work, id: string): Promise<boolean> {
  const fresh = { work, id, state: 'waiting', triedAt: null, failures: 0, refusal: null } as const
  return (await store.change(seq, ({ state }) => state === 'waiting' || state === 'refused', fresh)) !== null
}

/** Gives what was shared while nobody was signed in to who is signed in now. */
export async function claim(store: OutboxStore, owner: Owner): Promise<number> {
  const open = (await store.list()).filter((item) => item.owner === null)
  for (const { seq } of open) await store.change(seq, (item) => item.owner === null, { owner })
  return open.length
}
