import { describe, expect, it } from 'vitest'
import { Problem, toProblem } from '@/components/api/problem'
import { amend, claim, enqueue, type Item, type OutboxStore, replay, type Work } from './outbox'

/** The store in memory. `takes` runs before every change, as another tab would. */
class Memory implements OutboxStore {
  items: Item[] = []
  #next = 1
  async list() {
    return this.items.map((item) => ({ ...item }))
  }
  async add(item: Omit<Item, 'seq'>) {
    const added = { ...item, seq: this.#next++ }
    this.items.push(added)
    return added
  }
  async change(seq: number, when: (item: Item) => boolean, change: Partial<Item>) {
    const at = this.items.findIndex((item) => item.seq === seq)
    const before = this.items[at]
    if (!before || !when(before)) return null
    const after = { ...before, ...change }
    this.items[at] = after
    return after
  }
  async remove(seq: number) {
    this.items = this.items.filter((item) => item.seq !== seq)
  }
}

const ann = 'ann/one' as const
const question = (text: string): Work => ({ kind: 'question', question: text, mode: 'advanced', tier: 'standard' })
const judged = (citation: number, useful: boolean): Work => ({ kind: 'feedback', resultId: 'r', citation, useful, about: 'the answer' })
const refused = (status: number, more: Partial<ConstructorParameters<typeof Problem>[0]> = {}) =>
  new Problem({ status, code: 'x', detail: `No ${status}`, requestId: 'q', ...more })

/** A server that does each key once, and a connection that fails as it is told. */
class Server {
  done: string[] = []
  calls = 0
  #answers = new Map<string, string>()
  plan: ((item: Item) => 'before' | 'after' | Problem | null)[] = []
  send = async (item: Item) => {
    this.calls += 1
    const fault = this.plan.shift()?.(item) ?? null
    if (fault instanceof Problem) throw fault
    if (fault === 'before') throw new TypeError('Failed to fetch')
    if (!this.#answers.has(item.id)) {
      this.done.push(item.work.kind === 'question' ? item.work.question : item.work.kind)
      this.#answers.set(item.id, `result of ${item.id}`)
    }
    if (fault === 'after') throw new TypeError('Failed to fetch')
    return { resultId: this.#answers.get(item.id) ?? null }
  }
}

const setUp = async (...texts: string[]) => {
  const store = new Memory()
  const server = new Server()
  const clock = { now: 1_000 }
  for (const text of texts) await enqueue(store, { work: question(text), owner: ann, id: `key ${text}`, now: clock.now })
  const run = (owner: Item['owner'] & string = ann) =>
    replay({ store, owner, send: server.send, toProblem, now: () => clock.now, changed: () => undefined })
  return { store, server, clock, run, states: () => store.items.map(({ state }) => state) }
}

describe('the outbox', () => {
  it('sends in order and once', async () => {
    const { server, run, states, store } = await setUp('a', 'b', 'c')
    expect(await run()).toBeNull()
    expect(server.done).toEqual(['a', 'b', 'c'])
    expect(states()).toEqual(['sent', 'sent', 'sent'])
    expect(store.items[0]?.resultId).toBe('result of key a')
    await run()
    expect(server.calls).toBe(3)
  })

  it('stops where the connection breaks, and goes on from there without doing anything twice', async () => {
    const { server, run, states } = await setUp('a', 'b')
    server.plan = [() => 'after', () => 'before']
    expect(await run()).toBeGreaterThan(0)
    expect(states()).toEqual(['waiting', 'waiting'])
    expect(await run()).toBeGreaterThan(0)
    expect(await run()).toBeNull()
    expect(server.done).toEqual(['a', 'b'])
  })

  it('takes up what a closed tab left on its way', async () => {
    const { store, server, run, states } = await setUp('a')
    await store.change(1, () => true, { state: 'sending', triedAt: 1_000 })
    expect(await run()).toBeNull()
    expect(server.done).toEqual(['a'])
    expect(states()).toEqual(['sent'])
  })

  it.each([400, 403, 404, 409, 413, 422])('keeps what was refused with %i, says why, and goes on', async (status) => {
    const { store, server, run, states } = await setUp('a', 'b')
    server.plan = [() => refused(status)]
    expect(await run()).toBeNull()
    expect(states()).toEqual(['refused', 'sent'])
    expect(store.items[0]?.refusal).toEqual({ status, code: 'x', detail: `No ${status}`, requestId: 'q' })
    expect(server.done).toEqual(['b'])
  })

  it('waits while the first call is still running, when limited, and when the session is over', async () => {
    for (const problem of [refused(409, { isStillRunning: true }), refused(429, { retryAfterS: 7 }), refused(401)]) {
      const { server, run, states } = await setUp('a', 'b')
      server.plan = [() => problem]
      const pause = await run()
      expect(pause).toBeGreaterThan(0)
      if (problem.status === 429) expect(pause).toBe(7_000)
      expect(states()).toEqual(['waiting', 'waiting'])
      expect(server.done).toEqual([])
    }
  })

  it('gives up on what the server fails at again and again, and does not hold up the rest', async () => {
    const { server, run, states } = await setUp('a', 'b')
    server.plan = Array.from({ length: 5 }, () => () => refused(500))
    for (let round = 1; round < 5; round++) expect(await run()).toBeGreaterThan(0)
    expect(await run()).toBeNull()
    expect(states()).toEqual(['refused', 'sent'])
  })

  it('does not send again what may have arrived when the key has lapsed', async () => {
    const { store, server, clock, run, states } = await setUp('a')
    server.plan = [() => 'after']
    await run()
    clock.now += 24 * 3_600_000
    expect(await run()).toBeNull()
    expect(states()).toEqual(['refused'])
    expect(store.items[0]?.refusal?.code).toBe('uncertain')
    expect(server.calls).toBe(1)
  })

  it('leaves what is another’s', async () => {
    const { server, run, states } = await setUp('a')
    expect(await run('bob/one')).toBeNull()
    expect(await run('ann/two')).toBeNull()
    expect(server.calls).toBe(0)
    expect(states()).toEqual(['waiting'])
  })

  it('forgets what was removed on its way, and does not bring it back', async () => {
    const { store, server, run } = await setUp('a')
    server.plan = [
      () => {
        store.items = []
        return null
      },
    ]
    expect(await run()).toBeNull()
    expect(store.items).toEqual([])
  })

  it('lets what waits or was refused be changed, under a new key; not what is on its way', async () => {
    const { store, server, run } = await setUp('a', 'b')
    expect(await amend(store, 1, question('better'), 'key 2')).toBe(true)
    await store.change(2, () => true, { state: 'sending' })
    expect(await amend(store, 2, question('too late'), 'key 3')).toBe(false)
    await run()
    expect(server.done).toEqual(['better', 'b'])
  })

  it('keeps only the last judgement of the same thing', async () => {
    const { store } = await setUp()
    await enqueue(store, { work: judged(0, true), owner: ann, id: '1', now: 0 })
    await enqueue(store, { work: judged(1, true), owner: ann, id: '2', now: 0 })
    await enqueue(store, { work: judged(0, false), owner: ann, id: '3', now: 0 })
    expect(store.items.map(({ id }) => id)).toEqual(['2', '3'])
  })

  it('gives what was shared by nobody to who signs in', async () => {
    const { store, server, run } = await setUp()
    await enqueue(store, { work: { kind: 'address', url: 'https://example.org' }, owner: null, id: '1', now: 0 })
    await run()
    expect(server.calls).toBe(0)
    expect(await claim(store, ann)).toBe(1)
    await run()
    expect(server.done).toEqual(['address'])
  })

  // Faults by a seed: whatever breaks, everything is done once and in order of its first arrival.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('does everything exactly once under random faults (seed %i)', async (seed) => {
    let state = seed * 2_654_435_761
    const random = () => {
      state = (Math.imul(state ^ (state >>> 15), 2_246_822_507) + 0x9e3779b9) | 0
      return (state >>> 0) / 2 ** 32
    }
    const texts = Array.from({ length: 12 }, (_, index) => `q${index}`)
    const { server, run, states } = await setUp(...texts)
    const faults = [null, null, 'before', 'after', refused(429, { retryAfterS: 1 }), refused(409, { isStillRunning: true })] as const
    for (let round = 0; round < 500 && (await run()) !== null; round++) {
      server.plan = Array.from({ length: 3 }, () => () => faults[Math.floor(random() * faults.length)] ?? null)
    }
    expect(server.done).toEqual(texts)
    expect(new Set(states())).toEqual(new Set(['sent']))
  })
})
