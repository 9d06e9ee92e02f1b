import { describe, expect, it } from 'vitest'
import { memoryCache } from './memory.ts'
import type { Cache } from './port.ts'

interface Subject {
  cache: Cache
  /** Moves the adapter's clock. */
  advance(seconds: number): Promise<void>
}

const adapters: Record<string, () => Promise<Subject>> = {
  memory: async () => {
    let now = 1_000
    return {
      cache: memoryCache({ now: () => now, maxBytes: 4_000 }),
      advance: async (seconds) => {
        now += seconds * 1000
      },
    }
  },
}

describe.each(Object.entries(adapters))('cache: %s', (_name, make) => {
  it('returns what was stored, as a value of its own', async () => {
    const { cache } = await make()
    const value = { list: [1] }
    await cache.set('k', value, 10)
    value.list.push(2)
    expect(await cache.get('k')).toEqual({ list: [1] })
  })
  it('forgets after its time', async () => {
    const { cache, advance } = await make()
    await cache.set('k', 1, 10)
    await advance(9)
    expect(await cache.get('k')).toBe(1)
    await advance(1)
    expect(await cache.get('k')).toBeUndefined()
  })
  it('forgets on delete and ignores unknown keys', async () => {
    const { cache } = await make()
    await cache.set('k', 1, 10)
    await cache.delete('k')
    await cache.delete('never')
    expect(await cache.get('k')).toBeUndefined()
  })
})

it('memory: gives up the least recently used first when full', async () => {
  const cache = memoryCache({ maxBytes: 400 })
  for (const key of ['a', 'b', 'c']) await cache.set(key, 'x'.repeat(58), 10)
  await cache.get('a')
  await cache.set('d', 'x'.repeat(58), 10)
  expect([await cache.get('a'), await cache.get('b')]).toEqual(['x'.repeat(58), undefined])
})
