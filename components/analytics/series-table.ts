import type { Series } from './use-series'

/** A series as it is shown and exported: the chart, the table and the CSV file are made from this and nothing else. */
export interface SeriesTable {
  columns: string[]
  /** Begin of the bucket (ISO 8601, UTC) and one value a column; null where nothing was measured. Latest first. */
  rows: { at: string; values: (number | null)[] }[]
}

/** Six significant digits: more than anybody reads, and fewer than floating point makes up. */
const shown = (value: number) => Number(value.toPrecision(6))
const withoutMilliseconds = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')

const nameOf = (series: Series, tag: string | null, suffix = '') =>
  `${tag ?? `${series.metric}${series.aggregate === 'sum' ? '' : ` (${series.aggregate})`}`}${suffix}`

/** Every bucket of the range with the value of each line; `previous` stands beside, each of its buckets at the same distance from its begin. */
export function tableOf(series: Series, previous: Series | null = null): SeriesTable {
  const stepMs = series.bucket_seconds * 1_000
  const [from, to] = [Date.parse(series.from), Date.parse(series.to)]
  const sources = [
    { of: series, shiftMs: 0, suffix: '' },
    ...(previous ? [{ of: previous, shiftMs: from - Date.parse(previous.from), suffix: ', before' }] : []),
  ]
  const lines = sources.flatMap(({ of, shiftMs, suffix }) =>
    of.lines.map(({ tag, points }) => ({
      name: nameOf(of, tag, suffix),
      values: new Map(points.map(({ at, value }) => [Date.parse(at) + shiftMs, shown(value)])),
    })),
  )
  const rows = Array.from({ length: Math.max(0, Math.round((to - from) / stepMs)) }, (_, index) => {
    const at = from + index * stepMs
    return { at: withoutMilliseconds(at), values: lines.map(({ values }) => values.get(at) ?? null) }
  })
  return { columns: lines.map(({ name }) => name), rows: rows.filter(({ values }) => values.some((value) => value !== null)).reverse() }
}

/** What a cell says, in the table as in the file. */
export const cellText = (value: number | null): string => (value === null ? '' : String(value))
export const timeHeading = 'time (UTC)'

const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** The table as comma-separated values (RFC 4180), in its order. */
export function csvOf({ columns, rows }: SeriesTable): string {
  const lines = [[timeHeading, ...columns], ...rows.map(({ at, values }) => [at, ...values.map(cellText)])]
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('')
}
