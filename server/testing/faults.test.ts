import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { notCaughtUp } from './caught-up.ts'
import { putClock } from './clock.ts'
import { withoutGcs } from './gcs.ts'
import { influxMissing } from './influxdb.ts'
import { levels } from './levels.ts'
import { type Load, type LoadReport, startLoad } from './load.ts'
import { behindDoor, connectNeo4j, forgetInNeo4j, withoutNeo4j } from './neo4j.ts'
import { endConnections, withoutPostgres } from './postgres.ts'
import { redisMissing, startRedis, startRedisCluster } from './redis.ts'
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
  await load.more(40)
  return { aia, variables, load, seed, before: levels() }
}

async function started(...names: string[]): Promise<OwnServices> {
  const services = await ownServices(...names)
  cleanups.push(services.remove)
  return services
}

/**
 * Ends the load, and looks for what was acknowledged and for what has not come back to its level.
 * @param kept how many sockets more than before may be open: pools of which the first calls had not opened all yet
 */
async function ended({ aia, variables, load, seed, before }: Scene, kept = 0): Promise<LoadReport> {
  await load.more(40)
  const report = await load.stop()
  console.info(JSON.stringify(report))
  expect(await load.findings(), `seed ${seed}`).toEqual([])
  expect(await notCaughtUp(aia.runtime), `seed ${seed}`).toEqual([])
  const after = levels()
  expect(after.heapMb - before.heapMb, `megabytes in use, seed ${seed}`).toBeLessThan(64)
  expect(after.sockets, `sockets, seed ${seed}`).toBeLessThanOrEqual(variables.DATABASE_URL ? mostSockets : before.sockets + kept)
  return report
}

/** What a process may have of PostgreSQL, and a few of the test's own. */
const mostSockets = 32 + 4
/** What four clients at once may open: a call each to Cloud Storage and InfluxDB, and to Neo4j through the door, whose two ends are here too. */
const pooledSockets = 4 * (1 + 1 + 3)

/** Clients that only write, by one transaction a call: of a tenant, made and deleted again, and of an identity. Each call has a key of its own. */
function startWriters({ call, json }: TestInstallation) {
  const refused: number[] = []
  let [made, isOver] = [0, false]
  async function write(method: string, path: string, body?: object): Promise<{ id?: string }> {
    const response = await call(method, path, body, { headers: { 'idempotency-key': `writer-${randomUUID()}` } })
    if (!response.ok) refused.push(response.status)
    return response.ok && response.status !== 204 ? ((await response.json()) as { id?: string }) : {}
  }
  async function views(): Promise<void> {
    const { id } = await write('POST', 'analytics/views', { name: 'Calls', query: 'range=1h' })
    if (id) await write('DELETE', `analytics/views/${id}`)
  }
  async function keys(): Promise<void> {
    await write('POST', 'auth/api-keys', { name: 'Nightly import', scopes: ['knowledge.read'] })
    made++
  }
  const running = Promise.all(
    [views, views, keys].map(async (work) => {
      for (; !isOver; await sleep(15)) await work()
    }),
  )
  running.catch(() => {
    isOver = true
  })
  return {
    /** @returns what was answered with an error, and what does not stand there as it was acknowledged */
    async stop() {
      isOver = true
      await running
      const stored = await json<{ items: unknown[] }>('GET', 'auth/api-keys')
      const left = await json<{ items: unknown[] }>('GET', 'analytics/views')
      return { refused, views: left.items.length, keysBeside: stored.items.length - made }
    },
  }
}

describe('PostgreSQL in the middle of a load', () => {
  beforeEach((context) => {
    if (withoutPostgres) context.skip(withoutPostgres)
  })

  it('stopped and started again', async () => {
    const services = await started('postgres')
    const all = await scene(services.variables)
    for (let i = 0; i < 2; i++) {
      await services.stop('postgres')
      await sleep(1_000)
      await services.start('postgres')
      await all.load.more(40)
    }
    await ended(all)
  })

  it('ending every connection', async () => {
    const services = await started('postgres')
    const all = await scene(services.variables)
    const writers = startWriters(all.aia)
    for (let i = 0; i < 8; i++) {
      await all.load.more(15)
      await endConnections(services.variables.DATABASE_URL ?? '')
    }
    // What is database work alone is run again: losing its connection costs it time, not an error, and nothing is done twice.
    expect(await writers.stop(), `seed ${all.seed}`).toEqual({ refused: [], views: 0, keysBeside: 0 })
    expect((await ended(all)).unavailable).toMatchObject({ reads: 0, writes: 0 })
  })
})

describe('Redis in the middle of a load', () => {
  beforeEach((context) => {
    if (redisMissing) context.skip(redisMissing)
  })

  it('killed and started again: nobody notices', async () => {
    const redis = await startRedis()
    cleanups.push(redis.stop)
    const all = await scene({ REDIS_URL: redis.url })
    for (let i = 0; i < 3; i++) {
      await redis.kill()
      await all.load.more(20)
      await redis.start()
      await all.load.more(20)
    }
    expect((await ended(all)).unavailable).toEqual({ reads: 0, writes: 0, long: 0 })
  })

  it('losing a master of its cluster: nobody notices', async () => {
    const cluster = await startRedisCluster(500)
    cleanups.push(cluster.stop)
    const all = await scene({ REDIS_URL: cluster.urls.join(',') })
    for (const node of cluster.nodes) {
      await node.kill()
      await all.load.more(20)
      await node.start()
      await all.load.more(20)
    }
    expect((await ended(all)).unavailable).toEqual({ reads: 0, writes: 0, long: 0 })
  })
})

describe('Neo4j, InfluxDB and Google Cloud Storage in the middle of a load', () => {
  beforeEach((context) => {
    const missing = withoutNeo4j ?? influxMissing ?? withoutGcs
    if (missing) context.skip(missing)
  })

  it('gone and back one after the other: reading goes on, and nothing drifts', async () => {
    const names = ['influxdb', 'gcs']
    const services = await started(...names)
    // Neo4j takes half a minute to start again, so it is lost by its door; the soak stops it.
    const door = await behindDoor()
    cleanups.push(door.stop)
    const { url, user, password } = door.address
    const all = await scene({ ...services.variables, NEO4J_URL: url, NEO4J_USER: user, NEO4J_PASSWORD: password })
    const { enterprise } = await all.aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
    cleanups.push(async () => {
      const connection = await connectNeo4j()
      await forgetInNeo4j(connection, enterprise.id)
      await connection.close()
    })
    const parts = [
      { stop: door.shut, start: door.open },
      ...names.map((name) => ({ stop: () => services.stop(name), start: () => services.start(name) })),
    ]
    for (const { stop, start } of parts) {
      await stop()
      await all.load.more(20)
      await start()
      await all.load.more(20)
    }
    expect((await ended(all, pooledSockets)).unavailable.reads).toBe(0)
  })
})

describe('the clock in the middle of a load', () => {
  afterEach(() => putClock(0))

  it('put forward by a day, and back by two', async () => {
    const dayMs = 86_400_000
    const all = await scene({})
    for (const offsetMs of [dayMs, -dayMs, 0]) {
      putClock(offsetMs)
      await all.load.more(40)
    }
    expect((await ended(all)).unavailable).toEqual({ reads: 0, writes: 0, long: 0 })
  })
})
