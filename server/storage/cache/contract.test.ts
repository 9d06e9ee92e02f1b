import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectRedis, forgetKeys, redisStores } from '../../testing/redis.ts'
import type { RedisConnection } from '../redis/port.ts'
import { memoryCache } from './memory.ts'
import type { Cache } from './port.ts'
import { redisCache } from './redis.ts'

interface Subject {
  /** Caches on one store, as of two processes; memory has one process only. */
  caches: Cache[]
  /** Moves the adapter's clock. */
  advance(seconds: number): Promise<void>
  stop(): Promise<void>
}

/** Names that the tests below use. Not `limit:…` of another suite on the same store, nor the `lock` of its database. */
const ours = '[^l]*'

async function onRedis(urls: string[], stopServers: () => Promise<void>): Promise<Subject> {
  const connections = [await connectRedis(urls), await connectRedis(urls)]
  return {
    caches: connections.map(redisCache),
    // Redis has no clock to be moved: what is left of every key's time is made shorter.
    advance: async (seconds) => {
      await (connections[0] as RedisConnection).run(async (client) => {
        for (const node of 'nodes' in client ? client.nodes('master') : [client]) {
          for (const key of await node.keys(ours)) await node.pexpire(key, (await node.pttl(key)) - seconds * 1_000)
        }
      })
    },
    async stop() {
      await forgetKeys(connections[0] as RedisConnection, ours)
      await Promise.all(connections.map((connection) => connection.close()))
      await stopServers()
    },
  }
}

const adapters: { name: string; missing: string | null; start(): Promise<Subject> }[] = [
  {
    name: 'memory',
    missing: null,
    async start() {
      let now = 1_000
      return {
        caches: [memoryCache({ now: () => now, maxBytes: 4_000 })],
        advance: async (seconds) => {
          now += seconds * 1_000
        },
        stop: async () => {},
      }
    },
  },
  ...redisStores.map(({ name, missing, start }) => ({
    name,
    missing,
    start: async () => {
      const { urls, stop } = await start()
      return onRedis(urls, stop)
    },
  })),
]

describe.each(adapters)('cache: $name', ({ name, missing, start }) => {
  let subject: Subject
  let cache: Cache
  let other: Cache
  beforeAll(async () => {
    if (missing) return
    subject = await start()
    cache = subject.caches[0] as Cache
    other = subject.caches[1] ?? cache
  })
  afterAll(() => subject?.stop())
  beforeEach((context) => {
    if (missing) context.skip(missing)
  })

  it('says what it is', () => expect(cache.adapter).toBe(name))

  it('returns what was stored, as a value of its own', async () => {
    const value = { list: [1] }
    await cache.set('k', value, 10)
    value.list.push(2)
    expect(await other.get('k')).toEqual({ list: [1] })
  })

  it('keeps many keys, wherever their slots are', async () => {
    const keys = Array.from({ length: 30 }, (_, i) => `many:${i}`)
    await Promise.all(keys.map((key, i) => cache.set(key, i, 10)))
    expect(await Promise.all(keys.map((key) => other.get(key)))).toEqual(keys.map((_, i) => i))
  })

  it('forgets after its time', async () => {
    await cache.set('short', 1, 10)
    await subject.advance(9)
    expect(await cache.get('short')).toBe(1)
    await subject.advance(1)
    expect(await cache.get('short')).toBeUndefined()
  })

  it('forgets on delete and ignores unknown keys', async () => {
    await cache.set('k', 1, 10)
    await cache.delete('k')
    await cache.delete('never')
    expect(await other.get('k')).toBeUndefined()
  })

  const askedBy = (by: Cache, key: string, make: () => Promise<unknown>) =>
    by.shared(key, {
      find: () => by.get(key),
      async make() {
        const value = await make()
        await by.set(key, value, 10)
        return value
      },
    })

  it('lets one make what many ask for, and the others have it', async () => {
    let made = 0
    const make = async () => {
      made++
      await sleep(120) // longer than the others take to come
      return { answer: 42 }
    }
    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => askedBy(i % 2 ? cache : other, 'popular', make)))
    expect(made).toBe(1)
    expect(results.filter((result) => result.made)).toHaveLength(1)
    for (const { value } of results) expect(value).toEqual({ answer: 42 })
    expect(await askedBy(other, 'popular', make)).toEqual({ value: { answer: 42 }, made: false })
  })

  it('does not mix up names that are made at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, (_, i) => askedBy(cache, `name:${i}`, async () => i)))
    expect(results).toEqual(Array.from({ length: 10 }, (_, i) => ({ value: i, made: true })))
  })

  it('leaves nobody waiting for a maker that fails, and makes it anew afterwards', async () => {
    let calls = 0
    const make = async () => {
      await sleep(50)
      if (++calls === 1) throw new Error('the first one fails')
      return calls
    }
    const results = await Promise.allSettled(Array.from({ length: 4 }, (_, i) => askedBy(i % 2 ? cache : other, 'failing', make)))
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect((await askedBy(cache, 'failing', make)).made).toBe(false)
  })
})

it('memory: gives up the least recently used first when full', async () => {
  const cache = memoryCache({ maxBytes: 400 })
  for (const key of ['a', 'b', 'c']) await cache.set(key, 'x'.repeat(58), 10)
  await cache.get('a')
  await cache.set('d', 'x'.repeat(58), 10)
  expect([await cache.get('a'), await cache.get('b')]).toEqual(['x'.repeat(58), undefined])
})
