import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knowledgeStates } from '../../neural/tables.ts'
import { freshDatabase, freshEnterprise } from '../../testing/database.ts'
import { openPglite } from './pglite.ts'
import { rows } from './port.ts'

describe('embedded database', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.remove())

  it('shows an enterprise its own rows only, without a predicate', async () => {
    const [a, b] = [await freshEnterprise(database), await freshEnterprise(database)]
    for (const id of [a, b]) await database.tenant(id, (tx) => tx.insert(knowledgeStates).values({ enterpriseId: id }))
    expect(await database.tenant(a, (tx) => tx.select().from(knowledgeStates))).toMatchObject([{ enterpriseId: a }])
  })

  it('refuses to write a row of another enterprise', async () => {
    const [a, b] = [await freshEnterprise(database), await freshEnterprise(database)]
    await expect(database.tenant(a, (tx) => tx.insert(knowledgeStates).values({ enterpriseId: b }))).rejects.toThrow()
  })

  it('has a policy on every table', async () => {
    const bare = await database.engine.query<{ relname: string }>(
      "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and not relrowsecurity",
    )
    expect(bare.rows).toEqual([])
  })

  it('never lets an audit entry be changed', async () => {
    const id = await freshEnterprise(database)
    await expect(database.tenant(id, (tx) => tx.execute(sql`update audit_entries set outcome = 'x'`))).rejects.toThrow()
    await expect(database.tenant(id, (tx) => tx.execute(sql`delete from audit_entries`))).rejects.toThrow()
  })

  it('throws instead of waiting for itself when a transaction is opened inside one', async () => {
    const id = await freshEnterprise(database)
    await expect(database.tenant(id, () => database.tenant(id, async () => 1))).rejects.toThrow('inside an open transaction')
  })

  it('rolls back what a failing transaction wrote', async () => {
    const id = await freshEnterprise(database)
    const failing = database.tenant(id, async (tx) => {
      await tx.insert(knowledgeStates).values({ enterpriseId: id })
      throw new Error('after the write')
    })
    await expect(failing).rejects.toThrow('after the write')
    expect(await database.tenant(id, (tx) => rows(tx, sql`select 1 from knowledge_states`))).toEqual([])
  })

  it('refuses a second opener of the folder', async () => {
    await expect(openPglite({ folder: database.folder, migrations: 'drizzle' })).rejects.toThrow('in use by process')
  })
})
