import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { knowledgeStates } from '../../neural/tables.ts'
import { freshEnterprise } from '../../testing/database.ts'
import { asServerOwner, cutEverybody, freshPostgres, newPostgres, onDatabase, withoutPostgres } from '../../testing/postgres.ts'
import { signalPostgres, startStandby } from '../../testing/postgres-server.ts'
import { startInstallation } from '../../testing/runtime.ts'
import { ownServices } from '../../testing/services.ts'
import { migrations } from '../../testing/template.ts'
import { until } from '../../testing/until.ts'
import { DatabaseFull, DatabaseUnavailable, repeated, rows } from './port.ts'
import { openPostgres } from './postgres.ts'
import { connectionShares, isConnectionLost } from './postgres-connection.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

describe('a connection', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ECONNABORTED', 'ETIMEDOUT', '57P05', '57P01', '08006', '53300'])(
    'counts as lost by %s, whatever wraps it',
    (code) => {
      expect(isConnectionLost(new Error('Failed query', { cause: Object.assign(new Error('no'), { code }) }))).toBe(true)
    },
  )

  it.each(['23505', '42501', '57014', '25006', 'ENOENT'])('is not lost by %s', (code) => {
    expect(isConnectionLost(Object.assign(new Error('no'), { code }))).toBe(false)
  })

  it('has its share of those a process may have: all of them together are never more', () => {
    for (const total of [8, 9, 16, 32, 100]) {
      const both = connectionShares(total, true)
      expect(both.calls + both.jobs + 1).toBe(total)
      expect(Math.min(both.calls, both.jobs)).toBeGreaterThanOrEqual(3)
      const starter = connectionShares(total, false)
      expect(starter.calls + starter.jobs).toBe(total)
    }
  })
})

describe('a transaction that is lost', () => {
  /** Fails so often, then gives how often it ran. */
  function failing(times: number, error: Error) {
    let runs = 0
    return async () => {
      if (++runs <= times) throw error
      return runs
    }
  }
  const undone = new DatabaseUnavailable('lost', { isUndone: true })
  const unknown = new DatabaseUnavailable('lost in its very end')

  it('runs again when nothing of it was kept, and only then, unless it may run twice', async () => {
    expect(await repeated(failing(2, undone), false)).toBe(3)
    await expect(repeated(failing(1, unknown), false)).rejects.toBe(unknown)
    expect(await repeated(failing(1, unknown), true)).toBe(2)
    const full = new DatabaseFull('full')
    await expect(repeated(failing(1, full), true)).rejects.toBe(full)
  })
})

