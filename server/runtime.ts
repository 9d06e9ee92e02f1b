import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { analyticsPersonalData } from './analytics/personal-data.ts'
import { analyticsSchedules } from './analytics/schedules.ts'
import { api } from './api.ts'
import { auditExport } from './audit/export.ts'
import { auditJobs, signWhatIsDue } from './audit/job.ts'
import { auditSchedules } from './audit/key-rotation.ts'
import { auditPersonalData } from './audit/personal-data.ts'
import { bootstrap } from './auth/bootstrap.ts'
import { identify } from './auth/identify.ts'
import { oauthDoor } from './auth/oauth/door.ts'
import { personalExports } from './auth/privacy/export.ts'
import { authJobs } from './auth/privacy/job.ts'
import { authSchedules } from './auth/schedules.ts'
import { openKeyring } from './crypto/keyring.ts'
import { cryptoSchedules } from './crypto/rotation.ts'
import { type Env, readEnv } from './env.ts'
import { eventSchedules } from './events/schedules.ts'
import { exportJob, exportSchedules } from './exports/job.ts'
import { exportsPersonalData } from './exports/personal-data.ts'
import { createDoors, type Doors } from './gateway/doors.ts'
import { installEdge } from './gateway/edge.ts'
import { createLimits } from './gateway/limits.ts'
import { createLogger, type Logger, namedLogger } from './gateway/log.ts'
import { gatherMeasurements } from './gateway/measurements.ts'
import { outboundClient } from './gateway/outbound.ts'
import { insuredWindow, redisWindow } from './gateway/redis-window.ts'
import { rememberCallers } from './gateway/remembered-callers.ts'
import { routeTable } from './gateway/route-table.ts'
import type { Services } from './gateway/services.ts'
import { memoryWindow } from './gateway/sliding-window.ts'
import { backlog, isAnyoneRunningJobs } from './jobs/backlog.ts'
import { dbosJobs } from './jobs/dbos.ts'
import { jobSchedules } from './jobs/retention.ts'
import { knowledgeExport } from './neural/export.ts'
import { neuralJobs, neuralSchedules, startBackgroundWork } from './neural/jobs.ts'
import { neuralPersonalData } from './neural/personal-data.ts'
import { holdLocalModel, openModelFolder } from './neural/vectors/engine.ts'
import { memoryCache } from './storage/cache/memory.ts'
import { redisCache } from './storage/cache/redis.ts'
import { hasRoom } from './storage/database/disk-room.ts'
import { lockFolder } from './storage/database/lock.ts'
import { openPglite, type PgliteDatabase } from './storage/database/pglite.ts'
import { openPostgres, type PostgresDatabase } from './storage/database/postgres.ts'
import { connectionShares } from './storage/database/postgres-connection.ts'
import { connectToNeo4j, type GraphWatcher, openGraph } from './storage/graph/open.ts'
import { fileObjects } from './storage/objects/files.ts'
import { openGcs } from './storage/objects/gcs.ts'
import { eventFeed } from './storage/outbox/feed.ts'
import { openRedis } from './storage/redis/connection.ts'
import type { SeriesWatcher } from './storage/timeseries/buffered.ts'
import { openInfluxSeries } from './storage/timeseries/influxdb.ts'
import { openSeries } from './storage/timeseries/open.ts'
import { postgresSeries } from './storage/timeseries/postgres.ts'
import { deliveryJob } from './webhooks/delivery-job.ts'
import { webhookSchedules } from './webhooks/schedules.ts'
import { webhookSender } from './webhooks/sender.ts'

// next-auth's own route wants its options; a page of app/ reaches the server through here only.
export { browserSessionOptions } from './auth/browser-session.ts'
export { dropKept } from './gateway/conditional.ts'

interface FirstOwner {
  email: string
  /** Null when it came from AIA_ADMIN_PASSWORD. */
  password: string | null
}

