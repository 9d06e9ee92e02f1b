import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Measurement, NewPoint, TimeSeries } from '../storage/timeseries/port.ts'

/** What is measured is kept in memory for so long, and then written as one point a series and statistic. */
const windowMs = 15_000
/** Series of one window; what is beyond them is counted and left out. */
const maxSeries = 5_000
/** Values of one series and window that its percentile is made from, drawn at random where there are more. */
const maxSample = 500
const gaugesEveryMs = 60_000

/** A series as its users name it. Tags have few different values and nothing personal. */
export interface Measured {
  measurement: Measurement
  /** Null: the enterprise that runs the installation. */
  enterpriseId: string | null
  metric: string
  tags?: Record<string, string>
}

/** What AIA measures of itself, gathered in this process so that a call costs no write. */
export interface Measurements {
  /** Adds to a counter: one point a window, their sum. */
  count(what: Measured, by?: number): void
  /** One value of many: a window gives the points `stat` = count, sum, max and p95. */
  observe(what: Measured, value: number): void
  /** What something stands at: the last value of a window is a point. */
  gauge(what: Measured, value: number): void
  /** Writes what was gathered; never rejects, for the series count what they lose. */
  flush(): Promise<void>
  close(): Promise<void>
}

type Kind = 'counter' | 'distribution' | 'gauge'

interface Gathered {
  what: Measured
  count: number
  sum: number
  max: number
  sample: number[]
  last: number
  kind: Kind
}

function pointsOf({ count, sum, max, sample, last, kind }: Gathered): { stat?: string; value: number }[] {
  if (kind === 'counter') return [{ value: sum }]
  if (kind === 'gauge') return [{ value: last }]
  const sorted = sample.sort((a, b) => a - b)
  const p95 = sorted[Math.max(0, Math.floor(sorted.length * 0.95 + 0.5) - 1)] as number
  return [
    { stat: 'count', value: count },
    { stat: 'sum', value: sum },
    { stat: 'max', value: max },
    { stat: 'p95', value: p95 },
  ]
}

/**
 * Gathers what is measured and writes it to `series` four times a minute; once a minute also how the process is.
 * @param house gives the enterprise that runs the installation; null until it is known, and what belongs to it is left out so long
 */
export function gatherMeasurements(series: Pick<TimeSeries, 'write'>, house: () => string | null): Measurements {
  let gathered = new Map<string, Gathered>()
  let leftOut = 0
  const delay = monitorEventLoopDelay({ resolution: 50 })
  delay.enable()
  let cpu = process.cpuUsage()
  let gaugesAt = Date.now()

  function add(what: Measured, value: number, kind: Kind): void {
    const key = `${what.measurement} ${what.enterpriseId ?? ''} ${what.metric} ${JSON.stringify(what.tags)}`
    let known = gathered.get(key)
    if (!known) {
      if (gathered.size >= maxSeries) {
        leftOut++
        return
      }
      known = { what, count: 0, sum: 0, max: -Infinity, sample: [], last: value, kind }
      gathered.set(key, known)
    }
    known.count++
    known.sum += value
    known.last = value
    if (kind !== 'distribution') return
    known.max = Math.max(known.max, value)
    if (known.sample.length < maxSample) known.sample.push(value)
    else {
      // Reservoir sampling (Vitter 1985, algorithm R).
      const place = Math.floor(Math.random() * known.count)
      if (place < maxSample) known.sample[place] = value
    }
  }

  /** How the process is: its memory, its share of a core and how long its event loop keeps work waiting. */
  function gauges(atMs: number): { metric: string; value: number }[] {
    const sinceMs = atMs - gaugesAt
    if (sinceMs < gaugesEveryMs) return []
    const used = process.cpuUsage(cpu)
    const found = [
      { metric: 'memory_bytes', value: process.memoryUsage.rss() },
      { metric: 'cpu_share', value: (used.user + used.system) / 1_000 / sinceMs },
      { metric: 'event_loop_delay_ms', value: delay.percentile(99) / 1e6 },
    ]
    delay.reset()
    cpu = process.cpuUsage()
    gaugesAt = atMs
    return found
  }

  async function flush(): Promise<void> {
    const [window, atMs] = [gathered, Date.now()]
    gathered = new Map()
    const points: NewPoint[] = []
    const push = (what: Measured, value: number, stat?: string) => {
      const enterpriseId = what.enterpriseId ?? house()
      const tags = { ...what.tags, metric: what.metric, ...(stat ? { stat } : {}) }
      if (enterpriseId) points.push({ measurement: what.measurement, enterpriseId, tags, value, atMs })
    }
    for (const each of window.values()) for (const { stat, value } of pointsOf(each)) push(each.what, value, stat)
    for (const { metric, value } of gauges(atMs)) push({ measurement: 'system_performance', enterpriseId: null, metric }, value)
    if (leftOut > 0) push({ measurement: 'system_performance', enterpriseId: null, metric: 'left_out' }, leftOut)
    leftOut = 0
    if (points.length > 0) await series.write(points).catch(() => {})
  }

  const timer = setInterval(flush, windowMs).unref()
  return {
    count: (what, by = 1) => add(what, by, 'counter'),
    observe: (what, value) => add(what, value, 'distribution'),
    gauge: (what, value) => add(what, value, 'gauge'),
    flush,
    async close() {
      clearInterval(timer)
      delay.disable()
      await flush()
    },
  }
}
