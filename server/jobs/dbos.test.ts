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
  async function until(condition: () => boolean) {
    for (let i = 0; i < 200 && !condition(); i++) await sleep(50)
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
})
