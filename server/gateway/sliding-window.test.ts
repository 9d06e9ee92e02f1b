import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectRedis, forgetKeys, redisStores, type TestConnection } from '../testing/redis.ts'
import { addressGroup, callsPerHour, createLimits, failedLoginsPerHour } from './limits.ts'
import { insuredWindow, redisWindow } from './redis-window.ts'
import { memoryWindow, type SlidingWindow } from './sliding-window.ts'

const minute = 60_000
const hour = 60 * minute
const randomFrom = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

interface Store {
  /** A window that counts from nothing. Windows of one store see each other's counts, memory apart. */
  window(now?: () => number): SlidingWindow
  clear(): Promise<void>
  stop(): Promise<void>
}

async function onRedis(urls: string[], stopServers: () => Promise<void>): Promise<Store> {
  const connections: [TestConnection, TestConnection] = [await connectRedis(urls), await connectRedis(urls)]
  let opened = 0
  return {
    // In turn, as of two processes.
    window: (now) => insuredWindow(redisWindow(connections[opened++ % 2 === 0 ? 0 : 1], now ? { now } : {})),
    clear: () => forgetKeys(connections[0], 'limit:*'),
    async stop() {
      // Else the insurance has stood in for what was to be tested.
      expect(connections.map(({ told }) => told)).toEqual([[], []])
      await forgetKeys(connections[0], 'limit:*')
      for (const connection of connections) await connection.close()
      await stopServers()
    },
  }
}

const stores: { name: string; missing: string | null; start(): Promise<Store> }[] = [
  {
    name: 'memory',
    missing: null,
    start: async () => ({ window: (now) => memoryWindow(now ? { now } : {}), clear: async () => {}, stop: async () => {} }),
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

let store: Store
/** The same tests on every store. */
function onEveryStore(title: string, tests: () => void): void {
  describe.each(stores)(`${title}: $name`, ({ missing, start }) => {
    beforeAll(async () => {
      if (!missing) store = await start()
    })
    afterAll(async () => {
      if (!missing) await store.stop()
    })
    beforeEach(async (context) => {
      if (missing) context.skip(missing)
      await store.clear()
    })
    tests()
  })
}

onEveryStore('sliding window', () => {
  it('never lets more than the limit into any hour, and at most a minute later than an exact log would', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomFrom(seed)
    let at = 1_700_000_000_000
    const window = store.window(() => at)
    const taken: number[] = []
    for (let i = 0; i < 5_000; i++) {
      at += Math.floor(random() ** 3 * 4 * minute)
      const within = (ms: number) => taken.filter((t) => t > at - ms).length
      const { taken: wasTaken } = await window.take({ name: 'a' }, 20)
      if (wasTaken) taken.push(at)
      expect(within(hour), `seed ${seed}`).toBeLessThanOrEqual(20)
      if (!wasTaken) expect(within(hour + minute), `seed ${seed}`).toBeGreaterThanOrEqual(20)
    }
    expect(taken.length).toBeGreaterThan(500)
  })

  it('does not begin anew at the turn of an hour, unlike a fixed window', async () => {
    let at = 100 * hour - 1
    const window = store.window(() => at)
    for (let i = 0; i < 10; i++) await window.take({ name: 'a' }, 10)
    at += 2
    expect((await window.take({ name: 'a' }, 10)).taken).toBe(false)
  })

  it('says when the next call is free, and lets it in then', async () => {
    let at = 5 * hour + 12_345
    const window = store.window(() => at)
    await window.take({ name: 'a' }, 1)
    const refused = await window.take({ name: 'a' }, 1)
    expect(refused).toMatchObject({ taken: false, used: 1 })
    at += refused.freeInMs - 1
    expect((await window.take({ name: 'a' }, 1)).taken).toBe(false)
    at += 1
    expect((await window.take({ name: 'a' }, 1)).taken).toBe(true)
  })

  it('begins neither anew nor waits for a day when the clock is put back by one', async () => {
    let at = 100 * 24 * hour
    const window = store.window(() => at)
    for (let i = 0; i < 10; i++) {
      await window.take({ name: 'a' }, 10)
      at += minute
    }
    at -= 24 * hour
    const refused = await window.take({ name: 'a' }, 10)
    expect(refused).toMatchObject({ taken: false, used: 10 })
    expect(refused.freeInMs).toBeLessThanOrEqual(hour + minute)
    at += refused.freeInMs
    expect((await window.take({ name: 'a' }, 10)).taken).toBe(true)
  })

  it('gives back, and lists what is live of a group', async () => {
    let at = hour
    const window = store.window(() => at)
    for (const [group, name] of [
      ['x', '1'],
      ['x', '1'],
      ['x', '2'],
      ['y', '1'],
      ['x', 'of y'],
    ] as const)
      await window.take({ group, name }, 5)
    await window.take({ name: '1' }, 5)
    await window.giveBack({ group: 'x', name: '2' })
    await window.giveBack({ group: 'x', name: 'nobody' })
    const list = async (group: string) => (await window.list(group)).sort((a, b) => a.name.localeCompare(b.name))
    expect(await list('x')).toEqual([
      { name: '1', used: 2 },
      { name: 'of y', used: 1 },
    ])
    at += hour
    await window.take({ group: 'x', name: '2' }, 5)
    at += 2 * minute
    expect(await list('x')).toEqual([{ name: '2', used: 1 }])
    expect(await list('y')).toEqual([])
  })

  it('gives back the newest take, so that the oldest still says when the next is free', async () => {
    let at = hour
    const window = store.window(() => at)
    await window.take({ name: 'a' }, 2)
    at += 10 * minute
    await window.take({ name: 'a' }, 2)
    await window.giveBack({ name: 'a' })
    expect(await window.take({ name: 'a' }, 2)).toEqual({ taken: true, used: 2, freeInMs: 51 * minute })
  })

  it('lets no more than the limit through when many come at once', async () => {
    const windows = [store.window(), store.window()]
    const [first, second] = windows as [SlidingWindow, SlidingWindow]
    const shared = first.adapter === 'memory' ? first : second
    const states = await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 ? first : shared).take({ group: 'g', name: 'n' }, 10)))
    expect(states.filter(({ taken }) => taken)).toHaveLength(10)
    expect(await shared.list('g')).toEqual([{ name: 'n', used: 10 }])
  })
})

