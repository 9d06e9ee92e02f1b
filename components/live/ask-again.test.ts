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

it('asks the more seldom the longer it goes on, forgets no last event, and is quick again after a pause', () => {
  const { at, asking } = asked()
  for (let ms = 0; ms < 120_000; ms += 20) {
    asking.ask(['a'])
    vi.advanceTimersByTime(20)
  }
  const last = 119_980
  expect(at.slice(0, 5)).toEqual([0, 700, 2_100, 4_900, 10_500])
  expect(at.length).toBeLessThanOrEqual(17)
  vi.advanceTimersByTime(10_000)
  expect(at.at(-1)).toBeGreaterThanOrEqual(last)
  vi.advanceTimersByTime(10_000)
  const asks = at.length
  asking.ask(['a'])
  asking.ask(['a'])
  vi.advanceTimersByTime(leftMs)
  expect(at.length).toBe(asks + 2)
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