describe('PostgreSQL', () => {
  beforeEach((context) => {
    if (withoutPostgres) context.skip(withoutPostgres)
  })

  it('says of a transaction that was cut before its end that nothing was kept', async () => {
    const database = await freshPostgres()
    cleanups.push(database.remove)
    const id = await freshEnterprise(database)
    let runs = 0
    const cutTwice = () =>
      database.tenant(id, async (tx) => {
        await tx.insert(knowledgeStates).values({ enterpriseId: id })
        if (++runs < 3) await cutEverybody(database.name)
        return rows(tx, sql`select enterprise_id from knowledge_states`)
      })
    await expect(cutTwice()).rejects.toMatchObject({ isUndone: true })
    expect(await repeated(cutTwice, false)).toEqual([{ enterprise_id: id }])
    expect(runs).toBe(3)
  })

  it('takes one that has become read-only for lost when it is to write, and only then', async () => {
    const database = await freshPostgres()
    cleanups.push(database.remove)
    const id = await freshEnterprise(database)
    await asServerOwner(`alter database ${database.name} set default_transaction_read_only = on`)
    await cutEverybody(database.name)
    const write = () => database.tenant(id, (tx) => tx.insert(knowledgeStates).values({ enterpriseId: id }))
    const failure = (await write().catch((error: unknown) => error)) as DatabaseUnavailable
    expect(failure).toBeInstanceOf(DatabaseUnavailable)
    expect(failure.isUndone).toBe(true)
    expect(await database.read(id, (tx) => rows(tx, sql`select id from enterprises`))).toEqual([{ id }])
    const mistaken = database.read(id, (tx) => tx.insert(knowledgeStates).values({ enterpriseId: id }))
    await expect(mistaken).rejects.not.toBeInstanceOf(DatabaseUnavailable)
    // Connections to it are given up, so whoever takes over is found.
    await asServerOwner(`alter database ${database.name} reset default_transaction_read_only`)
    await until(async () =>
      write().then(
        () => true,
        () => false,
      ),
    )
  })

  it('silent with its connections open: calls are refused in time, /ready says so, and it goes on by itself', async () => {
    const services = await ownServices('postgres')
    cleanups.push(services.remove)
    const aia = await startInstallation(services.variables)
    cleanups.push(aia.stop)
    await aia.add('Leave policy', 'Every employee receives 28 days of paid leave per year.')
    // Connections that lie idle, more than the work in the background takes.
    await Promise.all(Array.from({ length: 12 }, () => aia.call('GET', 'neural/sources')))
    signalPostgres(services.folder, 'SIGSTOP')
    const thaw = async () => signalPostgres(services.folder, 'SIGCONT')
    cleanups.push(thaw)
    const startedAt = Date.now()
    const ask = { data: { question: 'How many days of paid leave does an employee receive?' } }
    const calls = [aia.call('GET', 'neural/sources'), aia.call('GET', 'neural/status'), aia.call('POST', 'neural/process', ask)]
    const down = await aia.runtime.parts()
    expect(down.database).toMatchObject({ ready: false, state: 'down' })
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([503, 503, 503])
    expect(Date.now() - startedAt).toBeLessThan(40_000)
    await thaw()
    await until(async () => (await aia.runtime.parts()).database?.ready === true)
    expect((await aia.json<{ status: string }>('POST', 'neural/process', ask)).status).toBe('answered')
    await aia.add('Lamp', 'The lamp stands in room R7.')
  })

  it('frozen in the middle of a transaction: the statement is given up, and its connection', async () => {
    const services = await ownServices('postgres')
    cleanups.push(services.remove)
    const database = await openPostgres({ url: services.variables.DATABASE_URL ?? '', migrations, statementMs: 1_000 })
    cleanups.push(() => database.close())
    const id = await freshEnterprise(database)
    const frozen = database.tenant(id, async (tx) => {
      await tx.insert(knowledgeStates).values({ enterpriseId: id })
      signalPostgres(services.folder, 'SIGSTOP')
      return tx.select().from(knowledgeStates)
    })
    cleanups.push(async () => signalPostgres(services.folder, 'SIGCONT'))
    await expect(frozen).rejects.toMatchObject({ isUndone: true, cause: { cause: { code: 'ETIMEDOUT' } } })
    signalPostgres(services.folder, 'SIGCONT')
    expect(await database.read(id, (tx) => tx.select().from(knowledgeStates))).toEqual([])
  })

  it('of several hosts takes the one that is there and takes writes', async () => {
    const place = await newPostgres()
    cleanups.push(place.drop)
    const database = await openPostgres({ url: place.url.replace(/@([^/]+)/, '@127.0.0.1:1,$1'), migrations, connections: 3 })
    cleanups.push(() => database.close())
    const id = await freshEnterprise(database)
    expect(await database.read(id, (tx) => rows(tx, sql`select id from enterprises`))).toEqual([{ id }])
  })

  it('lost for good, with a standby that takes over: calls wait for it, and nothing that was acknowledged is lost', async () => {
    const services = await ownServices('postgres')
    cleanups.push(services.remove)
    const standby = await startStandby(services.folder)
    cleanups.push(standby.stop)
    // The standby stands first: it is passed over until it takes writes.
    const url = (services.variables.DATABASE_URL ?? '').replace(/@/, `@127.0.0.1:${standby.port},`)
    const aia = await startInstallation({ DATABASE_URL: url })
    cleanups.push(aia.stop)
    const kept = await aia.add('Leave policy', 'Every employee receives 28 days of paid leave per year.')
    // What it acknowledges is not the first server's promise: this standby follows as it can.
    const ownUrl = services.variables.DATABASE_URL ?? ''
    const [{ far } = { far: '' }] = await onDatabase<{ far: string }>(ownUrl, 'select pg_current_wal_lsn()::text as far')
    const follows = 'select pg_last_wal_replay_lsn() >= $1::pg_lsn as done'
    await until(async () => (await onDatabase<{ done: boolean }>(ownUrl.replace(/:\d+\//, `:${standby.port}/`), follows, [far]))[0]?.done === true)
    const moving = standby.takeOver()
    const during = await Promise.all([aia.call('GET', 'neural/sources'), aia.call('GET', 'neural/status')])
    await moving
    expect(during.map(({ status }) => status)).toEqual([200, 200])
    expect(await aia.json<{ state: string }>('GET', `neural/sources/${kept}`)).toMatchObject({ state: 'ready' })
    await aia.add('Lamp', 'The lamp stands in room R7.')
  })
})
