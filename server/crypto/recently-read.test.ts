import { afterEach, expect, it, vi } from 'vitest'
import { RecentlyRead, reloadMs } from './recently-read.ts'

afterEach(() => vi.useRealTimers())

function counted() {
  let reads = 0
  const memory = new RecentlyRead<number>()
  return { memory, get: () => memory.get(async () => ++reads) }
}

it('reads once for those who ask at once, and again after a minute or when it is forgotten', async () => {
  vi.useFakeTimers()
  const { memory, get } = counted()
  expect(await Promise.all([get(), get()])).toEqual([1, 1])
  vi.advanceTimersByTime(reloadMs)
  expect(await get()).toBe(1)
  vi.advanceTimersByTime(1)
  expect(await get()).toBe(2)
  memory.forget()
  expect(await get()).toBe(3)
})

it('reads again when the clock was put back by more than a minute', async () => {
  vi.useFakeTimers({ now: 10 * reloadMs })
  const { get } = counted()
  expect(await get()).toBe(1)
  vi.setSystemTime(0)
  expect(await get()).toBe(2)
})

it('does not keep a reading that failed', async () => {
  const memory = new RecentlyRead<number>()
  await expect(memory.get(() => Promise.reject(new Error('away')))).rejects.toThrow('away')
  expect(await memory.get(async () => 7)).toBe(7)
})
