// Run as a process of its own by tests that kill it (kill.ts): a whole AIA that stands still where it is to be killed, and says so.
import { sql } from 'drizzle-orm'
import { readEnv } from '../env.ts'
import type { JobRun } from '../jobs/port.ts'
import { ingestionJob } from '../neural/sources/ingestion-job.ts'
import { type Runtime, startRuntime } from '../runtime.ts'
import { rows } from '../storage/database/port.ts'
import { publish } from '../storage/outbox/port.ts'
import { startWorker } from '../worker.ts'
import type { KillPoint, Role } from './kill.ts'
import { longDocument } from './long-document.ts'
import { ownerOf } from './runtime.ts'

const [point, role] = process.argv.slice(2) as [KillPoint, Role]
const never = () => new Promise<never>(() => {})

/** A run of the job that stands still for ever at the point. */
function standingStill(run: JobRun, reached: () => void): JobRun {
  let isPartRead = false
  return {
    async step(name, part) {
      const result = await run.step(name, part)
      if (point !== 'between two steps') return result
      reached()
      return never()
    },
    async hold(tx) {
      await run.hold(tx)
      if (point !== 'inside a reading' || !isPartRead) return
      // The first part is committed, and the transaction of the second is open.
      reached()
      await never()
    },
    async progress(tx, done, total) {
      isPartRead = true
      await run.progress(tx, done, total)
    },
  }
}

const { run: work } = ingestionJob
ingestionJob.run = async (services, input, run) => {
  await work(
    services,
    input,
    standingStill(run, () => process.stdout.write(`reached ${input.sourceId}\n`)),
  )
  if (point !== 'while the outbox is sent') process.stdout.write('too late\n')
}

/** Stands still, every thread of JavaScript with it, while it holds what the sender would say that it has sent. */
async function stopSender({ services }: Runtime, enterpriseId: string, sourceId: string): Promise<void> {
  // Not what another process left half sent; and when all is sent, waiting is over.
  const look = sql`select held_until > clock_timestamp() and graph_sequence > sent as sending,
      sent = graph_sequence and (select state = 'ready' from sources where id = ${sourceId}) as over
    from outboxes where enterprise_id = ${enterpriseId} and sent > 0 for update`
  for (let isOver = false; !isOver; ) {
    isOver = await services.database.tenant(enterpriseId, async (tx) => {
      const [found] = await rows<{ sending: boolean | null; over: boolean | null }>(tx, look)
      if (found?.sending) {
        process.stdout.write(`reached ${sourceId}\n`)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      }
      return found?.over === true
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  process.stdout.write('too late\n')
}

/** Makes a webhook, and stands still between the receiver's answer and the record of it. */
async function stopAfterAnswer({ services }: Runtime, { json }: Awaited<ReturnType<typeof ownerOf>>): Promise<void> {
  const url = `${services.env.webhooksInside[0]}/hook`
  const { item } = await json<{ item: { id: string } }>('POST', 'webhooks', { url, events: ['training.ended'] })
  const { call } = services.outbound
  services.outbound.call = async (...given) => {
    await call(...given)
    process.stdout.write(`reached ${item.id}\n`)
    return never()
  }
  const { enterprise } = await json<{ enterprise: { id: string } }>('GET', 'auth/profile')
  await services.database.tenant(enterprise.id, (tx) =>
    publish(tx, enterprise.id, { kind: 'training.ended', id: 'a-run', state: 'done', published: false }),
  )
}

if (role === 'worker') await startWorker()
else {
  const runtime = await startRuntime(readEnv())
  if (role === 'web') {
    const owner = await ownerOf(runtime)
    const { json } = owner
    if (point === 'after a webhook was answered') await stopAfterAnswer(runtime, owner)
    else {
      const { id } = await json<{ id: string }>('POST', 'neural/sources', { title: 'Long', content: longDocument, content_type: 'text/markdown' })
      const { enterprise } = await json<{ enterprise: { id: string } }>('GET', 'auth/profile')
      if (point === 'while the outbox is sent') await stopSender(runtime, enterprise.id, id)
    }
  }
}
