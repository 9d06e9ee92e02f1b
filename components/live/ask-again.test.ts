import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { askingAgain } from './ask-again'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function asked() {
  const at: number[] = []
  const begin = Date.now()
  return { at, asking: askingAgain(() => at.push(Date.now() - begin)) }
}
/** What is left of the second when the server has looked, five times a second, and the answer has come. */
const leftMs = 750

it('asks after the first event at once and after one that follows in time for a second', () => {
  const { at, asking } = asked()
  asking.ask(['a'])
  expect(at).toEqual([0])
  vi.advanceTimersByTime(10)
  asking.ask(['a'])
  vi.advanceTimersByTime(5_000)
  expect(at.length).toBe(2)
  expect((at[1] as number) - 10).toBeLessThanOrEqual(leftMs)
  asking.ask(['a'])
  expect(at[2]).toBe(5_010)
})

it('asks no oftener than twice a second, however much happens, and the last event is not forgotten', () => {
  const { at, asking } = asked()
  for (let ms = 0; ms < 10_000; ms += 20) {
    asking.ask(['a'])
    vi.advanceTimersByTime(20)
  }
  const last = 9_980
  vi.advanceTimersByTime(5_000)
  expect(at.length).toBeLessThanOrEqual(21)
  expect(at.at(-1)).toBeGreaterThanOrEqual(last)
  expect((at.at(-1) as number) - last).toBeLessThanOrEqual(leftMs)
})

it('counts every query for itself, and asks nothing after its stop', () => {
  const { at, asking } = asked()
  asking.ask(['a'])
  asking.ask(['b', { id: 1 }])
  asking.ask(['b', { id: 2 }])
  expect(at).toEqual([0, 0, 0])
  asking.ask(['a'])
  asking.stop()
  vi.advanceTimersByTime(5_000)
  expect(at).toEqual([0, 0, 0])
})