/** A part of AIA as /ready tells it. */
interface Part {
  adapter: string
  /** False when AIA cannot answer without it now. */
  ready: boolean
  /** `degraded`: the service is away, or the disk is full, and AIA answers as well as it can. */
  state: 'up' | 'degraded' | 'down'
  /** Of the time series: points that wait on disk for the service, and points lost since the start of the process. */
  buffered?: number
  dropped?: number
  /** Of the jobs: how many wait for a process to take them, since when the oldest of them does, and why nobody comes. */
  waiting?: number
  waiting_since?: string | null
  reason?: string
}

export interface Runtime {
  services: Services
  doors: Doors
  /** OAuth 2.0 and OpenID Connect below /oauth, and their discovery documents. */
  oauth(request: Request): Promise<Response>
  /** The owner this start made, with the password that is shown once; null on later starts. */
  firstOwner: FirstOwner | null
  /** State of every part, for /ready. */
  parts(): Promise<Record<string, Part>>
  close(): Promise<void>
}

// Bundles of one build need not share module instances, the process has one globalThis.
const shared = globalThis as typeof globalThis & { aiaRuntime?: Promise<Runtime> }

/** The one runtime of this process; the first call starts it. */
export function getRuntime(): Promise<Runtime> {
  shared.aiaRuntime ??= startRuntime(readEnv()).then((runtime) => {
    const { env } = runtime.services
    installEdge({ trustedProxies: env.trustedProxies, https: env.publicUrl.startsWith('https:') })
    stopGracefully(runtime)
    announce(`AIA is running at ${env.publicUrl}`, runtime.firstOwner)
    return runtime
  })
  return shared.aiaRuntime
}

/** Connections of a process that answers calls, to PostgreSQL. */
const usualConnections = 32

