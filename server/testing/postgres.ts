import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { readEnv } from '../env.ts'
import type { Database } from '../storage/database/port.ts'
import { openPostgres, type PostgresDatabase } from '../storage/database/postgres.ts'
import { migrations } from './template.ts'

const { databaseUrl } = readEnv()

/** Why tests on PostgreSQL cannot run here, or null. */
export const withoutPostgres = databaseUrl
  ? null
  : 'no DATABASE_URL: npm run services -- up postgres, then eval "$(npm run --silent services -- env)"'

let chosen: Database['adapter'] = 'pglite'
export const chosenAdapter = (): Database['adapter'] => chosen

/** Lets the databases and installations of this test file stand on another adapter, from here on. */
export function testOn(adapter: Database['adapter']): void {
  chosen = adapter
}

/** A statement by the role that owns the databases of the test's server; gives its rows. */
export const asServerOwner = <T extends object>(statement: string, values: unknown[] = []): Promise<T[]> =>
  onDatabase<T>(databaseUrl ?? '', statement, values)

/** A statement in one database, past every policy; gives its rows. */
export async function onDatabase<T extends object>(url: string, statement: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<T>(statement, values)).rows
  } finally {
    await client.end()
  }
}

/** Ends every client's connection to a database. What else works in it, such as autovacuum, is a superuser's to end. */
export const endConnections = (url: string, name = new URL(url).pathname.slice(1)) =>
  onDatabase(url, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename is not null and pid <> pg_backend_pid()', [
    name,
  ])

/** The same for a database of the test's server. */
export const cutEverybody = (name: string) => endConnections(databaseUrl ?? '', name)

/** A database of the test's own on the server of DATABASE_URL, empty. `drop` takes it away with whoever is connected. */
export async function newPostgres(): Promise<{ url: string; name: string; drop(): Promise<void> }> {
  const name = `aia_test_${randomBytes(6).toString('hex')}`
  await asServerOwner(`create database ${name}`)
  return {
    url: (databaseUrl ?? '').replace(/\/[^/?]+(\?|$)/, `/${name}$1`),
    name,
    async drop() {
      await asServerOwner(`drop database ${name} with (force)`)
      await asServerOwner(`drop role if exists ${name}_login`)
    },
  }
}

/** A fresh database on PostgreSQL, migrated, without a row. `remove` closes and drops it. */
export async function freshPostgres(): Promise<PostgresDatabase & { url: string; name: string; remove(): Promise<void> }> {
  const { drop, ...place } = await newPostgres()
  const database = await openPostgres({ url: place.url, migrations })
  return {
    ...database,
    ...place,
    async remove() {
      await database.close()
      await drop()
    },
  }
}
