// npm run migrate -- --to services [--replace]: copies an embedded AIA (AIA_DATA_DIR) into PostgreSQL (DATABASE_URL). Can be run again.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readEnv } from '../server/env.ts'
import { prepareJobTables } from '../server/jobs/dbos.ts'
import { CopyRefused, copyTables, type TableCopy } from '../server/storage/database/copy-tables.ts'
import { openPglite } from '../server/storage/database/pglite.ts'
import { openPostgres } from '../server/storage/database/postgres.ts'
import { partsOf } from '../server/storage/database/postgres-address.ts'
import { asOwner } from '../server/storage/database/postgres-owner.ts'

const migrations = join(process.cwd(), 'drizzle')
const quiet = { debug() {}, info() {}, warn() {}, error: (message: unknown) => console.error(String(message)) }
const number = new Intl.NumberFormat('en')

/** A line when a table is there, and every two seconds of a long one. */
function sayNowAndThen() {
  let saidAt = Date.now()
  return (table: string, done: number, of: number) => {
    if (done < of && Date.now() - saidAt < 2_000) return
    saidAt = Date.now()
    console.log(`  ${table.padEnd(36)}${number.format(done).padStart(12)}${done < of ? ` of ${number.format(of)}` : ' rows'}`)
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
async function copyDatabase(folder: string, url: string, replace: boolean): Promise<TableCopy> {
  const source = await openPglite({ folder, migrations })
  try {
    const role = await prepareTarget(url)
    return await asOwner(url, async (owner) => {
      const { rowCount } = await owner.query('select from pg_stat_activity where usename = $1', [role])
      if (rowCount) throw new CopyRefused('AIA is running on the target. Stop it first: what it writes meanwhile would be lost.')
      await owner.query('begin')
      const copied = await source.engine.transaction((from) =>
        copyTables(
          { query: async <T>(text: string, values?: unknown[]) => (await from.query<T>(text, values)).rows },
          { query: async <T>(text: string, values?: unknown[]) => (await owner.query(text, values)).rows as T[] },
          { replace, onRows: sayNowAndThen() },
        ),
      )
      await owner.query('commit')
      return copied
    })
  } finally {
    await source.close()
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
  const { dataDir, databaseUrl } = readEnv()
  if (!databaseUrl) throw new CopyRefused('DATABASE_URL is not set: it says into which PostgreSQL to copy.')
  const folder = join(dataDir, 'database')
  if (!existsSync(join(folder, 'pglite', 'PG_VERSION')))
    throw new CopyRefused(`There is no embedded database in ${folder}. AIA_DATA_DIR says where it is.`)
  const { database, host } = partsOf(databaseUrl)
  console.log(`Copying ${folder} into ${database} on ${host}`)
  const { tables, isNew } = await copyDatabase(folder, databaseUrl, replace)
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const both = `${tables.length} tables, ${number.format(rows)} rows: counts and hashes are the same on both sides`
  console.log(isNew ? `${both}.` : `Nothing to copy. ${both}.`)
  console.log(
    `Start AIA with DATABASE_URL and this AIA_DATA_DIR: ${join(dataDir, 'keys')} opens its secrets, ${join(dataDir, 'objects')} holds its files.`,
  )
  console.log('On another machine, copy these two folders there first. People stay signed in; jobs that had not ended go on.')
}

try {
  await main()
} catch (error) {
  const isForPeople = error instanceof CopyRefused || (error instanceof Error && /^(?:AIA cannot start|The data folder)/.test(error.message))
  if (!isForPeople) throw error
  console.error(`AIA cannot migrate: ${(error as Error).message.replace(/^AIA cannot start[:,] /, '')}`)
  process.exit(1)
}