/** How long /ready waits for the state of the jobs. */
const jobsLookMs = 2_000

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Composes a runtime of its own from checked variables: ports, jobs, doors. Tests start theirs with a folder of their own. */
export async function startRuntime(env: Env, log = createLogger(env.logLevel)): Promise<Runtime> {
  // Before the database: a folder that does not do stops a start that has changed nothing yet.
  const localModel = await openModelFolder(env)
  const redis = env.redisUrls.length > 0 ? await openRedis(env.redisUrls, redisWatcher(log)) : null
  const influx = env.influxUrl ? await openInfluxSeries(env.influxUrl) : null
  const neo4j = await connectToNeo4j(env.neo4j, graphWatcher(log))
  const objects = env.gcs
    ? await openGcs(env.gcs, objectsWatcher(log))
    : fileObjects(join(env.dataDir, 'objects'), (bytes) => hasRoom(env.dataDir, bytes))
  const opened = await openDatabase(env)
  const callers = rememberCallers(opened)
  const { database } = callers
  const graph = openGraph(database, neo4j, graphWatcher(log))
  // On the database as it is: looking for events changes nothing about people.
  const events = eventFeed(opened)
  const jobs = dbosJobs(database, env.jobs)
  const series = await openSeries(influx ?? postgresSeries(database), {
    root: join(env.dataDir, 'series'),
    lock: lockFolder,
    watcher: seriesWatcher(log),
  })
  let house: string | null = null
  const instances = new Map<string, unknown>()
  const services: Services = {
    env,
    log,
    database,
    cache: redis ? redisCache(redis) : memoryCache(),
    graph: graph.graph,
    events,
    series,
    measurements: gatherMeasurements(series, () => house),
    objects,
    keyring: await openKeyring(join(env.dataDir, 'keys'), database),
    jobs,
    outbound: outboundClient(),
    personalData: [neuralPersonalData, auditPersonalData, analyticsPersonalData, exportsPersonalData],
    limits: createLimits(redis ? insuredWindow(redisWindow(redis)) : memoryWindow()),
    identify: (headers) => callers.of(headers, (given) => identify({ ...services, database: opened }, given)),
    operations: () => services.once('operations', () => routeTable(api, '')),
    once<T>(name: string, make: () => T): T {
      if (!instances.has(name)) instances.set(name, make())
      return instances.get(name) as T
    },
  }
  if (localModel) holdLocalModel(services, localModel)
  const { enterpriseId, created } = await bootstrap(services)
  house = enterpriseId
  await jobs.launch(
    services,
    [...neuralJobs, ...auditJobs, ...authJobs, exportJob([...personalExports, auditExport, knowledgeExport]), deliveryJob],
    [
      ...authSchedules,
      ...cryptoSchedules,
      ...auditSchedules,
      ...analyticsSchedules,
      ...jobSchedules,
      ...eventSchedules,
      ...exportSchedules,
      ...neuralSchedules,
      ...webhookSchedules,
    ],
  )
  await signWhatIsDue(services)
  await startBackgroundWork(services, enterpriseId)
  graph.start()
  const webhooks = webhookSender(services)
  webhooks.start()
  let closing: Promise<void> | undefined
  const runtime: Runtime = {
    services,
    firstOwner: created,
    doors: createDoors(api, services),
    oauth: (request) => oauthDoor(services, request),
    async parts() {
      const [isDatabaseUp, isRedisUp, isNeo4jUp, { isAway, buffered, dropped }, areObjectsUp] = await Promise.all([
        database.ping().then(
          () => true,
          () => false,
        ),
        redis?.check() ?? true,
        graph.check(),
        series.check(),
        objects.check(),
      ])
      const needed = (adapter: string, isUp: boolean): Part => ({ adapter, ready: isUp, state: isUp ? 'up' : 'down' })
      const replaceable = (adapter: string, isUp: boolean): Part => ({ adapter, ready: true, state: isUp ? 'up' : 'degraded' })
      return {
        // A full disk is no reason to take the process out of service: what is there is answered.
        database: { ...needed(database.adapter, isDatabaseUp), ...(isDatabaseUp && !database.hasRoom() ? { state: 'degraded' as const } : {}) },
        cache: replaceable(services.cache.adapter, isRedisUp),
        limits: replaceable(redis?.adapter ?? 'memory', isRedisUp),
        timeseries: { ...replaceable(series.adapter, !isAway), buffered, dropped },
        graph: replaceable(services.graph.adapter, isNeo4jUp),
        // Without them questions are answered, but nothing is added: no reason to take every process out of service at once.
        objects: replaceable(objects.adapter, areObjectsUp),
        // Revocation must hold at once, so sessions are where people are (decision 22).
        sessions: needed(database.adapter, isDatabaseUp),
        jobs: { ...needed('dbos', isDatabaseUp), ...(isDatabaseUp ? await jobsPart(database, env.jobs) : {}) },
      }
    },
    close() {
      closing ??= (async () => {
        await events.close()
        await graph.stop()
        await webhooks.stop()
        await jobs.shutdown()
        await localModel?.close()
        services.keyring.close()
        await services.measurements.close()
        await series.close()
        await database.close()
        await redis?.close()
        await graph.close()
        objects.close()
      })()
      return closing
    },
  }
  return runtime
}

/** What /ready says of the jobs. Without anybody who runs them they are accepted and wait: no reason to refuse calls, but somebody should know. */
async function jobsPart(database: PgliteDatabase | PostgresDatabase, areRunHere: boolean): Promise<Partial<Part>> {
  const look = database.readIdentity(async (tx) => ({ ...(await backlog(tx)), isRun: areRunHere || (await isAnyoneRunningJobs(tx)) }))
  const late = sleep(jobsLookMs, null, { ref: false })
  const found = await Promise.race([look.catch(() => null), late])
  if (!found) return {}
  const said = { waiting: found.waiting, waiting_since: found.since?.toISOString() ?? null }
  return found.isRun ? said : { ...said, state: 'degraded', reason: 'AIA_JOBS is off here and no other process runs jobs: start npm run worker' }
}

