import { describe, expect, it } from 'vitest'
import { addressGroup, callsPerHour, createLimits, failedLoginsPerHour } from './limits.ts'
import { memoryWindow } from './sliding-window.ts'

const minute = 60_000
const hour = 60 * minute
const randomFrom = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

describe('sliding window', () => {
  it('never lets more than the limit into any hour, and at most a minute later than an exact log would', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    const random = randomFrom(seed)
    let at = 1_700_000_000_000
    const window = memoryWindow({ now: () => at })
    const taken: number[] = []
    for (let i = 0; i < 5_000; i++) {
      at += Math.floor(random() ** 3 * 4 * minute)
      const within = (ms: number) => taken.filter((t) => t > at - ms).length
      const { taken: wasTaken } = await window.take('a', 20)
      if (wasTaken) taken.push(at)
      expect(within(hour), `seed ${seed}`).toBeLessThanOrEqual(20)
      if (!wasTaken) expect(within(hour + minute), `seed ${seed}`).toBeGreaterThanOrEqual(20)
    }
    expect(taken.length).toBeGreaterThan(500)
  })

  it('does not begin anew at the turn of an hour, unlike a fixed window', async () => {
    let at = 100 * hour - 1
    const window = memoryWindow({ now: () => at })
    for (let i = 0; i < 10; i++) await window.take('a', 10)
    at += 2
    expect((await window.take('a', 10)).taken).toBe(false)
  })

  it('says when the next call is free, and lets it in then', async () => {
    let at = 5 * hour + 12_345
    const window = memoryWindow({ now: () => at })
    await window.take('a', 1)
    const refused = await window.take('a', 1)
    expect(refused).toMatchObject({ taken: false, used: 1 })
    at += refused.freeInMs - 1
    expect((await window.take('a', 1)).taken).toBe(false)
    at += 1
    expect((await window.take('a', 1)).taken).toBe(true)
  })

  it('gives back, lists what is live, and forgets first what was used longest ago', async () => {
    let at = hour
    const window = memoryWindow({ now: () => at, maxKeys: 3 })
    for (const key of ['x 1', 'x 1', 'x 2', 'y 1']) await window.take(key, 5)
    await window.giveBack('x 2')
    await window.giveBack('nobody')
    expect(await window.list('x ')).toEqual([{ key: 'x 1', used: 2 }])
    for (const key of ['z 1', 'z 2', 'z 3']) await window.take(key, 5)
    expect(await window.list('x ')).toEqual([])
    at += 2 * hour
    expect(await window.list('')).toEqual([])
  })
})

describe('limits', () => {
  const anyone = { endpoint: 'neural.status', limitClass: 'default', caller: null, address: '203.0.113.7' } as const
  const caller = { tier: 'standard', personId: 'p', enterpriseId: 'e' } as const

  it.each([
    ['anonymous', null, 100],
    ['standard', caller, 1_000],
    ['enterprise', { ...caller, tier: 'enterprise' as const }, 10_000],
    ['fortune_500', { ...caller, tier: 'fortune_500' as const }, 10_000],
  ])('%s callers have %o: %d calls an hour and endpoint', async (policy, who, calls) => {
    const limits = createLimits(memoryWindow({ now: () => hour }))
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
    const limits = createLimits()
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
    const limits = createLimits()
    for (const enterpriseId of ['e', 'e', 'other']) await limits.take({ ...anyone, caller: { ...caller, enterpriseId } })
    expect(await limits.use('e')).toEqual([{ personId: 'p', endpoint: 'neural.status', used: 2 }])
  })

  it('takes all addresses of one IPv6 network for one caller', () => {
    expect(['2001:db8:1:2::1', '2001:0db8:1:2:ffff::', '::ffff:192.0.2.1', 'unknown'].map(addressGroup)).toEqual([
      '2001:db8:1:2::/64',
      '2001:db8:1:2::/64',
      '192.0.2.1',
      'unknown',
    ])
  })
})
