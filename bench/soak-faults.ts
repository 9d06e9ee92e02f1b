import { setTimeout as sleep } from 'node:timers/promises'
import { putClock } from '../server/testing/clock.ts'
import type { Load } from '../server/testing/load.ts'
import { endConnections } from '../server/testing/postgres.ts'
import type { TestRedis } from '../server/testing/redis.ts'
import type { OwnServices } from '../server/testing/services.ts'
import type { smallDisk } from '../server/testing/small-disk.ts'
import type { TestWorker } from '../server/testing/worker.ts'

export interface Fault {
  name: string
  /** True where nothing can be read for as long as it lasts. */
  stopsReading?: boolean
  happen(load: Load, random: () => number): Promise<void>
}

/** What an installation of a soak stands on, beside the services that are started and stopped as a whole. */
export interface Ground {
  services: OwnServices
  /** Services that can be stopped. */
  names: readonly string[]
  /** Masters of a Redis Cluster. */
  masters: readonly TestRedis[]
  /** The worker that runs jobs beside the web process; null on the embedded database. */
  worker: { current: TestWorker; startAnother(): Promise<TestWorker> } | null
  /** The disk below the embedded database; null where there is none of its own. */
  disk: ReturnType<typeof smallDisk> | null
}

/** Whatever can happen to an AIA on this ground. */
export function faultsOf({ services, names, masters, worker, disk }: Ground): Fault[] {
  const faults: Fault[] = names.map((name) => ({
    name: `${name} stopped and started`,
    stopsReading: name === 'postgres',
    async happen(load, random) {
      await services.stop(name)
      await sleep(random() * 3_000)
      await services.start(name)
      await load.more(20)
    },
  }))
  faults.push({
    name: 'the clock put forward by a day, and back',
    async happen(load) {
      for (const offsetMs of [86_400_000, 0]) {
        putClock(offsetMs)
        await load.more(20)
      }
    },
  })
  if (names.includes('postgres'))
    faults.push({
      name: 'every connection of PostgreSQL ended',
      async happen(load) {
        await endConnections(services.variables.DATABASE_URL ?? '')
        await load.more(20)
      },
    })
  if (masters.length > 0)
    faults.push({
      name: 'a master of the Redis Cluster lost and found',
      async happen(load, random) {
        const lost = masters[Math.floor(random() * masters.length)] as TestRedis
        await lost.kill()
        await load.more(20)
        await lost.start()
        await load.more(20)
      },
    })
  if (worker)
    faults.push({
      name: 'a worker killed, and another one started',
      async happen(load, random) {
        await load.more(Math.floor(random() * 20))
        await worker.current.kill()
        await load.more(20)
        worker.current = await worker.startAnother()
        await load.more(20)
      },
    })
  if (disk)
    faults.push({
      name: 'the disk full, and free again',
      async happen(load) {
        disk.fill()
        await load.more(40)
        disk.free()
        await load.more(20)
      },
    })
  return faults
}
