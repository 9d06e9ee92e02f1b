/** What AIA measures. Each is one measurement of the database `aia_metrics`. */
export const measurements = ['system_performance', 'neural_intelligence', 'payment_transactions', 'enterprise_usage'] as const
export type Measurement = (typeof measurements)[number]

/** How long a point is kept. */
export const retentionMs = 30 * 86_400_000

export type Tags = Readonly<Record<string, string>>

/** A point is tags, a value and a time. The same enterprise, measurement, tags and time are the same point. */
export interface Point {
  measurement: Measurement
  enterpriseId: string
  /** At most 8 of few different values: every combination is a series of its own. Nothing personal. */
  tags: Tags
  value: number
  /** Nanoseconds since 1970. */
  time: bigint
}

export const aggregates = ['mean', 'min', 'max', 'sum', 'count', 'p50', 'p95', 'p99'] as const
export type Aggregate = (typeof aggregates)[number]

export interface SeriesQuery {
  measurement: Measurement
  /** Only this enterprise's points are looked at. */
  enterpriseId: string
  /** Only points that have these tags. */
  tags: Tags
  /** Gives a line for every value of this tag. */
  by?: string | undefined
  /** Over the points of a bucket. Percentiles are the nearest rank: a value that was measured. */
  aggregate: Aggregate
  /** Milliseconds since 1970; from the first, before the second. Nothing older than the retention is found. */
  fromMs: number
  toMs: number
  /** Width of a bucket; they are aligned to 1970. */
  bucketMs: number
}

/** Buckets of one line in the order of time; those without a point are left out. */
export interface Line {
  /** The value of the tag `by`; null without one. */
  value: string | null
  buckets: { atMs: number; value: number }[]
}

/** In the order of `query`, the same whichever store sorts. */
export const byValue = (lines: Line[]): Line[] => lines.sort((a, b) => Buffer.compare(Buffer.from(a.value ?? ''), Buffer.from(b.value ?? '')))

/** Where points are kept. Nothing is held back in memory: what is written can be found. */
export interface SeriesStore {
  readonly adapter: 'pglite' | 'postgres' | 'influxdb'
  /**
   * Stores points; one that is there already stays as it is, so a batch may be sent again.
   * @returns how many were refused for good, because they are older than the retention
   * @throws when it is not certain that all are stored
   */
  write(points: readonly Point[]): Promise<{ refused: number }>
  /** Lines by the value of the tag, in alphabetical order. */
  query(query: SeriesQuery): Promise<Line[]>
  /** Throws unless points can be written now. */
  ping(): Promise<void>
  /** Removes what is older than the retention, where the store does not do that by itself. */
  expire(): Promise<void>
  close(): Promise<void>
}

/** A point as it is measured. */
export type NewPoint = Omit<Point, 'time'> & { atMs: number }

/** The time series of this process: a store, and a buffer on disk for the time when it is away. */
export interface TimeSeries extends Pick<SeriesStore, 'adapter' | 'query' | 'expire' | 'close'> {
  /**
   * Keeps points. Resolves when they are in the store, or on disk to be sent to it later.
   * @throws when neither took them; they are counted as dropped
   */
  write(points: readonly NewPoint[]): Promise<void>
  /** Asks the store, for a second at most. */
  check(): Promise<SeriesState>
}

export interface SeriesState {
  isAway: boolean
  /** Points on disk that wait for the store. */
  buffered: number
  /** Points that were lost since the start of the process. */
  dropped: number
}

const tagName = /^[a-z][a-z0-9_]{0,31}$/
const reserved = ['time', 'value', 'enterprise']
// No control characters, which InfluxDB's line protocol cannot carry, and no backslash, which it reads in several ways.
const tagValue = /^[^\p{C}\p{Zl}\p{Zp}\\]{1,128}$/u
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** @throws TypeError for a name or value that not every store takes; so nothing else ever reaches one */
export function assertTags(tags: Tags): void {
  const entries = Object.entries(tags)
  if (entries.length > 8) throw new TypeError('A point has at most 8 tags.')
  for (const [name, value] of entries) {
    assertTagName(name)
    if (!tagValue.test(value) || value !== value.trim()) throw new TypeError(`The value of the tag ${name} has characters that a tag cannot have.`)
  }
}

export function assertTagName(name: string): void {
  if (!tagName.test(name) || reserved.includes(name)) throw new TypeError('This cannot be the name of a tag.')
}

/** @throws TypeError for what is no point */
export function assertPoint({ measurement, enterpriseId, tags, value }: Omit<Point, 'time'>): void {
  if (!measurements.includes(measurement)) throw new TypeError('There is no such measurement.')
  if (!uuid.test(enterpriseId)) throw new TypeError('A point belongs to an enterprise.')
  if (!Number.isFinite(value)) throw new TypeError('The value of a point is a finite number.')
  assertTags(tags)
}

/** @throws TypeError for a query that no store can answer */
export function assertQuery({ measurement, enterpriseId, tags, by, aggregate, fromMs, toMs, bucketMs }: SeriesQuery): void {
  assertPoint({ measurement, enterpriseId, tags, value: 0 })
  if (by !== undefined) assertTagName(by)
  if (!aggregates.includes(aggregate)) throw new TypeError('There is no such aggregate.')
  if (![fromMs, toMs, bucketMs].every(Number.isSafeInteger) || bucketMs < 1 || fromMs < 0) throw new TypeError('Times are whole milliseconds.')
}

/** In a few words why a store cannot be had. Neither InfluxDB's messages nor those of Node hold a password. */
export function reasonOf(error: unknown): string {
  const { code, message = '' } = error as { code?: unknown; message?: string }
  return typeof code === 'string' ? code : (message.split('\n')[0] ?? '').slice(0, 200)
}
