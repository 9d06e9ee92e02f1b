import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshEnterprise, freshPglite } from '../../testing/database.ts'
import { freshPostgres, withoutPostgres } from '../../testing/postgres.ts'
import { CopyRefused, copyTables, type TableOwner } from './copy-tables.ts'
import * as schema from './schema.ts'

// What a module might add tomorrow: values that are easily damaged, an identity, and a table that comes later by name than what refers to it.
const moreTables = `
  create table z_modules (name text primary key);
  create table a_findings (
    id bigint generated always as identity primary key, module text references z_modules (name), parent bigint references a_findings (id),
    bytes bytea, at timestamptz, instant timestamp, amount numeric, ratio double precision, weights real[], words text[], about jsonb, raw json,
    span interval, "odd ""name" text, twice integer generated always as (2 * length(module)) stored)`
const moreRows = `
  insert into z_modules values ('core'), ('édge "quoted" \\ back');
  insert into a_findings (module, parent, bytes, at, instant, amount, ratio, weights, words, about, raw, span, "odd ""name") values
    ('core', null, '\\x00ff5c00', '2026-03-29 01:30:00.123456+00', 'infinity', 1e-30, 'NaN', '{0.1,-Infinity,NULL}', '{"a,b","",NULL,"\\"q\\""}', 'null', '{"b": 1,  "a":1}', '1 mon 2 days 03:04:05.6', 'x'),
    ('édge "quoted" \\ back', 1, '', null, null, 123456789012345678901234567890.5, 0.1, '{}', null, '{"k": [1, null, "\\u00e9"]}', 'null', null, '');
  insert into a_findings (module, bytes) select 'core', decode(repeat('ab', 900), 'hex') from generate_series(1, 5000)`

describe('copying tables', () => {
  let source: Awaited<ReturnType<typeof freshPglite>>
  let target: Awaited<ReturnType<typeof freshPostgres>>
  let owner: pg.Client
  const there: TableOwner = { query: async <T>(text: string, values?: unknown[]) => (await owner.query(text, values)).rows as T[] }
  const copy = (options: Parameters<typeof copyTables>[2] = {}) =>
    source.engine.transaction(async (tx) => {
      await owner.query('begin')
      try {
        const copied = await copyTables(
          { query: async <T>(text: string, values?: unknown[]) => (await tx.query<T>(text, values)).rows },
          there,
          options,
        )
        await owner.query('commit')
        return copied
      } catch (error) {
        await owner.query('rollback')
        throw error
      }
    })
  const countOf = async (table: string) => Number((await owner.query(`select count(*) as n from ${table}`)).rows[0]?.n)

  beforeAll(async () => {
    if (withoutPostgres) return
    source = await freshPglite()
    // The tables of durable jobs are copied in scripts/migrate.test.ts.
    await source.engine.exec('drop schema dbos cascade')
    target = await freshPostgres()
    owner = new pg.Client(target.url)
    await owner.connect()
    await freshEnterprise(source)
    await source.engine.exec(moreTables)
    await source.engine.exec(moreRows)
    await owner.query(moreTables)
    // As a server keeps vectors beside those that every engine has.
    await owner.query('alter table z_modules add column more text')
  })
  afterAll(async () => {
    await owner?.end()
    await target?.remove()
    await source?.remove()
  })
  beforeEach((context) => {
    if (withoutPostgres) context.skip(withoutPostgres)
  })

  it('keeps nothing when a table does not arrive as it was', async () => {
    await owner.query(
      `create function spoil() returns trigger language plpgsql as $$ begin if new.id = 4711 then new.words = '{}'; end if; return new; end $$`,
    )
    await owner.query('create trigger spoil before insert on a_findings for each row execute function spoil()')
    await expect(copy()).rejects.toThrow('These did not arrive as they were: public.a_findings.')
    expect([await countOf('a_findings'), await countOf('enterprises')]).toEqual([0, 0])
    await owner.query('drop trigger spoil on a_findings')
  })

  it('takes every table of the schema, and tables that nobody has told it of', async () => {
    const progress: number[] = []
    const { tables, isNew } = await copy({ onRows: (table, done) => void (table === 'public.a_findings' && progress.push(done)) })
    expect(isNew).toBe(true)
    const names = Object.values(schema).flatMap((each) => (is(each, PgTable) ? [`public.${getTableConfig(each).name}`] : []))
    expect(names.length).toBeGreaterThan(30)
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining([...names, 'public.a_findings', 'public.z_modules']))
    // Asked of each side by itself: all tables there are, by whatever name.
    const all = "select tablename from pg_tables where schemaname = 'public' order by 1"
    const named = (await source.engine.query<{ tablename: string }>(all)).rows.map(({ tablename }) => tablename)
    expect((await owner.query(all)).rows.map(({ tablename }) => tablename)).toEqual(named)
    for (const name of named) {
      const [here] = (await source.engine.query<{ n: number }>(`select count(*)::int as n from ${name}`)).rows
      expect(await countOf(name), name).toBe(here?.n)
    }
    expect(progress.at(-1)).toBe(5_002)
    expect(progress.length).toBeGreaterThan(2)
  })

  it('brings every value as it was, and identities go on after the last one', async () => {
    const values = `select row(id, module, parent, bytes, at at time zone 'utc', instant, amount, ratio, weights, words, about, raw, span, "odd ""name", twice)::text as line,
      about is null as about_missing, bytes is null as bytes_missing from a_findings where id < 4 order by id`
    expect((await owner.query(values)).rows).toEqual((await source.engine.query(values)).rows)
    const { rows } = await owner.query('insert into a_findings (module) values ($1) returning id::int', ['core'])
    expect(rows).toEqual([{ id: 5_003 }])
    await owner.query('delete from a_findings where id = 5003')
  })

  it('copies nothing a second time', async () => {
    expect(await copy()).toMatchObject({ isNew: false })
  })

  it('refuses a target that has been used since, and empties it only when it is told to', async () => {
    await owner.query("update people set name = 'x'")
    await owner.query("insert into z_modules values ('there')")
    await expect(copy()).rejects.toThrow(/in another state: .*public\.z_modules/)
    expect(await countOf('z_modules')).toBe(3)
    expect(await copy({ replace: true })).toMatchObject({ isNew: true })
    expect(await countOf('z_modules')).toBe(2)
  })

  it('refuses a target with the data of another installation, or with other tables', async () => {
    await owner.query('delete from enterprises')
    await freshEnterprise(target)
    await expect(copy({ replace: true })).rejects.toThrow(/another installation/)
    await owner.query('truncate z_modules cascade')
    await owner.query('alter table z_modules add column note text not null')
    const refused = copy()
    await expect(refused).rejects.toThrow('The two sides do not have the same tables: public.z_modules.')
    await expect(refused).rejects.toBeInstanceOf(CopyRefused)
  })
})
