import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { readEnv } from '../env.ts'
import { openRedis } from '../storage/redis/connection.ts'
import type { RedisConnection } from '../storage/redis/port.ts'
import { freePort } from './ports.ts'

/** Why tests with a real Redis cannot run here, or null. */
export const redisMissing: string | null = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'needs redis-server, which is not installed (Debian: apt-get install redis-server)'
  }
})()

export interface TestRedis {
  port: number
  url: string
  /** Ends it as a crash does; what it held is gone. */
  kill(): Promise<void>
  /** Starts it again on the same port, after `kill`. */
  start(): Promise<void>
  /** Lets it keep its connections and answer nothing, and answer again. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).once('error', () => resolve(false))
  })
}

/** A port whose number plus 10,000 is a port too, for the nodes' own talk. */
async function clusterPort(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (port < 55_000) return port
  }
}

/** A Redis of the test's own on a free port of 127.0.0.1, which keeps nothing on disk. */
export async function startRedis(settings: string[] = [], port?: number): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'aia-redis-'))
  const number = port ?? (await freePort())
  const args = ['--port', String(number), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no', ...settings]
  let child: ChildProcess
  let gone: Promise<unknown>
  async function start(): Promise<void> {
    child = spawn('redis-server', args, { stdio: 'ignore' })
    gone = new Promise((resolve) => child.once('exit', resolve))
    while (!(await isListening(number))) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}.`)
      await sleep(20)
    }
  }
  async function kill(): Promise<void> {
    child.kill('SIGKILL')
    await gone
  }
  await start()
  return {
    port: number,
    url: `redis://127.0.0.1:${number}`,
    kill,
    start,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/**
 * A Redis Cluster of three masters without replicas.
 * @param lostAfterMs silence after which the others take a master for lost: short where one is to be lost, long where none is, since on a
 *   busy machine a process may stand still for half a second
 */
export async function startRedisCluster(lostAfterMs = 10_000): Promise<{ urls: string[]; nodes: TestRedis[]; stop(): Promise<void> }> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', String(lostAfterMs)]
  const nodes = await Promise.all([0, 1, 2].map(async () => startRedis(settings, await clusterPort())))
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
  execFileSync('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '0', '--cluster-yes'], { stdio: 'ignore' })
  for (const { port } of nodes) {
    const client = new Redis({ port })
    while (!(await client.cluster('INFO')).includes('cluster_state:ok')) await sleep(50)
    client.disconnect()
  }
  return {
    urls: nodes.map(({ url }) => url),
    nodes,
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  }
}

/** A connection as the runtime opens it. */
export interface TestConnection extends RedisConnection {
  /** What its watcher was told. */
  told: string[]
}

export async function connectRedis(urls: string[]): Promise<TestConnection> {
  const told: string[] = []
  const connection = await openRedis(urls, { away: () => void told.push('away'), back: () => void told.push('back') })
  return Object.assign(connection, { told })
}

/** Takes away what a suite has made, on every node: another one may be at work on the same store. */
export async function forgetKeys(connection: RedisConnection, pattern: string): Promise<void> {
  await connection.run(async (client) => {
    for (const node of 'nodes' in client ? client.nodes('master') : [client]) for (const key of await node.keys(pattern)) await node.unlink(key)
  })
}

/** An empty database of a given Redis, which nobody else takes until it is given back, empty again. */
async function emptyDatabase(url: string): Promise<Servers> {
  for (let number = 15; number > 0; number--) {
    const place = `${url.replace(/\/$/, '')}/${number}`
    const client = new Redis(place)
    if ((await client.dbsize()) === 0 && (await client.set('lock', 1, 'NX'))) {
      const stop = async () => {
        await client.flushdb()
        client.disconnect()
      }
      return { urls: [place], stop }
    }
    client.disconnect()
  }
  throw new Error('The databases 1 to 15 of REDIS_URL are all in use.')
}

async function ownServer(): Promise<Servers> {
  const { url, stop } = await startRedis()
  return { urls: [url], stop }
}

const { redisUrls } = readEnv()
const [given] = redisUrls.length === 1 && /^rediss?:\/\/[^/]+\/?$/.test(redisUrls[0] ?? '') ? redisUrls : []
/** A cluster that is there for tests alone; none: every suite starts its own. */
const givenCluster = process.env.AIA_TEST_REDIS_CLUSTER_URL?.split(',')

interface Servers {
  urls: string[]
  stop(): Promise<void>
}

/** The Redis stores that a contract suite runs on, beside memory: what each is called, why it is not to be had, and its servers. */
export const redisStores: readonly { name: string; missing: string | null; start(): Promise<Servers> }[] = [
  {
    name: 'redis',
    missing: given ? null : redisMissing,
    start: () => (redisMissing && given ? emptyDatabase(given) : ownServer()),
  },
  {
    name: 'redis-cluster',
    missing: givenCluster ? null : redisMissing,
    start: async () => (givenCluster ? { urls: givenCluster, stop: async () => {} } : startRedisCluster()),
  },
]
