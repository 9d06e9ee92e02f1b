import { expect, it } from 'vitest'
import { metricText } from './measure'

it('shows a figure in its unit, and the want of data as such', () => {
  const show = (value: number | null, unit: string) => metricText({ value, unit }, 'en')
  expect(show(null, 'ratio')).toBe('No data')
  expect(show(0, 'ratio')).toBe('0.00')
  expect(show(0.9182, 'ratio')).toBe('0.918')
  expect(show(31.4, 'ms')).toBe('31 ms')
  expect(show(91.84, 'percent')).toBe('91.8 %')
  expect(show(24318, 'count')).toBe('24,318')
  expect(show(2.5, 'questions')).toBe('2.5 questions')
})
