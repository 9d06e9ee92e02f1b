import { setTimeout as sleep } from 'node:timers/promises'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { knowledgeStates, sources } from '../../neural/tables.ts'
import { databaseOf, databases, freshEnterprise } from '../../testing/database.ts'
import { keepPlans, type Planning, rows, type Transaction, together } from './port.ts'

describe.each(databases)('database port on $adapter', (adapter) => {
  const database = databaseOf(adapter)
  const withState = async () => {
    const id = await freshEnterprise(database())
    await database().tenant(id, (tx) => tx.insert(knowledgeStates).values({ enterpriseId: id }))
    return id
  }

  it('says which adapter it is, and answers', async () => {
    expect(database().adapter).toBe(adapter.adapter)
    await database().ping()
  })

  it('shows an enterprise its own rows only, without a predicate', async () => {
    const [a] = [await withState(), await withState()]
    expect(await database().tenant(a, (tx) => tx.select().from(knowledgeStates))).toMatchObject([{ enterpriseId: a }])
  })

  it('reads the same where nothing may be changed, and changes nothing there', async () => {
    const id = await withState()
    expect(await database().read(id, (tx) => rows(tx, sql`select id from enterprises`))).toEqual([{ id }])
    await expect(database().read(id, (tx) => tx.delete(knowledgeStates))).rejects.toMatchObject({ cause: { code: '25006' } })
    expect(await database().tenant(id, (tx) => tx.select().from(knowledgeStates))).toHaveLength(1)
  })

  it('keeps enterprises apart whose transactions are open at once', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, withState))
    const seen = await Promise.all(
      Array.from({ length: 80 }, (_, i) =>
        database().tenant(ids[i % 8] as string, async (tx) => {
          await sleep(i % 5)
          return rows<{ id: string }>(tx, sql`select enterprise_id as id from knowledge_states`)
        }),
      ),
    )
    expect(seen).toEqual(seen.map((_, i) => [{ id: ids[i % 8] }]))
  })

  it('refuses to write, move or delete rows of another enterprise', async () => {
    const [a, b] = [await withState(), await withState()]
    const fresh = await freshEnterprise(database())
    await expect(database().tenant(a, (tx) => tx.insert(knowledgeStates).values({ enterpriseId: fresh }))).rejects.toThrow()
    await expect(database().tenant(a, (tx) => tx.update(knowledgeStates).set({ enterpriseId: fresh }))).rejects.toThrow()
    await database().tenant(a, (tx) => tx.delete(knowledgeStates).where(eq(knowledgeStates.enterpriseId, b)))
    expect(await database().tenant(b, (tx) => tx.select().from(knowledgeStates))).toHaveLength(1)
  })

  it('shows nothing to a tenant that does not exist, and no knowledge to identity', async () => {
    await withState()
    expect(await database().tenant('00000000-0000-4000-8000-000000000000', (tx) => tx.select().from(knowledgeStates))).toEqual([])
    await expect(database().identity((tx) => tx.select().from(knowledgeStates))).rejects.toThrow()
  })

  it('has a policy on every table', async () => {
    const [bare, all] = await database().identity(async (tx) => [
      await rows(tx, sql`select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and not relrowsecurity`),
      await rows(tx, sql`select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`),
    ])
    expect(bare).toEqual([])
    expect(all?.length).toBeGreaterThan(30)
  })

  it('never lets an audit entry be changed', async () => {
    const id = await freshEnterprise(database())
    await expect(database().tenant(id, (tx) => tx.execute(sql`update audit_entries set outcome = 'x'`))).rejects.toThrow()
    await expect(database().tenant(id, (tx) => tx.execute(sql`delete from audit_entries`))).rejects.toThrow()
  })

  it('throws instead of waiting for itself when a transaction is opened inside one', async () => {
    const id = await freshEnterprise(database())
    await expect(database().tenant(id, () => database().tenant(id, async () => 1))).rejects.toThrow('inside an open transaction')
    await expect(database().identity(() => database().ping())).rejects.toThrow('inside an open transaction')
    await expect(database().identity(() => database().refreshStatistics())).rejects.toThrow('inside an open transaction')
    await database().refreshStatistics()
  })

  it('rolls back what a failing transaction wrote, and nothing of it stays in the connection', async () => {
    const id = await freshEnterprise(database())
    const failing = database().tenant(id, async (tx) => {
      await keepPlans(tx)
      await tx.insert(knowledgeStates).values({ enterpriseId: id })
      throw new Error('after the write')
    })
    await expect(failing).rejects.toThrow('after the write')
    await expect(database().tenant(id, (tx) => rows(tx, sql`select 1 / 0`))).rejects.toThrow()
    expect(await database().tenant(id, (tx) => rows(tx, sql`select 1 from knowledge_states`))).toEqual([])
    const settings = sql`select current_setting('plan_cache_mode') as plans, current_setting('enable_seqscan') as scans, current_user::text as role`
    expect(await database().tenant(id, (tx) => rows(tx, settings))).toEqual([{ plans: 'force_custom_plan', scans: 'on', role: 'aia_app' }])
  })

  it('keeps plans from the first statement on where that is asked for', async () => {
    const id = await freshEnterprise(database())
    const settings = sql`select current_setting('plan_cache_mode') as plans, current_setting('enable_seqscan') as scans`
    const seen = async (planning?: Planning) => [
      await database().tenant(id, (tx) => rows(tx, settings), planning),
      await database().read(id, (tx) => rows(tx, settings), planning),
    ]
    expect(await seen({ keepPlans: true })).toEqual([
      [{ plans: 'force_generic_plan', scans: 'off' }],
      [{ plans: 'force_generic_plan', scans: 'off' }],
    ])
    expect(await seen()).toEqual([[{ plans: 'force_custom_plan', scans: 'on' }], [{ plans: 'force_custom_plan', scans: 'on' }]])
  })

  it('gives statements that are under way at once their own answers in their order, and ends them all before it tells of one that failed', async () => {
    const id = await freshEnterprise(database())
    const answer = (tx: Transaction, n: number) => rows<{ n: number }>(tx, sql`select ${n}::int as n`)
    expect(await database().read(id, (tx) => together(answer(tx, 1), answer(tx, 2), answer(tx, 3)))).toEqual([[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
    let ended = 0
    const slow = async (tx: Transaction) => {
      await answer(tx, 1).catch(() => [])
      await answer(tx, 2).catch(() => [])
      ended++
    }
    const failing = database().tenant(id, async (tx) => {
      await tx.insert(knowledgeStates).values({ enterpriseId: id })
      await together(rows(tx, sql`select 1 / 0`), slow(tx))
    })
    await expect(failing).rejects.toMatchObject({ cause: { message: expect.stringContaining('division by zero') } })
    expect(ended).toBe(1)
    expect(await database().tenant(id, (tx) => rows(tx, sql`select 1 from knowledge_states`))).toEqual([])
  })

  it('never says that a transaction was kept in which a statement failed', async () => {
    const id = await freshEnterprise(database())
    const swallowed = database().tenant(id, async (tx) => {
      await tx.insert(knowledgeStates).values({ enterpriseId: id })
      await rows(tx, sql`select 1 / 0`).catch(() => [])
    })
    await expect(swallowed).rejects.toThrow()
    expect(await database().tenant(id, (tx) => rows(tx, sql`select 1 from knowledge_states`))).toEqual([])
  })

  it('gives raw statements the same values on every driver', async () => {
    const [row] = await database().identity((tx) =>
      rows<Record<string, unknown>>(
        tx,
        sql`select 7::int as int4, count(*) as count, 9007199254740993::bigint as large, 1.5::float8 as float8, 2.50::numeric as "numeric", true as bool,
          'x'::text as text, null::text as "null", '{"a": [1, null]}'::jsonb as jsonb, '[1]'::json as json,
          array['a', 'b,"c'] as texts, array[1, 2] as ints, array[3::bigint] as bigints, array['00000000-0000-4000-8000-000000000001'::uuid] as uuids,
          timestamptz '2026-01-02 03:04:05.5Z' at time zone 'UTC' as at, '\\x00ff'::bytea as bytes, encode('\\x00ff'::bytea, 'base64') as base64`,
      ),
    )
    expect({ ...row, bytes: Array.from(row?.bytes as Uint8Array) }).toEqual({
      int4: 7,
      count: 1,
      large: 9007199254740993n,
      float8: 1.5,
      numeric: '2.50',
      bool: true,
      text: 'x',
      null: null,
      jsonb: { a: [1, null] },
      json: [1],
      texts: ['a', 'b,"c'],
      ints: [1, 2],
      bigints: [3],
      uuids: ['00000000-0000-4000-8000-000000000001'],
      at: '2026-01-02 03:04:05.5',
      bytes: [0, 255],
      base64: 'AP8=',
    })
  })

  it('takes the same values as parameters on every driver', async () => {
    const at = new Date('2026-01-02T03:04:05.500Z')
    const [row] = await database().identity((tx) =>
      rows<Record<string, unknown>>(
        tx,
        sql`select ${5}::int + 1 as int4, ${2 ** 40}::bigint as int8, ${0.25}::float8 as float8, ${'ü'}::text as text, ${null}::text as "null", ${true}::bool as bool,
          ${false}::bool as no, extract(epoch from ${at}::timestamptz)::float8 as epoch, ${JSON.stringify({ a: 'ä"' })}::jsonb ->> 'a' as jsonb,
          encode(${Buffer.from([0, 255])}::bytea, 'hex') as bytes`,
      ),
    )
    expect(row).toEqual({
      int4: 6,
      int8: 2 ** 40,
      float8: 0.25,
      text: 'ü',
      null: null,
      bool: true,
      no: false,
      epoch: at.getTime() / 1_000,
      jsonb: 'ä"',
      bytes: '00ff',
    })
  })

  it('gives columns their types back', async () => {
    const id = await withState()
    const createdAt = new Date('2026-01-02T03:04:05.123Z')
    const values = {
      enterpriseId: id,
      title: 'T',
      origin: 'text',
      contentType: 'text/plain',
      byteLength: 3,
      state: 'ready',
      text: 'abc',
      createdBy: 'test',
      createdAt,
    }
    await database().tenant(id, (tx) => tx.insert(sources).values(values as typeof sources.$inferInsert))
    expect(await database().tenant(id, (tx) => tx.select().from(sources))).toMatchObject([values])
  })

  it('closes twice', async () => {
    const other = await adapter.open()
    await other.close()
    await other.remove()
  })
})