it('memory: forgets first what was used longest ago', async () => {
  const window = memoryWindow({ maxKeys: 3 })
  for (const name of ['1', '2', '3', '4']) await window.take({ group: 'x', name }, 5)
  expect((await window.list('x')).map(({ name }) => name)).toEqual(['2', '3', '4'])
})

onEveryStore('limits', () => {
  const anyone = { endpoint: 'neural.status', limitClass: 'default', caller: null, address: '203.0.113.7' } as const
  const caller = { tier: 'standard', personId: 'p', enterpriseId: 'e' } as const

  it.each([
    ['anonymous', null, 100],
    ['standard', caller, 1_000],
    ['enterprise', { ...caller, tier: 'enterprise' as const }, 10_000],
    ['fortune_500', { ...caller, tier: 'fortune_500' as const }, 10_000],
  ])('%s callers have %o: %d calls an hour and endpoint', async (policy, who, calls) => {
    const limits = createLimits(store.window(() => hour))
    const call = { ...anyone, caller: who }
    const headers = new Headers()
    for (let i = 0; i < calls; i++) await limits.take(call, headers)
    expect(headers.get('ratelimit')).toBe(`"${policy}";r=0;t=3660`)
    expect(headers.get('ratelimit-policy')).toBe(`"${policy}";q=${calls};w=3600`)
    expect(headers.get('retry-after')).toBeNull()
    await expect(limits.take(call, headers)).rejects.toMatchObject({ code: 'rate_limited' })
    expect(headers.get('retry-after')).toBe('3660')
    await limits.take({ ...call, endpoint: 'neural.graph' })
    await limits.take({ ...call, address: '203.0.113.8', caller: who && { ...who, personId: 'q' } })
  })

  it('bounds failed sign-ins by account and by address, and forgets those that succeed', async () => {
    const limits = createLimits(store.window())
    const login = { endpoint: 'auth.login', limitClass: 'login', caller: null, address: '203.0.113.7', account: ' Ada@Example.com ' } as const
    for (let i = 0; i < 200; i++) {
      await limits.take(login)
      await limits.forgive(login)
    }
    for (let i = 0; i < failedLoginsPerHour.account; i++) await limits.take({ ...login, address: `198.51.100.${i}` })
    await expect(limits.take({ ...login, account: 'ada@example.com' })).rejects.toMatchObject({ code: 'rate_limited' })
    for (let i = 0; i < failedLoginsPerHour.address; i++) await limits.take({ ...login, account: `someone-${i}@example.com` })
    await expect(limits.take({ ...login, account: 'another@example.com' })).rejects.toMatchObject({ code: 'rate_limited' })
    expect(failedLoginsPerHour.address).toBeLessThan(callsPerHour.anonymous)
  })

  it('tells live use by person and endpoint of one enterprise only', async () => {
    const limits = createLimits(store.window())
    for (const enterpriseId of ['e', 'e', 'other']) await limits.take({ ...anyone, caller: { ...caller, enterpriseId } })
    expect(await limits.use('e')).toEqual([{ personId: 'p', endpoint: 'neural.status', used: 2 }])
  })
})

it('limits: takes all addresses of one IPv6 network for one caller', () => {
  expect(['2001:db8:1:2::1', '2001:0db8:1:2:ffff::', '::ffff:192.0.2.1', 'unknown'].map(addressGroup)).toEqual([
    '2001:db8:1:2::/64',
    '2001:db8:1:2::/64',
    '192.0.2.1',
    'unknown',
  ])
})
