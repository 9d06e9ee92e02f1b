import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { putClock } from './clock.ts'
import { levels } from './levels.ts'
import { type Load, type LoadReport, startLoad } from './load.ts'
import { withoutPostgres } from './postgres.ts'
import { redisMissing, startRedis, startRedisCluster, until } from './redis.ts'
import { startInstallation, type TestInstallation } from './runtime.ts'
import { type OwnServices, ownServices } from './services.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Scene {
  aia: TestInstallation
  variables: Record<string, string>
  load: Load
  seed: number
  before: ReturnType<typeof levels>
}

/** An AIA of the test's own under a load, warm. */
async function scene(variables: Record<string, string>, folder?: string): Promise<Scene> {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
  console.info(`fault seed ${seed}`)
  const aia = await startInstallation(variables, folder)
  cleanups.push(aia.stop)
  const load = await startLoad(aia.runtime, seed)
  await load.more(100)
  return { aia, variables, load, seed, before: levels() }
}

async function started(...names: string[]): Promise<OwnServices> {
  const services = await ownServices(...names)
  cleanups.push(services.remove)
  return services
}

/** Ends the load, and looks for what was acknowledged and for what has not come back to its level. */
async function ended({ aia, variables, load, seed, before }: Scene): Promise<LoadReport> {
  await load.more(100)
  const report = await load.stop()
  console.info(JSON.stringify(report))
  expect(await load.findings(), `seed ${seed}`).toEqual([])
  await until(async () => Object.values(await aia.runtime.parts()).every(({ state }) => state === 'up'))
  const after = levels()
  expect(after.heapMb - before.heapMb, `megabytes in use, seed ${seed}`).toBeLessThan(64)
  if (variables.DATABASE_URL) {
    await until(async () => (await openTransactions(variables.DATABASE_URL ?? '')) === 0)
    expect(after.sockets, `sockets, seed ${seed}`).toBeLessThanOrEqual(mostSockets)
  } else expect(after.sockets, `sockets, seed ${seed}`).toBeLessThanOrEqual(before.sockets)
  return report
}

/** The pools of AIA and of the durable jobs, full, and what listens and holds leases. */
const mostSockets = 20 + 10 + 6

async function openTransactions(url: string): Promise<number> {
  const owner = new pg.Client(url)
  await owner.connect()
  const { rows } = await owner.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'",
  )
  await owner.end()
  return rows[0]?.n ?? -1
}

describe('PostgreSQL in the middle of a load', () => {
  beforeEach((context) => {
    if (withoutPostgres) context.skip(withoutPostgres)
  })

  it('stopped and started again', { timeout: 240_000 }, async () => {
    const services = await started('postgres')
    const all = await scene(services.variables)
    for (let i = 0; i < 2; i++) {
      await services.stop('postgres')
      await sleep(1_000)
      await services.start('postgres')
      await all.load.more(100)
    }
    await ended(all)
  })

  it('ending every connection', { timeout: 240_000 }, async () => {
    const services = await started('postgres')
    const all = await scene(services.variables)
    const owner = new pg.Client(services.variables.DATABASE_URL)
    await owner.connect()
    for (let i = 0; i < 10; i++) {
      await all.load.more(30)
      await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()')
    }
    await owner.end()
    await ended(all)
  })
})

describe('Redis in the middle of a load', () => {
  beforeEach((context) => {
    if (redisMissing) context.skip(redisMissing)
  })

  it('killed and started again: nobody notices', { timeout: 240_000 }, async () => {
    const redis = await startRedis()
    cleanups.push(redis.stop)
    const all = await scene({ REDIS_URL: redis.url })
    for (let i = 0; i < 3; i++) {
      await redis.kill()
      await all.load.more(50)
      await redis.start()
      await all.load.more(50)
    }
    expect((await ended(all)).unavailable).toEqual({ reads: 0, writes: 0 })
  })

  it('losing a master of its cluster: nobody notices', { timeout: 240_000 }, async () => {
    const cluster = await startRedisCluster()
    cleanups.push(cluster.stop)
    const all = await scene({ REDIS_URL: cluster.urls.join(',') })
    for (const node of cluster.nodes) {
      await node.kill()
      await all.load.more(50)
      await node.start()
      await all.load.more(50)
    }
    expect((await ended(all)).unavailable).toEqual({ reads: 0, writes: 0 })
  })
})

describe('the clock in the middle of a load', () => {
  afterEach(() => putClock(0))

  it('put forward by a day, and back by two', { timeout: 240_000 }, async () => {
    const dayMs = 86_400_000
    const all = await scene({})
    for (const offsetMs of [dayMs, -dayMs, 0]) {
      putClock(offsetMs)
      await all.load.more(100)
    }
    expect((await ended(all)).unavailable).toEqual({ reads: 0, writes: 0 })
  })
})