/** Answers and limits go on without Redis, so its absence is said once, and its return. */
function redisWatcher(log: Logger): Parameters<typeof openRedis>[1] {
  const named = namedLogger(log, 'redis')
  return {
    away: (reason) => named.warn({ reason }, 'Redis is away: answers are not cached, and each process counts limits for itself'),
    back: () => named.info('Redis is back'),
  }
}

/** Measuring goes on without the store of time series, so its absence is said once, and its return. */
function seriesWatcher(log: Logger): SeriesWatcher {
  const named = namedLogger(log, 'timeseries')
  return {
    away: (reason) => named.warn({ reason }, 'The time series are away: points wait on disk'),
    back: (sent) => named.info({ sent }, 'The time series are back'),
    dropped: (points) => named.warn({ points }, 'points of time series were dropped'),
  }
}

/** The database answers without Neo4j, and what changes meanwhile waits in the outbox. */
function graphWatcher(log: Logger): GraphWatcher {
  const named = namedLogger(log, 'graph')
  return {
    away: (reason) => named.warn({ reason }, 'Neo4j is away: the database answers, changes wait in the outbox'),
    back: () => named.info('Neo4j is back'),
    notAnswered: (reason) => named.warn({ reason }, 'Neo4j failed to answer, the database did'),
    notSent: (reason) => named.warn({ reason }, 'Neo4j did not take a change, it is sent again'),
    rebuilt: ({ enterpriseId, atoms, durationMs }) =>
      named.info({ enterprise_id: enterpriseId, atoms, duration_ms: durationMs }, 'the graph in Neo4j was built anew from the database'),
  }
}

/** Questions are answered without objects, from what is read already; what needs them waits or is refused for the time. */
function objectsWatcher(log: Logger): Parameters<typeof openGcs>[1] {
  const named = namedLogger(log, 'objects')
  return {
    away: (reason) => named.warn({ reason }, 'Google Cloud Storage is away: sources cannot be added or read until it is back'),
    back: () => named.info('Google Cloud Storage is back'),
    withoutLifecycle: (reason) => named.info({ reason }, 'the lifecycle rule of the bucket could not be set, see README.md'),
  }
}

function openDatabase({ databaseUrl, databaseConnections, jobs, dataDir }: Env): Promise<PgliteDatabase | PostgresDatabase> {
  const migrations = join(process.cwd(), 'drizzle')
  if (databaseUrl) {
    const shares = connectionShares(databaseConnections ?? usualConnections, jobs)
    return openPostgres({ url: databaseUrl, migrations, connections: shares.calls, jobConnections: shares.jobs })
  }
  const folder = join(dataDir, 'database')
  if (!existsSync(folder)) say('First start: preparing the embedded database. This takes about 20 seconds.')
  return openPglite({ folder, migrations })
}

/** Tells whoever started the process that it runs, and the first owner's password, which is told only once. */
export function announce(what: string, created: FirstOwner | null): void {
  say(`\n${what}`)
  if (created?.password) say(`Sign in as ${created.email} with the one-time password ${created.password} (shown once; AIA stores only its hash).`)
  else if (created) say(`Sign in as ${created.email} with the password from AIA_ADMIN_PASSWORD.`)
}

/** Ends the process on SIGINT and SIGTERM, after what it has open. */
export function stopGracefully(runtime: Runtime): void {
  const log = namedLogger(runtime.services.log, 'runtime')
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      log.info({ signal }, 'stopping')
      // A step that does not end in time is repeated at the next start: jobs are idempotent.
      setTimeout(() => process.exit(0), 8_000).unref()
      runtime.close().then(
        () => process.exit(0),
        (error) => {
          log.error({ err: error }, 'stopping failed')
          process.exit(1)
        },
      )
    })
  }
}
