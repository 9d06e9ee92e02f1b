import { describe, expect, it } from 'vitest'
import { formatBytes, formatConfidence, formatDuration, formatNumber, humanise, plural, relativeTime } from './format'

const now = Date.UTC(2026, 10, 22, 12)
const ago = (seconds: number) => relativeTime(now - seconds * 1000, now, 'en')

describe('relativeTime', () => {
  it('takes the unit a person would say', () => {
    expect(ago(0)).toBe('just now')
    expect(ago(44)).toBe('just now')
    expect(ago(60)).toBe('1 min. ago')
    expect(ago(59.6 * 60)).toBe('1 hr. ago')
    expect(ago(3 * 3600)).toBe('3 hr. ago')
    expect(ago(86_400)).toBe('yesterday')
    expect(ago(6 * 86_400)).toBe('6 days ago')
    expect(ago(400 * 86_400)).toBe('last yr.')
  })
  it('knows the future, for clocks that differ', () => {
    expect(ago(-10)).toBe('just now')
    expect(ago(-7200)).toBe('in 2 hr.')
  })
})

describe('figures', () => {
  it('follow the locale', () => {
    expect(formatNumber(24318, 0, 'en')).toBe('24,318')
    expect(formatNumber(24318, 0, 'de')).toBe('24.318')
    expect(plural(1, 'atom', 'atoms', 'en')).toBe('1 atom')
    expect(plural(1200, 'atom', 'atoms', 'en')).toBe('1,200 atoms')
  })
  it('carry their unit', () => {
    expect([0, 999, 1000, 1_250_000, 50_000_000].map((bytes) => formatBytes(bytes, 'en'))).toEqual(['0 B', '999 B', '1 kB', '1.3 MB', '50 MB'])
    expect([0.42, 31.4, 999.6, 2400, 59_960, 185_000].map((ms) => formatDuration(ms, 'en'))).toEqual([
      '0.4 ms',
      '31 ms',
      '1 s',
      '2.4 s',
      '1 min',
      '3 min 5 s',
    ])
  })
  it('never round a confidence up to certainty', () => {
    expect([0, 0.874, 0.999, 1].map((value) => formatConfidence(value, 'en'))).toEqual(['0.00', '0.87', '0.99', '1.00'])
  })
})

it('reads names as words', () => {
  expect(humanise('recall_at_5')).toBe('Recall at 5')
  expect(humanise('ndcg_at_10')).toBe('nDCG at 10')
  expect(humanise('answer-latency.p95')).toBe('Answer latency p95')
})
