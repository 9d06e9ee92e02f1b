import { InfluxDB } from 'influx'
import { influxAddress } from './influxdb-address.ts'
import { type Aggregate, assertPoint, assertQuery, byValue, reasonOf, retentionMs, type SeriesQuery, type SeriesStore } from './port.ts'

const timeoutMs = 5_000
const policy = 'aia_30d'
const duration = `${retentionMs / 3_600_000}h0m0s`

const functions: Record<Aggregate, string> = {
  mean: 'MEAN("value")',
  min: 'MIN("value")',
  max: 'MAX("value")',
  sum: 'SUM("value")',
  count: 'COUNT("value")',
  p50: 'PERCENTILE("value", 50)',
  p95: 'PERCENTILE("value", 95)',
  p99: 'PERCENTILE("value", 99)',
}

/** Rows as InfluxDB's HTTP interface gives them (1.x, /query). */
interface Answer {
  results: { error?: string; series?: { tags?: Record<string, string>; columns: string[]; values: (string | number)[][] }[] }[]
}

// Whoever writes keeps what failed and sends it again. Without a pause after a failure there is none in which a server that is back is not asked.
const noPause = { getDelay: () => 0, next: () => noPause, reset: () => noPause }
const pool = { maxRetries: 0, requestTimeout: timeoutMs, backoff: noPause }

/** InfluxDB has answered, and not as asked. */
class InfluxRefusal extends Error {}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1_000} s`)), timeoutMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/**
 * Points in InfluxDB 1.x at http://user:password@host:port/database, under a retention policy of 30 days. Database and policy are made when
 * they are missing, if the user may; where it may not, they must be there.
 */
export function connectInfluxSeries(address: string): SeriesStore {
  const { host, port, protocol, database, credentials } = influxAddress(address)
  const client = new InfluxDB({ hosts: [{ host, port, protocol }], ...credentials, database, pool })
  let isPrepared = false

  async function run(statement: string, placeholders: Record<string, string> = {}): Promise<NonNullable<Answer['results'][number]['series']>> {
    // By POST: what is asked for stands in no log of addresses.
    const answer: Answer = await within(client.queryRaw(statement, { database, precision: 'ms', placeholders, method: 'POST' }))
    const [result] = answer.results
    if (!result || result.error) throw new InfluxRefusal(result?.error ?? 'an empty answer')
    return result.series ?? []
  }

  async function prepare(): Promise<void> {
    if (isPrepared) return
    const policies = await run(`SHOW RETENTION POLICIES ON "${database}"`).catch(async (error) => {
      if (!(error instanceof InfluxRefusal)) throw error
      await run(`CREATE DATABASE "${database}"`)
      return run(`SHOW RETENTION POLICIES ON "${database}"`)
    })
    const found = policies[0]?.values.find(([name]) => name === policy)
    if (!found) await run(`CREATE RETENTION POLICY "${policy}" ON "${database}" DURATION ${duration} REPLICATION 1 DEFAULT`)
    else if (found[1] !== duration) await run(`ALTER RETENTION POLICY "${policy}" ON "${database}" DURATION ${duration}`)
    isPrepared = true
  }

  /** Runs `work`; what it needs is made again when somebody has taken it away. */
  async function prepared<T>(work: () => Promise<T>): Promise<T> {
    await prepare()
    try {
      return await work()
    } catch (error) {
      if (!/(?:database|retention policy) not found/.test(String((error as Error).message))) throw error
      isPrepared = false
      await prepare()
      return work()
    }
  }

  return {
    adapter: 'influxdb',
    async write(points) {
      points.forEach(assertPoint)
      const sent = points.map(({ measurement, enterpriseId, tags, value, time }) => ({
        measurement,
        tags: { ...tags, enterprise: enterpriseId },
        fields: { value },
        timestamp: String(time),
      }))
      try {
        await prepared(() => within(client.writePoints(sent, { precision: 'n', retentionPolicy: policy })))
        return { refused: 0 }
      } catch (error) {
        // What it calls a bad request would be one again. Of a partial write the other points are stored.
        const { res, message } = error as { res?: { statusCode?: number }; message: string }
        if (res?.statusCode !== 400) throw error
        const dropped = /partial write: .*dropped=(\d+)/.exec(message)
        return { refused: dropped ? Number(dropped[1]) : points.length }
      }
    },
    async query(query) {
      assertQuery(query)
      const { statement, placeholders } = selectBuckets(query)
      const found = await prepared(() => run(statement, placeholders))
      return byValue(
        found.map(({ tags, values }) => ({
          value: (query.by && tags?.[query.by]) || null,
          buckets: values.map(([at, value]) => ({ atMs: Number(at), value: Number(value) })),
        })),
      )
    },
    ping: () => prepared(async () => void (await run(`SHOW RETENTION POLICIES ON "${database}"`))),
    // The retention policy does it.
    async expire() {},
    async close() {},
  }
}

/** Names are of a closed grammar (port.ts), numbers are ours, and every value is a parameter: nothing of the input becomes InfluxQL. */
function selectBuckets({ measurement, enterpriseId, tags, by, aggregate, fromMs, toMs, bucketMs }: SeriesQuery) {
  const from = Math.max(fromMs, Date.now() - retentionMs)
  const filters = Object.entries(tags).map(([name, value], i) => ({ clause: `"${name}" = $tag${i}`, parameter: [`tag${i}`, value] as const }))
  const where = ['"enterprise" = $enterprise', ...filters.map(({ clause }) => clause), `time >= ${from}ms`, `time < ${toMs}ms`]
  const groups = [`time(${bucketMs}ms)`, ...(by === undefined ? [] : [`"${by}"`])]
  return {
    statement: `SELECT ${functions[aggregate]} FROM "${policy}"."${measurement}" WHERE ${where.join(' AND ')} GROUP BY ${groups.join(', ')} fill(none)`,
    placeholders: { enterprise: enterpriseId, ...Object.fromEntries(filters.map(({ parameter }) => parameter)) },
  }
}

/** @throws Error with one line for people, when it cannot be used */
export async function openInfluxSeries(address: string): Promise<SeriesStore> {
  const store = connectInfluxSeries(address)
  try {
    await store.ping()
    return store
  } catch (error) {
    const { host, port } = influxAddress(address)
    throw new Error(
      `AIA cannot start: INFLUXDB_URL: no InfluxDB can be used at ${host}:${port} (${error instanceof SyntaxError ? 'something else answers there' : reasonOf(error)}).`,
    )
  }
}
