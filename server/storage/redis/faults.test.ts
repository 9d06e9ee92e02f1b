import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { insuredWindow, redisWindow } from '../../gateway/redis-window.ts'
import type { SlidingWindow } from '../../gateway/sliding-window.ts'
import { connectRedis, redisMissing, startRedis, startRedisCluster, type TestConnection } from '../../testing/redis.ts'
import { until } from '../../testing/until.ts'
import { redisCache } from '../cache/redis.ts'

const cleanups: (() => Promise<void>)[] = []
const after = (work: () => Promise<void>) => void cleanups.unshift(work)
beforeEach((context) => {
  if (redisMissing) context.skip(redisMissing)
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function started(settings: string[] = []) {
  const server = await startRedis(settings)
  after(server.stop)
  return server
}
async function startedCluster() {
  const cluster = await startRedisCluster(500)
  after(cluster.stop)
  return cluster
}
async function connectTo(urls: string[]): Promise<TestConnection> {
  const connection = await connectRedis(urls)
  after(() => connection.close())
  return connection
}

const keys = Array.from({ length: 24 }, (_, i) => `key:${i}`)
const limit = 8

/** Mixed operations of one process without a pause, until it is stopped. None of them may reject; a value is the one that was stored, or none. */
function load(connection: TestConnection, seed: number) {
  const cache = redisCache(connection)
  const window: SlidingWindow = insuredWindow(redisWindow(connection))
  const random = () => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  const passed = new Map<string, number>()
  let calls = 0
  let stopping = false
  async function one(): Promise<void> {
    const key = keys[Math.floor(random() * keys.length)] as string
    const kind = Math.floor(random() * 5)
    if (kind === 0) await cache.set(key, { key }, 60)
    else if (kind === 1) expect([undefined, { key }]).toContainEqual(await cache.get(key))
    else if (kind === 2) await cache.delete(key)
    else if (kind === 3) expect((await cache.shared(key, { find: () => cache.get(key), make: async () => ({ key }) })).value).toEqual({ key })
    else if ((await window.take({ name: key }, limit)).taken) passed.set(key, (passed.get(key) ?? 0) + 1)
    calls++
  }
  const running = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!stopping) {
        await one()
        await new Promise(setImmediate)
      }
    }),
  )
  return {
    window,
    /** Waits for so many more calls. */
    async more(count: number) {
      const from = calls
      await Promise.race([until(() => calls >= from + count), running])
    },
    async stop() {
      stopping = true
      await running
      return passed
    },
  }
}

const newSeed = () => Math.floor(Math.random() * 2 ** 31)

describe('redis lost and found', () => {
  it('stopped and started again in the middle of calls: no call fails, no limit begins anew, and it is used again by itself', async () => {
    const seed = newSeed()
    const server = await started()
    const connection = await connectTo([server.url])
    const connections = async () =>
      connection.run(
        async (client) =>
          String(await client.client('LIST'))
            .trim()
            .split('\n').length,
      )
    const before = await connections()
    const mixed = load(connection, seed)
    await mixed.more(300)
    await server.kill()
    await mixed.more(2_000)
    expect(await connection.check()).toBe(false)
    expect(connection.told).toEqual(['away'])
    await server.start()
    await until(() => connection.told.length === 2)
    expect(connection.told).toEqual(['away', 'back'])
    const passed = await mixed.stop()
    // At most once more for what was counted in the Redis that forgot: a process never lets twice as many through in one outage and return.
    for (const [key, count] of passed) expect(count, `${key}, seed ${seed}`).toBeLessThanOrEqual(2 * limit)
    expect(Math.max(...passed.values())).toBeGreaterThanOrEqual(limit)

    const other = insuredWindow(redisWindow(await connectTo([server.url])))
    for (let i = 0; i < 3; i++) await mixed.window.take({ group: 'g', name: 'n' }, 10)
    expect((await other.take({ group: 'g', name: 'n' }, 10)).used).toBe(4)
    // One more: the other process that was just opened.
    expect(await connections()).toBe(before + 1)
  })

  it('away: a process counts on from what it has let through itself', async () => {
    const server = await started()
    const connection = await connectTo([server.url])
    const window = insuredWindow(redisWindow(connection))
    const key = { group: 'g', name: 'n' }
    for (let i = 0; i < 3; i++) await window.take(key, 5)
    await server.kill()
    expect((await window.take(key, 5)).used).toBe(4)
    await window.giveBack(key)
    expect([(await window.take(key, 5)).taken, (await window.take(key, 5)).taken, (await window.take(key, 5)).taken]).toEqual([true, true, false])
    expect(await window.list('g')).toEqual([{ name: 'n', used: 5 }])
    expect(connection.told).toEqual(['away'])
  })

  it('silent, with its connections open: calls fall back, and it is used again when it answers', async () => {
    const server = await started()
    const connection = await connectTo([server.url])
    const cache = redisCache(connection)
    const window = insuredWindow(redisWindow(connection))
    await cache.set('k', 1, 60)
    server.freeze()
    const [value, state] = await Promise.all([cache.get('k'), window.take({ name: 'n' }, 5)])
    expect([value, state.taken]).toEqual([undefined, true])
    expect(await connection.check()).toBe(false)
    expect(connection.told).toEqual(['away'])
    server.thaw()
    await until(() => connection.told.length === 2)
    expect(await cache.get('k')).toBe(1)
  })

  it('full or read-only: said once, not as often as it is tried', async () => {
    const server = await started(['--maxmemory', '1'])
    const connection = await connectTo([server.url])
    const cache = redisCache(connection)
    for (let i = 0; i < 20; i++) await cache.set('k', 'x'.repeat(100), 60)
    expect(await connection.check()).toBe(false)
    expect(connection.told).toEqual(['away'])
    await connection.run((client) => client.config('SET', 'maxmemory', '0'))
    await until(() => connection.told.length === 2)
    await cache.set('k', 1, 60)
    expect(await cache.get('k')).toBe(1)
  })

  it('a master lost from the cluster and back: no call fails, and all slots are used again', async () => {
    const seed = newSeed()
    const cluster = await startedCluster()
    const connection = await connectTo(cluster.urls)
    const mixed = load(connection, seed)
    await mixed.more(300)
    const [lost] = cluster.nodes
    await lost?.kill()
    await mixed.more(150)
    expect(await connection.check(), `seed ${seed}`).toBe(false)
    await lost?.start()
    await until(() => connection.check())
    await mixed.more(300)
    await mixed.stop()
    expect(connection.told.filter((what) => what === 'away').length, connection.told.join(' ')).toBeLessThanOrEqual(3)
    const cache = redisCache(connection)
    for (const key of keys) await cache.set(key, key, 60)
    for (const key of keys) expect(await cache.get(key)).toBe(key)
  })
})

