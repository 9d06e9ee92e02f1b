// npm run soak -- --minutes N [--seed S] [--services postgres,redis,neo4j,influxdb,gcs]: one AIA on real servers of its own, under a load of mixed
// operations, while faults happen to it in an order by a seed, round after round. Says what was lost or does not agree; the last line sums up. Exit code 1
// when anything was.
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { seededRandom } from '../server/neural/ranking/random.ts'
import { notCaughtUp } from '../server/testing/caught-up.ts'
import { putClock } from '../server/testing/clock.ts'
import { levels } from '../server/testing/levels.ts'
import { type Load, startLoad } from '../server/testing/load.ts'
import { startInstallation } from '../server/testing/runtime.ts'
import { type OwnServices, ownServices } from '../server/testing/services.ts'

interface Fault {
  name: string
  happen(load: Load, random: () => number): Promise<void>
}

/** Whatever can happen to an AIA on these servers. */
function faultsOf(services: OwnServices, names: readonly string[]): Fault[] {
  const stopped = names.map((name) => ({
    name: `${name} stopped and started`,
    async happen(load: Load, random: () => number) {
      await services.stop(name)
      await sleep(random() * 3_000)
      await services.start(name)
      await load.more(20)
    },
  }))
  const clock: Fault = {
    name: 'the clock put forward by a day, and back',
    async happen(load) {
      for (const offsetMs of [86_400_000, 0]) {
        putClock(offsetMs)
        await load.more(20)
      }
    },
  }
  const ended: Fault = {
    name: 'every connection of PostgreSQL ended',
    async happen(load) {
      const owner = new pg.Client(services.variables.DATABASE_URL)
      await owner.connect()
      await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()')
      await owner.end()
      await load.more(20)
    },
  }
  return [...stopped, clock, ...(names.includes('postgres') ? [ended] : [])]
}

function options(): { minutes: number; seed: number; names: string[] } {
  const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' }, services: { type: 'string' } } })
  const minutes = Number(values.minutes ?? 2)
  const seed = Number(values.seed ?? randomInt(2 ** 31))
  if (!(minutes > 0) || !Number.isSafeInteger(seed))
    throw new Error('Usage: npm run soak -- --minutes N [--seed S] [--services postgres,redis,neo4j,influxdb,gcs]')
  return { minutes, seed, names: (values.services ?? 'postgres,redis,neo4j,influxdb,gcs').split(',') }
}

const { minutes, seed, names } = options()
const random = seededRandom(seed)
console.log(`Soak of ${minutes} minutes on ${names.join(', ')}, seed ${seed}`)
const services = await ownServices(...names)
const aia = await startInstallation(services.variables)
const faults = faultsOf(services, names)
/** What is still to happen until everything has, in an order by the seed. */
let turn: Fault[] = []
function nextFault(): Fault {
  if (turn.length === 0) turn = [...faults]
  const [fault] = turn.splice(Math.floor(random() * turn.length), 1)
  return fault as Fault
}
const until = Date.now() + minutes * 60_000
const total = { rounds: 0, calls: 0, acknowledged: 0, unavailable: 0, lost: 0 }
let first: ReturnType<typeof levels> | undefined
let last: ReturnType<typeof levels> | undefined
try {
  while (Date.now() < until) {
    const load = await startLoad(aia.runtime, seed + total.rounds)
    await load.more(50)
    first ??= levels()
    const happened: string[] = []
    for (let i = 0; i < 3; i++) {
      const fault = nextFault()
      happened.push(fault.name)
      await fault.happen(load, random)
    }
    await load.more(50)
    const report = await load.stop()
    const findings = [...(await load.findings()), ...(await notCaughtUp(aia.runtime))]
    last = levels()
    total.rounds++
    total.calls += report.calls
    total.acknowledged += report.added + report.deleted + report.feedback + report.questions
    total.unavailable += report.unavailable.reads + report.unavailable.writes + report.unavailable.long
    total.lost += findings.length
    console.log(`Round ${total.rounds}: ${happened.join('; ')}: ${JSON.stringify(report)}`)
    for (const finding of findings) console.log(`  LOST ${finding}`)
  }
} finally {
  putClock(0)
  await aia.stop()
  await services.remove()
}
console.log(
  `soak: seed ${seed}, ${total.rounds} rounds, ${total.calls} calls, ${total.acknowledged} acknowledged, ${total.unavailable} answered 503 and made again, ` +
    `${total.lost} lost, memory ${first?.heapMb} to ${last?.heapMb} MB, sockets ${first?.sockets} to ${last?.sockets}, after the end ${levels().sockets}`,
)
process.exit(total.lost > 0 ? 1 : 0)
