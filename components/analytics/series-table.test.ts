import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import { cellText, csvOf, tableOf, timeHeading } from './series-table'
import type { MetricInfo, Series } from './use-series'
import { momentsOf, previousOf, readView, requestOf } from './view'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString()
function series(from: number, to: number, lines: { tag: string | null; points: [number, number][] }[]): Series {
  return {
    measurement: 'enterprise_usage',
    metric: 'calls',
    unit: 'count',
    definition: 'Calls.',
    aggregate: 'sum',
    from: at(from),
    to: at(to),
    bucket_seconds: 60,
    omitted: 0,
    lines: lines.map(({ tag, points }) => ({ tag, points: points.map(([minute, value]) => ({ at: at(minute), value })) })),
  }
}

describe('the table of a series', () => {
  const table = tableOf(
    series(10, 14, [
      {
        tag: 'a, "b"',
        points: [
          [10, 1],
          [12, 0.1 + 0.2],
        ],
      },
      { tag: 'c', points: [[12, 4]] },
    ]),
    series(6, 10, [{ tag: 'c', points: [[9, 7]] }]),
  )

  it('has a row for every bucket in which something was measured, latest first, and the range before beside it', () => {
    expect(table).toEqual({
      columns: ['a, "b"', 'c', 'c, before'],
      rows: [
        { at: '2026-01-01T12:13:00Z', values: [null, null, 7] },
        { at: '2026-01-01T12:12:00Z', values: [0.3, 4, null] },
        { at: '2026-01-01T12:10:00Z', values: [1, null, null] },
      ],
    })
  })

  it('is the same in the file, whatever the names hold', () => {
    const file = parse(csvOf(table)) as string[][]
    expect(file).toEqual([[timeHeading, ...table.columns], ...table.rows.map((row) => [row.at, ...row.values.map(cellText)])])
  })

  it('is empty without a measurement, not full of zeros', () => {
    expect(tableOf(series(10, 14, []))).toEqual({ columns: [], rows: [] })
  })
})

describe('a view in the address', () => {
  const catalogue: MetricInfo[] = [
    { measurement: 'system_performance', metric: 'latency_ms', unit: 'ms', definition: '', aggregates: ['mean', 'p95'], tags: ['operation'] },
    { measurement: 'enterprise_usage', metric: 'calls', unit: 'count', definition: '', aggregates: ['sum'], tags: ['operation', 'door'] },
  ]
  const read = (text: string) => readView(new URLSearchParams(text), catalogue)

  it('is what stands in it, and what suits where it says nothing or what is not measured', () => {
    expect(read('metric=calls&measurement=enterprise_usage&by=door&operation=auth.login&range=7d&compare=previous')).toMatchObject({
      metric: { metric: 'calls' },
      aggregate: 'sum',
      by: 'door',
      tags: { operation: 'auth.login' },
      range: '7d',
      compare: true,
    })
    expect(read('metric=gone&aggregate=median&by=enterprise&range=1y&door=rest')).toMatchObject({
      metric: { metric: 'latency_ms' },
      aggregate: 'mean',
      by: null,
      tags: {},
      range: '1h',
    })
    expect(readView(new URLSearchParams(), [])).toBeNull()
  })

  it('asks for a range of its own, and for the same length before it while that is kept', () => {
    const view = read('metric=calls&measurement=enterprise_usage&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z')
    if (!view) throw new Error('no view')
    const moments = momentsOf(view, Date.UTC(2026, 0, 5))
    expect(requestOf(view, moments)).toMatchObject({ from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' })
    expect(previousOf(moments, Date.UTC(2026, 0, 5))).toEqual({ from: Date.UTC(2025, 11, 31), to: Date.UTC(2026, 0, 1) })
    expect(previousOf(moments, Date.UTC(2026, 1, 5))).toBeNull()
  })
})
