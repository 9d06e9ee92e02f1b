import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { longDocument } from '../testing/long-document.ts'
import { cutEverybody, newPostgres, onDatabase, withoutPostgres } from '../testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'
import { startTestWorker, type TestWorker } from '../testing/worker.ts'

let place: Awaited<ReturnType<typeof newPostgres>>
let folder: string
let aia: TestInstallation
const workers: TestWorker[] = []

beforeEach(async (context) => {
  if (withoutPostgres) context.skip(withoutPostgres)
  place = await newPostgres()
  folder = await freshFolder()
  // This process only serves; workers run the jobs.
  aia = await startInstallation({ DATABASE_URL: place.url, AIA_JOBS: 'off' }, folder)
})
afterEach(async () => {
  if (withoutPostgres) return
  await Promise.all(workers.splice(0).map((worker) => worker.kill()))
  await aia.stop()
  await place.drop()
  await rm(folder, { recursive: true, force: true })
})

async function worker(): Promise<TestWorker> {
  const started = await startTestWorker(installationVariables(folder, { DATABASE_URL: place.url }))
  workers.push(started)
  return started
}
const ingestions = () =>
  onDatabase<{ status: string; executor: string; claims: number }>(
    place.url,
    `select status, executor_id as executor, recovery_attempts::int as claims from dbos.workflow_status where name = 'ingestion' order by created_at`,
  )
async function add(title: string, content: string): Promise<string> {
  return (await aia.json<{ id: string }>('POST', 'neural/sources', { title, content, content_type: 'text/markdown' })).id
}
interface Source {
  state: string
  progress: { done: number; total: number }
}
const untilSource = (id: string, isSo: (source: Source) => boolean) =>
  until(() => aia.json<Source & Record<string, unknown>>('GET', `neural/sources/${id}`), isSo)
/** The engine says so a moment after the job's own last transaction. */
const ended = () => until(ingestions, (all) => all.every(({ status }) => status === 'SUCCESS'))
const half = ({ progress: { done, total } }: { progress: { done: number; total: number } }) => done > 0 && done < total
/** What a reading leaves that nothing disturbs. */
let wanted: ReturnType<typeof counts> | undefined
async function undisturbed(): Promise<ReturnType<typeof counts>> {
  if (wanted) return wanted
  const other = await startInstallation()
  try {
    await other.add('Long', longDocument)
    wanted = counts(await other.json('GET', 'neural/status'))
    return wanted
  } finally {
    await other.stop()
  }
}
const counts = ({ atoms, pathways_by_kind, sources }: Record<string, unknown>) => ({ atoms, pathways_by_kind, sources })

it('leaves a job to the process that runs it when another one starts', async () => {
  const first = await worker()
  const id = await add('Long', longDocument)
  await untilSource(id, half)
  // Held up in the middle, so that the other one surely starts, and looks for the dead, before it ends.
  first.process.kill('SIGSTOP')
  expect(await ingestions()).toMatchObject([{ status: 'PENDING' }])
  await worker()
  await sleep(3_000)
  expect(await ingestions()).toMatchObject([{ status: 'PENDING', claims: 1 }])
  first.process.kill('SIGCONT')
  await untilSource(id, ({ state }) => state === 'ready')
  expect(await ended()).toMatchObject([{ status: 'SUCCESS', claims: 1 }])
})

it('takes over what a killed worker had in hand, once and whole', async () => {
  const first = await worker()
  const id = await add('Long', longDocument)
  await untilSource(id, half)
  await first.kill()
  const [before] = await ingestions()
  await worker()
  await untilSource(id, ({ state }) => state === 'ready')
  const [after] = await ended()
  expect(after).toMatchObject({ status: 'SUCCESS', claims: 2 })
  expect(after?.executor).not.toBe(before?.executor)
  expect(counts(await aia.json('GET', 'neural/status'))).toEqual(await undisturbed())
})

it('reads once and whole when a process goes on that was taken for dead', async () => {
  await worker()
  const id = await add('Long', longDocument)
  await untilSource(id, half)
  await worker()
  // What a take-over does, while the first one lives.
  await onDatabase(place.url, `update dbos.workflow_status set status = 'ENQUEUED', owner_xid = null where name = 'ingestion'`)
  await untilSource(id, ({ state }) => state === 'ready')
  expect(await ended()).toMatchObject([{ status: 'SUCCESS', claims: 2 }])
  expect(counts(await aia.json('GET', 'neural/status'))).toEqual(await undisturbed())
})

it('hands over what it had in hand when it is stopped', async () => {
  const first = await worker()
  const id = await add('Long', longDocument)
  await untilSource(id, half)
  await worker()
  expect(await first.stop()).toBe(0)
  await untilSource(id, ({ state }) => state === 'ready')
  expect(await ended()).toMatchObject([{ status: 'SUCCESS' }])
})

it('goes on when the server cuts every connection', async () => {
  await Promise.all([worker(), worker()])
  const ids = await Promise.all(Array.from({ length: 10 }, (_, n) => add(`Lamp ${n}`, `The lamp number ${n} stands in room ${n * 1_000}.`)))
  await cutEverybody(place.name)
  for (const id of ids) await untilSource(id, ({ state }) => state === 'ready')
})
