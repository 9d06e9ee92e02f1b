import { asc, eq, sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databaseOf, databases, freshEnterprise } from '../../testing/database.ts'
import { randomBy } from '../graph/random-graph.fixture.ts'
import { eventFeed } from './feed.ts'
import { type EventFeed, type Follower, forgetOldEvents, type Heard, mostKept, type OutboxPosition, publish, restart, subscribe } from './port.ts'
import { outboxEvents } from './tables.ts'

const patientMs = 20_000

describe.each(databases)('events on $adapter', (adapter) => {
  const database = databaseOf(adapter)
  let feed: EventFeed
  beforeEach(() => {
    if (!adapter.missing) feed = eventFeed(database())
  })
  afterEach(() => feed?.close())

  const tell = (id: string, ...counts: number[]) =>
    database().tenant(id, async (tx) => {
      for (const count of counts) await publish(tx, id, { kind: 'source.state', id: 'a-source', state: 'processing', done: count, total: 0 })
    })
  const eventsOf = (id: string) =>
    database().tenant(id, (tx) => tx.select().from(outboxEvents).where(eq(outboxEvents.enterpriseId, id)).orderBy(asc(outboxEvents.sequence)))

  /** Hears until so many events came. */
  async function hear(follower: Follower, count: number): Promise<{ done: unknown[]; resets: number; last: OutboxPosition }> {
    const all: Heard[] = []
    const events = () => all.flatMap((heard) => heard.events)
    while (events().length < count) {
      const heard = await follower.next(patientMs)
      if (!heard) throw new Error(`Only ${events().length} of ${count} events came.`)
      all.push(heard)
    }
    return {
      done: events().map(({ payload }) => payload.done),
      resets: all.filter(({ isReset }) => isReset).length,
      last: all.at(-1)?.position as OutboxPosition,
    }
  }

  it('come to every follower once, in the order of their commits, with what was missed before', async () => {
    const id = await freshEnterprise(database())
    const early = await feed.follow(id, null)
    expect(await early.next(0)).toMatchObject({ events: [], isReset: false })
    await tell(id, 1, 2)
    const { last } = await hear(early, 2)
    await tell(id, 3)
    const late = await feed.follow(id, last)
    const newcomer = await feed.follow(id, null)
    await newcomer.next(0)
    await tell(id, 4)
    expect((await hear(late, 2)).done).toEqual([3, 4])
    expect((await hear(early, 2)).done).toEqual([3, 4])
    expect((await hear(newcomer, 1)).done.at(-1)).toBe(4)
  })

  it('lose nothing and repeat nothing whenever followers come and go while several write', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomBy(seed)
    const id = await freshEnterprise(database())
    const other = await freshEnterprise(database())
    const second = eventFeed(database())
    const total = 60
    const writers = Promise.all(
      [0, 1, 2].map(async (writer) => {
        for (let i = 0; i < total / 3; i++) {
          await tell(id, writer * 1_000 + i)
          if (random() < 0.3) await tell(other, -1)
        }
      }),
    )
    const heard: unknown[] = []
    let place: OutboxPosition = { generation: 'none', sequence: 0 }
    while (heard.length < total) {
      const follower = await (random() < 0.5 ? feed : second).follow(id, place)
      for (let turn = 0; turn < 1 + random() * 3; turn++) {
        const next = await follower.next(Math.floor(random() * 300))
        if (!next) continue
        expect(next.isReset, `seed ${seed}`).toBe(false)
        heard.push(...next.events.map(({ payload }) => payload.done))
        place = next.position
      }
      follower.close()
    }
    await writers
    await second.close()
    const stored = (await eventsOf(id)).map(({ payload }) => (payload as { done: number }).done)
    expect(heard, `seed ${seed}`).toEqual(stored)
    expect(new Set(heard).size, `seed ${seed}`).toBe(total)
  })

  it('that were rolled back are never heard, and leave no gap', async () => {
    const id = await freshEnterprise(database())
    const follower = await feed.follow(id, null)
    await database()
      .tenant(id, async (tx) => {
        await publish(tx, id, { kind: 'knowledge.changed', atoms: [1] })
        throw new Error('undone')
      })
      .catch(() => {})
    await tell(id, 1)
    expect(await hear(follower, 1)).toMatchObject({ done: [1], resets: 0, last: { sequence: 1 } })
  })

  it('told at once are numbered one after the other, those of the graph among themselves, and trim the log as single ones do', async () => {
    const id = await freshEnterprise(database())
    await database().tenant(id, (tx) => subscribe(tx, id))
    const given = (n: number) => ({ kind: 'job.ended', id: `job ${n}`, name: 'x', state: 'done' }) as const
    const changed = (n: number) => ({ kind: 'knowledge.changed', atoms: [n] }) as const
    const tellAll = (...events: Parameters<typeof publish>[2][]) => database().tenant(id, (tx) => publish(tx, id, ...events))
    await tellAll()
    await tellAll(changed(1), given(1), changed(2))
    await tellAll(given(2))
    await tellAll(given(3), changed(3))
    expect((await eventsOf(id)).map(({ sequence, kind, graphSequence, atoms }) => [sequence, kind, graphSequence, atoms])).toEqual([
      [1, 'knowledge.changed', 1, [1]],
      [2, 'job.ended', null, null],
      [3, 'knowledge.changed', 2, [2]],
      [4, 'job.ended', null, null],
      [5, 'job.ended', null, null],
      [6, 'knowledge.changed', 3, [3]],
    ])
    // Over a hundred in one step, and never on it.
    for (let done = 6; done < mostKept + 150; done += 70) await tellAll(...Array.from({ length: 70 }, (_, i) => given(i)))
    const left = (await eventsOf(id)).map(({ sequence }) => sequence)
    expect(left.length).toBeLessThanOrEqual(mostKept + 100)
    expect(left.length).toBeGreaterThanOrEqual(mostKept)
    expect(left.at(-1)).toBe((left[0] ?? 0) + left.length - 1)
  })

  it('are bounded, and whoever missed some that are gone is told so', async () => {
    const id = await freshEnterprise(database())
    await tell(id, 0)
    const first = await feed.follow(id, { generation: 'none', sequence: 0 })
    const { last } = await hear(first, 1)
    first.close()
    await tell(id, ...Array.from({ length: mostKept + 150 }, (_, i) => i))
    expect((await eventsOf(id)).length).toBeLessThanOrEqual(mostKept + 100)
    const late = await feed.follow(id, last)
    expect(await late.next(patientMs)).toMatchObject({ events: [], isReset: true, position: { sequence: mostKept + 151 } })
    await tell(id, -5)
    expect((await hear(late, 1)).done).toEqual([-5])
  })

  it('begin anew in another generation', async () => {
    const id = await freshEnterprise(database())
    await tell(id, 1)
    const follower = await feed.follow(id, null)
    await follower.next(0)
    await database().tenant(id, (tx) => restart(tx, id))
    expect(await follower.next(patientMs)).toMatchObject({ events: [], isReset: true })
  })

  it('name atoms only where a graph follows, and go with the time unless it waits for them', async () => {
    const id = await freshEnterprise(database())
    const change = () => database().tenant(id, (tx) => publish(tx, id, { kind: 'knowledge.changed', atoms: [4, 5] }))
    await change()
    await database().tenant(id, (tx) => subscribe(tx, id))
    await change()
    await tell(id, 1)
    expect((await eventsOf(id)).map(({ atoms, payload, graphSequence }) => [atoms, (payload as { atoms?: number }).atoms, graphSequence])).toEqual([
      [null, 2, 1],
      [[4, 5], 2, 2],
      [null, undefined, null],
    ])
    await database().tenant(id, (tx) => tx.execute(sql`update outboxes set sent = 1 where enterprise_id = ${id}`))
    await database().identity((tx) => forgetOldEvents(tx, new Date(Date.now() + 60_000)))
    expect((await eventsOf(id)).map(({ sequence }) => sequence)).toEqual([2])
  })
})
