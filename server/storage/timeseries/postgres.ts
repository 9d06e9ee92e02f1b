import { type SQL, sql } from 'drizzle-orm'
import { asJson, type Database, rows } from '../database/port.ts'
import { type Aggregate, assertPoint, assertQuery, byValue, type Line, type Point, retentionMs, type SeriesQuery, type SeriesStore } from './port.ts'

const hourMs = 3_600_000
const nanosecondsAMillisecond = 1_000_000

/** Over raw points; the nearest rank is InfluxDB's own rule, floor(n * p + 1/2). */
const rawAggregates: Record<Aggregate, SQL> = {
  mean: sql`avg(p.value)`,
  min: sql`min(p.value)`,
  max: sql`max(p.value)`,
  sum: sql`sum(p.value)`,
  count: sql`count(*)`,
  p50: nearestRank(50),
  p95: nearestRank(95),
  p99: nearestRank(99),
}

/** Over hours. What is not here needs the points themselves. */
const hourAggregates: Partial<Record<Aggregate, SQL>> = {
  mean: sql`sum(p.sum) / sum(p.count)`,
  min: sql`min(p.min)`,
  max: sql`max(p.max)`,
  sum: sql`sum(p.sum)`,
  count: sql`sum(p.count)`,
}

function nearestRank(percent: number): SQL {
  return sql`(array_agg(p.value order by p.value))[floor(count(*) * ${percent}::float8 / 100 + 0.5)::int]`
}

/** What the points of a batch have in common, made where it is not there yet. A statement of its own: the next one sees what another process has made. */
const nameSeries = (batch: string) => sql`
  insert into series (enterprise_id, measurement, tags)
  select distinct enterprise_id, measurement, tags from json_to_recordset(${batch}::json) as r(enterprise_id uuid, measurement text, tags jsonb)
  where not exists (select from series s where s.enterprise_id = r.enterprise_id and s.measurement = r.measurement and s.tags = r.tags)
  order by enterprise_id, measurement, tags
  on conflict do nothing`

/** Points that are new, and their hours. Rows are touched in one order, so that processes never wait for each other in a circle. */
const storePoints = (batch: string, oldest: number) => sql`
  with fresh as (
    insert into series_points (enterprise_id, series_id, time, value)
    select s.enterprise_id, s.id, r.time, r.value
    from json_to_recordset(${batch}::json) as r(enterprise_id uuid, measurement text, tags jsonb, time bigint, value float8)
    join series s on s.enterprise_id = r.enterprise_id and s.measurement = r.measurement and s.tags = r.tags
    where r.time >= ${oldest}::bigint * ${nanosecondsAMillisecond}
    order by s.enterprise_id, s.id, r.time
    on conflict do nothing
    returning enterprise_id, series_id, time, value
  )
  insert into series_hours as h (enterprise_id, series_id, hour, count, sum, min, max)
  select enterprise_id, series_id, (time / ${hourMs * nanosecondsAMillisecond}::bigint)::int as hour, count(*), sum(value), min(value), max(value)
  from fresh group by 1, 2, 3 order by 1, 2, 3
  on conflict (enterprise_id, series_id, hour) do update set
    count = h.count + excluded.count, sum = h.sum + excluded.sum, min = least(h.min, excluded.min), max = greatest(h.max, excluded.max)`

/** Points and their hours in the tables of the database. Identity transactions write for all enterprises at once; a tenant reads its own. */
export function postgresSeries(database: Database): SeriesStore {
  return {
    adapter: database.adapter,
    async write(points) {
      if (points.length === 0) return { refused: 0 }
      const oldest = Date.now() - retentionMs
      points.forEach(assertPoint)
      const batch = asJson(
        points.map(({ enterpriseId, measurement, tags, time, value }) => ({
          enterprise_id: enterpriseId,
          measurement,
          tags,
          time: String(time),
          value,
        })),
      )
      await database.identity(async (tx) => {
        await tx.execute(nameSeries(batch))
        await tx.execute(storePoints(batch, oldest))
      })
      return { refused: points.filter(({ time }) => isOlder(time, oldest)).length }
    },
    async query(query) {
      assertQuery(query)
      const statement = selectBuckets({ ...query, fromMs: Math.max(query.fromMs, Date.now() - retentionMs) })
      const found = await database.tenant(query.enterpriseId, (tx) => rows<{ line: string | null; at: number; value: number }>(tx, statement))
      const lines = new Map<string | null, Line>()
      for (const { line, at, value } of found) {
        const known = lines.get(line) ?? { value: line, buckets: [] }
        known.buckets.push({ atMs: at, value })
        lines.set(line, known)
      }
      return byValue([...lines.values()])
    },
    ping: () => database.ping(),
    async expire() {
      const oldest = Date.now() - retentionMs
      await database.identity(async (tx) => {
        await tx.execute(sql`delete from series_points where time < ${oldest}::bigint * ${nanosecondsAMillisecond}`)
        await tx.execute(sql`delete from series_hours where hour < ${Math.floor(oldest / hourMs)}`)
      })
    },
    // The database is closed by whoever opened it.
    async close() {},
  }
}

const isOlder = (time: Point['time'], oldestMs: number) => time < BigInt(oldestMs) * BigInt(nanosecondsAMillisecond)

/** Whole hours are read from the hours, where the aggregate can be had from them and no bucket begins or ends within one. */
function selectBuckets({ measurement, enterpriseId, tags, by, aggregate, fromMs, toMs, bucketMs }: SeriesQuery): SQL {
  const byHour = hourAggregates[aggregate]
  const isByHour = byHour !== undefined && [fromMs, toMs, bucketMs].every((ms) => ms % hourMs === 0)
  const source = isByHour ? sql`series_hours p` : sql`series_points p`
  const within = isByHour
    ? sql`p.hour >= ${fromMs / hourMs}::int and p.hour < ${toMs / hourMs}::int`
    : sql`p.time >= ${fromMs}::bigint * ${nanosecondsAMillisecond} and p.time < ${toMs}::bigint * ${nanosecondsAMillisecond}`
  const bucket = isByHour
    ? sql`(p.hour / ${bucketMs / hourMs}::int)::float8 * ${bucketMs}::float8`
    : sql`(p.time / (${bucketMs}::bigint * ${nanosecondsAMillisecond}))::float8 * ${bucketMs}::float8`
  const line = by === undefined ? sql`null::text` : sql`s.tags ->> ${by}::text`
  return sql`
    select ${line} as line, ${bucket} as at, (${isByHour ? byHour : rawAggregates[aggregate]})::float8 as value
    from series s join ${source} on p.enterprise_id = s.enterprise_id and p.series_id = s.id
    where s.enterprise_id = ${enterpriseId} and s.measurement = ${measurement} and s.tags @> ${asJson(tags)}::jsonb and ${within}
    group by 1, 2 order by 2`
}
