import { expect, it } from 'vitest'
import { spread } from '@/server/neural/graph/layout/start'
import { enlargement } from './node-textures'

it.each([1, 2, 50, 1_000, 20_000])('draws %d atoms as large as ever', (count) => {
  expect(enlargement(spread(count), count)).toBe(1)
  expect(enlargement(new Float32Array(3 * count), count)).toBe(1)
})

it('draws few nodes that stand where many did larger, and none at all without a fault', () => {
  // Every 200th of 10,000, as communities are the middles of their members.
  const all = spread(10_000)
  const few = Float32Array.from({ length: 150 }, (_, at) => all[600 * Math.floor(at / 3) + (at % 3)] as number)
  expect(enlargement(few, 50)).toBeGreaterThan(1.2)
  expect(enlargement(new Float32Array(), 0)).toBe(1)
})
