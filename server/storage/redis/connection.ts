import { createHash } from 'node:crypto'
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis'
import type { RedisConnection } from './port.ts'

const timeoutMs = 5_000
const checkMs = 1_000

// Whoever asks has something to fall back on, so nothing waits for Redis to return and nothing is sent twice: a count would count double.
const commandOptions = {
  socketTimeout: timeoutMs,
  connectTimeout: timeoutMs,
  commandTimeout: timeoutMs,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
} satisfies RedisOptions
const retryMs = (times: number) => Math.min(times * 100, 2_000)

/** What is told of a connection as it changes, once each time. */
interface Watcher {
  away(reason: string): void
  back(): void
}

type Node = Pick<RedisOptions, 'host' | 'port' | 'username' | 'password' | 'db' | 'tls'>

function nodeOf(text: string): Node {
  const url = new URL(text)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 6379),
    ...(url.username ? { username: decodeURIComponent(url.username) } : {}),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    ...(url.pathname.length > 1 ? { db: Number(url.pathname.slice(1)) } : {}),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
  }
}

function singleClient(node: Node): Redis {
  return new Redis({ ...commandOptions, ...node, retryStrategy: retryMs, enableOfflineQueue: false, lazyConnect: true })
}

function clusterClient(nodes: Node[]): Cluster {
  const { username, password, tls } = nodes[0] as Node
  const options: ClusterOptions = {
    enableOfflineQueue: false,
    lazyConnect: true,
    clusterRetryStrategy: retryMs,
    clusterNodeRetryStrategy: retryMs,
    // A slot that moves is followed; one whose master is gone is given up after a fifth of a second.
    maxRedirections: 4,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
    slotsRefreshTimeout: timeoutMs,
    // A certificate names the host, not its address.
    ...(tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
    redisOptions: {
      ...commandOptions,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls ? { tls } : {}),
    },
  }
  return new Cluster(
    nodes.map(({ host, port }) => ({ ...(host ? { host } : {}), ...(port ? { port } : {}) })),
    options,
  )
}

/** In a few words why Redis cannot be had. The messages of ioredis hold no password. */
function reasonOf(error: unknown): string {
  const { code, message, lastNodeError } = error as { code?: unknown; message?: string; lastNodeError?: unknown }
  if (lastNodeError) return reasonOf(lastNodeError)
  if (typeof code === 'string') return code
  const [line = ''] = message?.split('\n') ?? []
  return line === 'Connection is closed.' ? 'no connection' : line.replace(/\.$/, '')
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/**
 * Connects, and asks `about` what shows whether it can be used.
 * @throws Error with one line for people, when it cannot
 */
async function connected<T extends Redis | Cluster, A>(client: T, nodes: Node[], about: (client: T) => Promise<A>): Promise<A> {
  let last: unknown
  // Also keeps ioredis from printing what nobody listens to.
  client.on('error', (error) => {
    last = error
  })
  try {
    await within(timeoutMs, client.connect())
    last = undefined
    return await about(client)
  } catch (error) {
    client.disconnect()
    const where = nodes.map(({ host, port }) => `${host}:${port}`).join(', ')
    throw new Error(`AIA cannot start: REDIS_URL: no Redis can be used at ${where} (${reasonOf(last ?? error)}).`)
  }
}

async function clientOf(urls: readonly string[]): Promise<Redis | Cluster> {
  const nodes = urls.map(nodeOf)
  const [first] = nodes
  if (nodes.length === 1 && first) {
    const single = singleClient(first)
    const isCluster = await connected(single, nodes, async () => {
      const found = /^cluster_enabled:1/m.test(await single.info('cluster'))
      if (found && first.db) throw new Error(`a cluster has no database ${first.db}`)
      // ioredis asks for the database by itself, hears that there is none, and goes on in another.
      if (first.db) await single.select(first.db)
      return found
    })
    if (!isCluster) return single
    single.disconnect()
  }
  const cluster = clusterClient(nodes)
  return connected(cluster, nodes, async () => cluster)
}

/** Rejects unless every node takes writes. */
async function tryAll(client: Redis | Cluster): Promise<void> {
  await client.set('aia:probe', 1, 'PX', timeoutMs)
  if (!(client instanceof Cluster)) return
  const info = String(await client.cluster('INFO'))
  if (!/^cluster_state:ok/m.test(info)) throw new Error('the cluster is down')
  await Promise.all(client.nodes('master').map((node) => node.ping()))
}

/**
 * Connects to the Redis of REDIS_URL; one address of a cluster's node finds the others. Whenever it is lost, `watcher` is told once, and
 * again when all of it works: it is tried every second.
 * @throws Error with one line for people, when it cannot be reached
 */
export async function openRedis(urls: readonly string[], watcher: Watcher): Promise<RedisConnection> {
  const client = await clientOf(urls)
  let trying: NodeJS.Timeout | undefined
  let isClosed = false

  function lost(error: unknown): void {
    if (trying || isClosed) return
    watcher.away(reasonOf(error))
    trying = setInterval(check, checkMs).unref()
  }
  function works(): void {
    if (!trying || isClosed) return
    clearInterval(trying)
    trying = undefined
    watcher.back()
  }
  async function check(): Promise<boolean> {
    try {
      await within(checkMs, tryAll(client))
      works()
      return true
    } catch (error) {
      lost(error)
      return false
    }
  }
  async function run<T>(commands: (client: Redis | Cluster) => Promise<T>): Promise<T> {
    try {
      return await commands(client)
    } catch (error) {
      lost(error)
      throw error
    }
  }

  return {
    adapter: client instanceof Cluster ? 'redis-cluster' : 'redis',
    run,
    script(lua) {
      const name = `script_${createHash('sha1').update(lua).digest('hex')}`
      client.defineCommand(name, { lua })
      // defineCommand adds a method that its type does not know.
      const commands = client as unknown as Record<string, (...args: (string | number)[]) => Promise<unknown>>
      return (keys, args) => run(() => (commands[name] as (typeof commands)[string])(keys.length, ...keys, ...args))
    },
    check,
    async close() {
      isClosed = true
      clearInterval(trying)
      client.disconnect()
    },
  }
}
