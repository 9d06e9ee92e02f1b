import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { knowledgeStates } from '../../neural/tables.ts'
import { freshEnterprise } from '../../testing/database.ts'
import { asServerOwner, cutEverybody, freshPostgres, newPostgres, withoutPostgres } from '../../testing/postgres.ts'
import { startInstallation } from '../../testing/runtime.ts'
import { migrations } from '../../testing/template.ts'
import { until } from '../../testing/until.ts'
import { rows } from './port.ts'
import { openPostgres } from './postgres.ts'
import { partsOf } from './postgres-address.ts'
import { asOwner } from './postgres-owner.ts'

describe('PostgreSQL', () => {
  beforeEach((context) => {
    if (withoutPostgres) context.skip(withoutPostgres)
  })

  it('is opened by several processes at once, the first of which migrates', async () => {
    const place = await newPostgres()
    const opened = await Promise.all([1, 2, 3].map(() => openPostgres({ url: place.url, migrations, connections: 2 })))
    const id = await freshEnterprise(opened[0] as (typeof opened)[0])
    for (const database of opened) expect(await database.tenant(id, (tx) => rows(tx, sql`select name from enterprises`))).toHaveLength(1)
    await Promise.all(opened.map((database) => database.close()))
    await place.drop()
  })

  it('lets the first of several processes make indexes concurrently while the others wait for their turn', async () => {
    const place = await newPostgres()
    const start = () =>
      asOwner(place.url, async (owner) => {
        await owner.query('create table if not exists waited (number integer)')
        await until(async () => {
          const { rows: waiting } = await owner.query(
            "select 1 from pg_stat_activity where datname = current_database() and application_name = 'aia owner' and query ~ 'advisory_lock'",
          )
          const { rows: indexes } = await owner.query("select 1 from pg_indexes where indexname = 'waited_number'")
          return waiting.length > 0 || indexes.length > 0
        })
        await owner.query('create index concurrently if not exists waited_number on waited (number)')
      })
    await Promise.all([start(), start()])
    await place.drop()
  })

  it('works as a role that owns nothing and sees nothing when a statement gives up the role of its transaction', async () => {
    const database = await freshPostgres()
    const id = await freshEnterprise(database)
    await database.tenant(id, (tx) => tx.insert(knowledgeStates).values({ enterpriseId: id }))
    const [role] = await database.tenant(id, async (tx) => {
      await tx.execute(sql`reset role`)
      return rows(
        tx,
        sql`select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolinherit,
          (select count(*) from pg_class where relowner = r.oid) + (select count(*) from pg_database where datdba = r.oid) as owned
        from pg_roles r where rolname = current_user`,
      )
    })
    expect(role).toEqual({ rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false, rolinherit: false, owned: 0 })
    const escaped = database.tenant(id, async (tx) => {
      await tx.execute(sql`reset role`)
      return tx.select().from(knowledgeStates)
    })
    await expect(escaped).rejects.toMatchObject({ cause: { code: '42501' } })
    await database.remove()
  })

  it('goes on when every connection is cut, without running anything twice', async () => {
    const database = await freshPostgres()
    const id = await freshEnterprise(database)
    // Idle ones are replaced; nobody notices.
    await Promise.all(Array.from({ length: 10 }, () => database.tenant(id, (tx) => rows(tx, sql`select pg_sleep(0.05)`))))
    await cutEverybody(database.name)
    const answers = await Promise.all(Array.from({ length: 20 }, () => database.tenant(id, (tx) => rows(tx, sql`select name from enterprises`))))
    expect(answers.every((found) => found.length === 1)).toBe(true)
    // One that has begun fails, once, and has changed nothing.
    let runs = 0
    const cut = database.tenant(id, async (tx) => {
      runs++
      await tx.insert(knowledgeStates).values({ enterpriseId: id })
      await cutEverybody(database.name)
      await tx.select().from(knowledgeStates)
    })
    await expect(cut).rejects.toThrow()
    expect(runs).toBe(1)
    expect(await database.tenant(id, (tx) => tx.select().from(knowledgeStates))).toEqual([])
    await database.remove()
  })

  it('runs what only reads again as a whole when it is cut in the middle', async () => {
    const database = await freshPostgres()
    const id = await freshEnterprise(database)
    let runs = 0
    const found = await database.read(id, async (tx) => {
      runs++
      const before = await rows(tx, sql`select id from enterprises`)
      if (runs < 3) await cutEverybody(database.name)
      return [before, await rows(tx, sql`select id from enterprises`)]
    })
    expect([runs, found]).toEqual([3, [[{ id }], [{ id }]]])
    await database.remove()
  })

  it('waits for a connection when all are in use, and loses none to transactions that fail', async () => {
    const place = await newPostgres()
    const database = await openPostgres({ url: place.url, migrations, connections: 2 })
    const id = await freshEnterprise(database)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => database.tenant(id, (tx) => rows(tx, i % 3 ? sql`select pg_sleep(0.01)` : sql`select 1 / 0`))),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    const [used] = await asServerOwner<{ n: number }>(
      "select count(*)::int as n from pg_stat_activity where datname = $1 and application_name = 'aia'",
      [place.name],
    )
    expect(used?.n).toBeLessThanOrEqual(2)
    await database.close()
    await place.drop()
  })

  it('is asked by a whole process over no more connections than AIA_DATABASE_CONNECTIONS says, and what waits for one is answered', async () => {
    const place = await newPostgres()
    const aia = await startInstallation({ DATABASE_URL: place.url, AIA_DATABASE_CONNECTIONS: '8' })
    await aia.add('Leave policy', 'Every employee receives 28 days of paid leave per year.')
    let most = 0
    let isOver = false
    const watching = (async () => {
      while (!isOver) {
        const [used] = await asServerOwner<{ n: number }>(
          "select count(*)::int as n from pg_stat_activity where datname = $1 and application_name = 'aia'",
          [place.name],
        )
        most = Math.max(most, used?.n ?? 0)
      }
    })()
    const ask = { data: { question: 'How many days of paid leave does an employee receive?' } }
    const calls = Array.from({ length: 40 }, (_, i) => (i % 2 ? aia.call('GET', 'neural/sources') : aia.call('POST', 'neural/process', ask)))
    const adding = Array.from({ length: 4 }, (_, i) => aia.add(`Lamp ${i}`, `The lamp ${i} stands in room R${i}.`))
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200))
    await Promise.all(adding)
    isOver = true
    await watching
    expect(most).toBeGreaterThan(3)
    expect(most).toBeLessThanOrEqual(8)
    await aia.stop()
    await place.drop()
  })

  it('ends a statement that takes too long, and a transaction that does nothing', async () => {
    const place = await newPostgres()
    const database = await openPostgres({ url: place.url, migrations, statementMs: 200, idleInTransactionMs: 200 })
    const id = await freshEnterprise(database)
    await expect(database.tenant(id, (tx) => rows(tx, sql`select pg_sleep(10)`))).rejects.toMatchObject({ cause: { code: '57014' } })
    const idle = database.tenant(id, async (tx) => {
      // Until the server has cut us off, however slow the machine is.
      const [{ pid } = { pid: 0 }] = await rows<{ pid: number }>(tx, sql`select pg_backend_pid() as pid`)
      while ((await asServerOwner('select 1 from pg_stat_activity where pid = $1', [pid])).length > 0);
      return rows(tx, sql`select 1`)
    })
    await expect(idle).rejects.toThrow()
    await database.ping()
    await database.close()
    await place.drop()
  })

  it('names what is wrong with an address in one line without the password', async () => {
    const place = await newPostgres()
    const full = await newPostgres()
    await asServerOwner(`alter database ${full.name} connection limit 0`)
    const web = createServer((_, response) => response.end('no database')).listen(0, '127.0.0.1')
    await once(web, 'listening')
    const { port } = web.address() as AddressInfo
    const wrong = [
      ['no PostgreSQL answers on 127.0.0.1:1 (ECONNREFUSED)', place.url.replace(/@[^/]+/, '@127.0.0.1:1')],
      ['refuses aia', place.url.replace(/:[^:@/]+@/, ':not-the-password@')],
      ['there is no database nowhere on', place.url.replace(place.name, 'nowhere')],
      ['has no connection left for aia: too many connections', full.url],
      [`no PostgreSQL answers on 127.0.0.1:${port} (Connection terminated unexpectedly)`, place.url.replace(/@[^/]+/, `@127.0.0.1:${port}`)],
      ['no PostgreSQL answers on 127.0.0.1:1,127.0.0.1:2 (ECONNREFUSED)', place.url.replace(/@[^/]+/, '@127.0.0.1:1,127.0.0.1:2')],
    ] as const
    for (const [reason, url] of wrong) {
      const failure = await openPostgres({ url, migrations }).catch((error: Error) => error)
      expect(failure).toBeInstanceOf(Error)
      const { message } = failure as Error
      expect(message).toContain('DATABASE_URL')
      expect(message).toContain(reason)
      expect(message).not.toContain('\n')
      expect(message).not.toContain(partsOf(url).password)
    }
    web.close()
    await full.drop()
    await place.drop()
  })
})
