// npm run migrate -- --to services [--replace]: copies an embedded AIA (AIA_DATA_DIR) into PostgreSQL (DATABASE_URL), its files into Google Cloud
// Storage (GCS_BUCKET) and its time series into InfluxDB (INFLUXDB_URL) where these are set. Can be run again.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Env, readEnv } from '../server/env.ts'
import { prepareJobTables } from '../server/jobs/dbos.ts'
import { CopyRefused, copyTables, type TableCopy } from '../server/storage/database/copy-tables.ts'
import { openPglite, type PgliteDatabase } from '../server/storage/database/pglite.ts'
import { openPostgres } from '../server/storage/database/postgres.ts'
import { partsOf } from '../server/storage/database/postgres-address.ts'
import { asOwner } from '../server/storage/database/postgres-owner.ts'
import { copyObjects } from '../server/storage/objects/copy.ts'
import { fileObjects } from '../server/storage/objects/files.ts'
import { openGcs } from '../server/storage/objects/gcs.ts'
import { copySeries } from '../server/storage/timeseries/copy.ts'
import { openInfluxSeries } from '../server/storage/timeseries/influxdb.ts'
import type { Point } from '../server/storage/timeseries/port.ts'
import { postgresSeries } from '../server/storage/timeseries/postgres.ts'

const migrations = join(process.cwd(), 'drizzle')
const quiet = { debug() {}, info() {}, warn() {}, error: (message: unknown) => console.error(String(message)) }
const number = new Intl.NumberFormat('en')

/** A line when a table is there, and every two seconds of a long one. */
function sayNowAndThen(what: string) {
  let saidAt = Date.now()
  return (table: string, done: number, of: number) => {
    if (done < of && Date.now() - saidAt < 2_000) return
    saidAt = Date.now()
    console.log(`  ${table.padEnd(36)}${number.format(done).padStart(12)}${done < of ? ` of ${number.format(of)}` : what}`)
  }
}

/** Brings the target's tables up to date, and gives the role that an AIA on it works as. */
async function prepareTarget(url: string): Promise<string> {
  const target = await openPostgres({ url, migrations, connections: 1 })
  try {
    await prepareJobTables(target, quiet)
    return target.jobs.role
  } finally {
    await target.close()
  }
}

/** Tables in one transaction of each side; AIA itself cannot run on the source meanwhile, and waits with its start on the target. */
async function copyDatabase({ engine }: PgliteDatabase, url: string, replace: boolean): Promise<TableCopy> {
  const role = await prepareTarget(url)
  return asOwner(url, async (owner) => {
    const { rowCount } = await owner.query('select from pg_stat_activity where usename = $1', [role])
    if (rowCount) throw new CopyRefused('AIA is running on the target. Stop it first: what it writes meanwhile would be lost.')
    await owner.query('begin')
    const copied = await engine.transaction((from) =>
      copyTables(
        { query: async <T>(text: string, values?: unknown[]) => (await from.query<T>(text, values)).rows },
        { query: async <T>(text: string, values?: unknown[]) => (await owner.query(text, values)).rows as T[] },
        { replace, onRows: sayNowAndThen(' rows') },
      ),
    )
    await owner.query('commit')
    return copied
  })
}

/** Before the database, which refers to them. */
async function copyFiles(folder: string, place: NonNullable<Env['gcs']>, enterpriseIds: string[]): Promise<void> {
  const to = await openGcs(place, { away: console.error, back() {}, withoutLifecycle() {} })
  try {
    const done = await copyObjects(fileObjects(folder), to, enterpriseIds)
    console.log(`${number.format(done)} files are in the bucket ${place.bucket}, each read back and the same.`)
  } finally {
    to.close()
  }
}

/** All points, in the order of their time. */
async function* pointsOf({ engine }: PgliteDatabase): AsyncGenerator<Point[]> {
  let last = { time: '-1', id: 0 }
  for (;;) {
    const { rows } = await engine.query<Omit<Point, 'time'> & typeof last>(
      `select s.measurement, s.enterprise_id as "enterpriseId", s.tags, p.value, p.time::text as time, s.id
      from series_points p join series s on s.enterprise_id = p.enterprise_id and s.id = p.series_id
      where (p.time, s.id) > ($1, $2) order by p.time, s.id limit 5000`,
      [last.time, last.id],
    )
    if (rows.length === 0) return
    yield rows.map(({ measurement, enterpriseId, tags, value, time }) => ({ measurement, enterpriseId, tags, value, time: BigInt(time) }))
    last = rows.at(-1) as (typeof rows)[number]
  }
}

async function copyPoints(source: PgliteDatabase, address: string, enterpriseIds: string[]): Promise<void> {
  const to = await openInfluxSeries(address)
  try {
    const { rows } = await source.engine.query<{ until: number | null }>('select (max(time) / 1000000)::float8 as until from series_points')
    const untilMs = rows[0]?.until ?? 0
    const done = await copySeries(pointsOf(source), { from: postgresSeries(source), to, enterpriseIds, untilMs })
    console.log(`${number.format(done)} points are in InfluxDB: both sides answer the same.`)
  } finally {
    await to.close()
  }
}

function usage(): never {
  console.error('Usage: npm run migrate -- --to services [--replace]')
  console.error('  DATABASE_URL says where to, AIA_DATA_DIR from where. --replace: empty a target that holds this installation in another state.')
  process.exit(2)
}

function options() {
  try {
    return parseArgs({ options: { to: { type: 'string' }, replace: { type: 'boolean' } } }).values
  } catch {
    return usage()
  }
}

async function main(): Promise<void> {
  const { to, replace = false } = options()
  if (to !== 'services') usage()
  const { dataDir, databaseUrl, gcs, influxUrl } = readEnv()
  if (!databaseUrl) throw new CopyRefused('DATABASE_URL is not set: it says into which PostgreSQL to copy.')
  const folder = join(dataDir, 'database')
  if (!existsSync(join(folder, 'pglite', 'PG_VERSION')))
    throw new CopyRefused(`There is no embedded database in ${folder}. AIA_DATA_DIR says where it is.`)
  const { database, host } = partsOf(databaseUrl)
  console.log(`Copying ${folder} into ${database} on ${host}`)
  const source = await openPglite({ folder, migrations })
  try {
    const { rows: enterprises } = await source.engine.query<{ id: string }>('select id from enterprises')
    const ids = enterprises.map(({ id }) => id)
    if (gcs) await copyFiles(join(dataDir, 'objects'), gcs, ids)
    if (influxUrl) await copyPoints(source, influxUrl, ids)
    const { tables, isNew } = await copyDatabase(source, databaseUrl, replace)
    const both = `${tables.length} tables, ${number.format(tables.reduce((sum, { rows }) => sum + rows, 0))} rows`
    console.log(`${isNew ? '' : 'Nothing to copy. '}${both}: counts and hashes are the same on both sides.`)
  } finally {
    await source.close()
  }
  const folders = [join(dataDir, 'keys'), ...(gcs ? [] : [join(dataDir, 'objects')])].join(' and ')
  console.log(`Start AIA with these variables and this AIA_DATA_DIR. It still needs ${folders}: on another machine, copy that there first.`)
  console.log('People stay signed in; jobs that had not ended go on. Neo4j, where it is used, is filled from the database.')
}

try {
  await main()
} catch (error) {
  const isForPeople = error instanceof CopyRefused || (error instanceof Error && /^(?:AIA cannot start|The data folder)/.test(error.message))
  if (!isForPeople) throw error
  console.error(`AIA cannot migrate: ${(error as Error).message.replace(/^AIA cannot start[:,] /, '')}`)
  process.exit(1)
}
