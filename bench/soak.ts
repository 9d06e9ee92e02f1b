// npm run soak -- --minutes N [--seed S] [--services postgres,redis-cluster,neo4j,influxdb,gcs | none]: one AIA on real servers of its own, with a worker beside
// it, or embedded on a small disk, under a load of mixed operations, while faults happen to it in an order by a seed, round after round. Says what was lost,
// does not agree, did not end once, was refused without need or has not come back to its level; the last line sums up. Exit code 1 when anything was, 2 for
// options that do not do.
import { join } from 'node:path'
import { seededRandom } from '../server/neural/ranking/random.ts'
import { notCaughtUp } from '../server/testing/caught-up.ts'
import { putClock } from '../server/testing/clock.ts'
import { notEndedOnce } from '../server/testing/ended-jobs.ts'
import { levels } from '../server/testing/levels.ts'
import { startLoad } from '../server/testing/load.ts'
import { startRedisCluster } from '../server/testing/redis.ts'
import { freshFolder, installationVariables, startInstallation } from '../server/testing/runtime.ts'
import { type OwnServices, ownServices } from '../server/testing/services.ts'
import { smallDisk, smallDiskMissing } from '../server/testing/small-disk.ts'
import { copyTemplate } from '../server/testing/template.ts'
import { startTestWorker } from '../server/testing/worker.ts'
import { type Fault, faultsOf, type Ground } from './soak-faults.ts'
import { notAtItsLevel, readsRefused } from './soak-judge.ts'
import { readOptions, type SoakOptions } from './soak-options.ts'

const cleanups: (() => unknown)[] = []
const diskMb = 800
const noServices: OwnServices = { folder: '', variables: {}, stop: async () => {}, start: async () => {}, remove: async () => {} }
/** The pools of AIA and of the durable jobs, full, what listens and holds leases, and a call of every client to each service. */
const mostSockets = 20 + 10 + 6 + 4 * 5

function chosen(): SoakOptions {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}

const { minutes, seed, names } = chosen()
const random = seededRandom(seed)
console.log(`Soak of ${minutes} minutes on ${names.join(', ') || 'what is embedded'}, seed ${seed}`)

async function prepare() {
  const stoppable = names.filter((name) => name !== 'redis-cluster')
  // Without a name it would be all of them.
  const services = stoppable.length > 0 ? await ownServices(...stoppable) : noServices
  cleanups.push(services.remove)
  const cluster = names.includes('redis-cluster') ? await startRedisCluster(500) : null
  if (cluster) cleanups.push(cluster.stop)
  const variables = { ...services.variables, ...(cluster ? { REDIS_URL: cluster.urls.join(',') } : {}) }
  const onServer = names.includes('postgres')
  if (!onServer && smallDiskMissing) console.log(`Without a full disk, which ${smallDiskMissing}`)
  const disk = onServer || smallDiskMissing ? null : smallDisk(diskMb)
  if (disk) {
    cleanups.push(disk.remove)
    await copyTemplate(join(disk.folder, 'database'))
  }
  const folder = disk?.folder ?? (await freshFolder())
  const aia = await startInstallation(variables, folder)
  cleanups.push(aia.stop)
  const startAnother = () => startTestWorker(installationVariables(folder, variables))
  const worker = onServer ? { current: await startAnother(), startAnother } : null
  if (worker) cleanups.push(() => worker.current.kill())
  const ground: Ground = { services, names: stoppable, masters: cluster?.nodes ?? [], worker, disk }
  return { aia, faults: faultsOf(ground) }
}

const total = { rounds: 0, calls: 0, added: 0, acknowledged: 0, unavailable: { reads: 0, writes: 0, long: 0 }, lost: 0 }
function tell(findings: readonly string[]): void {
  total.lost += findings.length
  for (const finding of findings) console.log(`  LOST ${finding}`)
}

let first: ReturnType<typeof levels> | undefined
let last: ReturnType<typeof levels> | undefined
try {
  const { aia, faults } = await prepare()
  /** What is still to happen until everything has, in an order by the seed. */
  let turn: Fault[] = []
  function nextFault(): Fault {
    if (turn.length === 0) turn = [...faults]
    const [fault] = turn.splice(Math.floor(random() * turn.length), 1)
    return fault as Fault
  }
  const until = Date.now() + minutes * 60_000
  while (Date.now() < until) {
    const load = await startLoad(aia.runtime, seed + total.rounds)
    await load.more(50)
    first ??= levels()
    const happened: string[] = []
    const findings: string[] = []
    for (let i = 0; i < 3; i++) {
      const fault = nextFault()
      happened.push(fault.name)
      const before = load.report().unavailable.reads
      await fault.happen(load, random)
      findings.push(...readsRefused(fault, before, load.report().unavailable.reads))
    }
    await load.more(50)
    const report = await load.stop()
    findings.push(...(await load.findings()), ...(await notCaughtUp(aia.runtime)), ...(await notEndedOnce(aia.runtime)))
    last = levels()
    total.rounds++
    total.calls += report.calls
    total.added += report.added
    total.acknowledged += report.added + report.deleted + report.feedback + report.questions
    total.unavailable.reads += report.unavailable.reads
    total.unavailable.writes += report.unavailable.writes
    total.unavailable.long += report.unavailable.long
    console.log(`Round ${total.rounds}: ${happened.join('; ')}: ${JSON.stringify(report)}`)
    tell(findings)
  }
} finally {
  putClock(0)
  for (const cleanup of cleanups.reverse()) await cleanup()
}
const end = levels()
if (first && last) tell(notAtItsLevel({ first, last, end, added: total.added, mostSockets }))
console.log(
  `soak: seed ${seed}, ${total.rounds} rounds, ${total.calls} calls, ${total.acknowledged} acknowledged, ${total.unavailable.reads} reads and ` +
    `${total.unavailable.writes + total.unavailable.long} writes answered 503 and made again, ${total.lost} lost, memory ${first?.heapMb} to ${last?.heapMb} MB, ` +
    `sockets ${first?.sockets} to ${last?.sockets}, after the end ${end.sockets}`,
)
process.exit(total.lost > 0 ? 1 : 0)
