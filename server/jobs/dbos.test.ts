import { setTimeout as sleep } from 'node:timers/promises'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLogger } from '../gateway/log.ts'
import type { Services } from '../gateway/services.ts'
import { knowledgeStates } from '../neural/tables.ts'
import { rows } from '../storage/database/port.ts'
import { databaseOf, databases, freshEnterprise } from '../testing/database.ts'
import { type DurableJobs, dbosJobs } from './dbos.ts'
import { onEngineTables } from './engine-tables.ts'
import { adoptRuns, findRun } from './runs.ts'

describe.each(databases)('durable jobs on $adapter', (adapter) => {
  const database = databaseOf(adapter)
  let jobs: DurableJobs
  const ran: string[] = []
  let failures = 0
  beforeAll(async () => {
    if (adapter.missing) return
    jobs = dbosJobs(database())
    const services = { log: createLogger('silent'), database: database() } as unknown as Services
    await jobs.launch(
      services,
      [
        {
          name: 'note',
          concurrency: 2,
          run: ({ database: db }, input, run) =>
            run.step('note', async () => {
              await db.tenant(input.enterpriseId, (tx) =>
                tx.insert(knowledgeStates).values({ enterpriseId: input.enterpriseId }).onConflictDoNothing(),
              )
              ran.push(String(input.word))
            }),
        },
        {
          name: 'flaky',
          concurrency: 1,
          run: (_services, _input, run) =>
            run.step('fail once', async () => {
              if (++failures < 2) throw new Error('the first attempt fails')
              ran.push('flaky')
            }),
        },
      ],
      [{ name: 'nightly', cron: '0 3 * * *', run: async () => void ran.push('nightly') }],
    )
  })
  afterAll(async () => {
    await jobs?.shutdown()
  })
  async function until(condition: () => boolean, looks = 200) {
    for (let i = 0; i < looks && !condition(); i++) await sleep(50)
    expect(condition()).toBe(true)
  }

  it('runs a job whose transaction commits, once for one id, and keeps the tenant role afterwards', async () => {
    const id = await freshEnterprise(database())
    const role = await database().tenant(id, async (tx) => {
      await jobs.start(tx, id, { name: 'note', input: { enterpriseId: id, word: 'committed' }, id: `job-${id}` })
      return rows<{ role: string }>(tx, sql`select current_setting('role') as role`)
    })
    await database().tenant(id, (tx) => jobs.start(tx, id, { name: 'note', input: { enterpriseId: id, word: 'committed' }, id: `job-${id}` }))
    expect(role).toEqual([{ role: 'aia_app' }])
    await until(() => ran.includes('committed'))
    await sleep(300)
    expect(ran.filter((word) => word === 'committed')).toHaveLength(1)
  })

  it('never runs a job whose transaction rolls back', async () => {
    const id = await freshEnterprise(database())
    const rolledBack = database().tenant(id, async (tx) => {
      await jobs.start(tx, id, { name: 'note', input: { enterpriseId: id, word: 'rolled back' } })
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    await database().tenant(id, (tx) => jobs.start(tx, id, { name: 'note', input: { enterpriseId: id, word: 'after' } }))
    await until(() => ran.includes('after'))
    expect(ran).not.toContain('rolled back')
  })

  it('runs what a schedule calls', async () => {
    expect(await DBOS.listSchedules()).toMatchObject([{ scheduleName: 'nightly', schedule: '0 3 * * *', status: 'ACTIVE' }])
    await DBOS.triggerSchedule('nightly')
    await until(() => ran.includes('nightly'))
  })

  it('tries a failing step again', async () => {
    const id = await freshEnterprise(database())
    await database().tenant(id, (tx) => jobs.start(tx, id, { name: 'flaky', input: { enterpriseId: id } }))
    await until(() => ran.includes('flaky'))
    expect(failures).toBe(2)
  })

  it('starts jobs from identity transactions too, later where that is asked for', async () => {
    const id = await freshEnterprise(database())
    const role = await database().identity(async (tx) => {
      await jobs.start(tx, id, { name: 'note', input: { enterpriseId: id, word: 'later' }, delaySeconds: 2 })
      await jobs.start(tx, id, { name: 'note', input: { enterpriseId: id, word: 'sooner' } })
      return rows<{ role: string }>(tx, sql`select current_setting('role') as role`)
    })
    expect(role).toEqual([{ role: 'aia_identity' }])
    await until(() => ran.includes('later'))
    expect(ran.indexOf('sooner')).toBeLessThan(ran.indexOf('later'))
  })
  it('takes over what an older version started, which named no enterprise', async () => {
    const id = await freshEnterprise(database())
    const job = `old-${id}`
    await database().tenant(id, async (tx) => {
      await jobs.start(tx, id, { name: 'note', input: { enterpriseId: id, word: 'old' }, id: job })
      await onEngineTables(tx, () =>
        tx.execute(sql`update dbos.workflow_status set queue_partition_key = null, attributes = null where workflow_uuid = ${job}`),
      )
    })
    await sleep(2_500)
    expect(ran).not.toContain('old')
    await database().identity(adoptRuns)
    await until(() => ran.includes('old'))
    const run = await database().tenant(id, (tx) => findRun(tx, { enterpriseId: id, installation: false }, job))
    expect(run?.input).toEqual({ enterpriseId: id, word: 'old' })
  })

  it('lets no enterprise wait for a thousand jobs of another', async () => {
    const [many, few] = [await freshEnterprise(database()), await freshEnterprise(database())]
    ran.length = 0
    await database().tenant(many, async (tx) => {
      for (let n = 0; n < 1_000; n++) await jobs.start(tx, many, { name: 'note', input: { enterpriseId: many, word: `many ${n}` } })
    })
    await database().tenant(few, async (tx) => {
      for (let n = 0; n < 3; n++) await jobs.start(tx, few, { name: 'note', input: { enterpriseId: few, word: `few ${n}` } })
    })
    await until(() => ran.filter((word) => word.startsWith('few')).length === 3, 1_000)
    // Two places, one for each enterprise at a time: by now as many of the one as of the other, and a few that began before.
    expect(ran.filter((word) => word.startsWith('many')).length).toBeLessThan(20)
    await database().tenant(many, (tx) => jobs.abandon(tx, many, 'note'))
  })
})