describe('the address of Redis', () => {
  it('of one node of a cluster is enough to find the others', async () => {
    const cluster = await startedCluster()
    const connection = await connectTo(cluster.urls.slice(0, 1))
    expect(connection.adapter).toBe('redis-cluster')
    const cache = redisCache(connection)
    for (const key of keys) await cache.set(key, key, 60)
    for (const key of keys) expect(await cache.get(key)).toBe(key)
  })

  it('brings its password and the number of its database', async () => {
    const server = await started(['--requirepass', 'p:ss/w@rd'])
    const url = `redis://default:${encodeURIComponent('p:ss/w@rd')}@127.0.0.1:${server.port}`
    const [first, second] = [redisCache(await connectTo([`${url}/1`])), redisCache(await connectTo([`${url}/2`]))]
    await first.set('k', 1, 60)
    expect([await first.get('k'), await second.get('k')]).toEqual([1, undefined])
  })

  it('stops the start with one line when nothing is there, or the password is wrong, which it does not repeat', async () => {
    const server = await started(['--requirepass', 'right'])
    const line = /^AIA cannot start: REDIS_URL: no Redis can be used at 127\.0\.0\.1:\d+(?:, 127\.0\.0\.1:\d+)* \([^\n]+\)\.$/
    const refused = async (...urls: string[]) => {
      const error: Error = await connectRedis(urls).then(
        async (connection) => {
          await connection.close()
          return new Error('It was opened.')
        },
        (reason) => reason,
      )
      expect(error.message).toMatch(line)
      return error.message
    }
    expect(await refused('redis://127.0.0.1:1')).toContain('ECONNREFUSED')
    await refused('redis://127.0.0.1:1', 'redis://127.0.0.1:2')
    expect(await refused(`redis://:hush@127.0.0.1:${server.port}`)).toContain('WRONGPASS')
    expect(await refused(`redis://:hush@127.0.0.1:${server.port}`)).not.toContain('hush')
    expect(await refused(server.url)).toContain('NOAUTH')
    await refused(server.url, 'redis://127.0.0.1:1')
    // A user who may not ask what kind of Redis it is.
    const owner = await connectTo([`redis://:right@127.0.0.1:${server.port}`])
    await owner.run((client) => client.call('ACL', 'SETUSER', 'limited', 'on', '>hush', '~*', '+@all', '-info'))
    expect(await refused(`redis://limited:hush@127.0.0.1:${server.port}`)).toMatch(/NOPERM(?!.*hush)/)
  })

  it('stops the start when there is no such database, and on a cluster whatever its number', async () => {
    const [server, cluster] = [await started(['--databases', '4']), await startedCluster()]
    const refusal = (url: string) => connectRedis([url]).then(() => 'It was opened.', String)
    expect(await refusal(`${server.url}/99`)).toMatch(/AIA cannot start: REDIS_URL: .*DB index is out of range\)\.$/)
    expect(await refusal(`${cluster.urls[0]}/3`)).toMatch(/AIA cannot start: REDIS_URL: .*a cluster has no database 3\)\.$/)
    await (await connectTo([`${server.url}/3`])).run((client) => client.set('k', 1))
    expect(await (await connectTo([server.url])).run((client) => client.get('k'))).toBeNull()
  })
})
