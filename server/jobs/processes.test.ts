import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { longDocument } from '../testing/long-document.ts'
import { asServerOwner, newPostgres, onDatabase, withoutPostgres } from '../testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation, type TestInstallation } from '../testing/runtime.ts'
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
async function until(id: string, isSo: (source: { state: string; progress: { done: number; total: number } }) => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1_200; attempt++) {
    if (isSo(await aia.json('GET', `neural/sources/${id}`))) return
    await sleep(25)
  }
  throw new Error('It did not come about.')
}
/** The engine says so a moment after the job's own last transaction. */
async function ended(): Promise<Awaited<ReturnType<typeof ingestions>>> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const all = await ingestions()
    if (all.every(({ status }) => status === 'SUCCESS')) return all
    await sleep(25)
  }
  throw new Error('Not every job ended.')
}
const half = ({ progress: { done, total } }: { progress: { done: number; total: number } }) => done > 0 && done < total
const counts = ({ atoms, pathways_by_kind, sources }: Record<string, unknown>) => ({ atoms, pathways_by_kind, sources })

it('leaves a job to the process that runs it when another one starts', { timeout: 120_000 }, async () => {
  await worker()
  const id = await add('Long', longDocument)
  await until(id, half)
  await worker()
  await until(id, ({ state }) => state === 'ready')
  expect(await ended()).toMatchObject([{ status: 'SUCCESS', claims: 1 }])
})

it('takes over what a killed worker had in hand, once and whole', { timeout: 180_000 }, async () => {
  const first = await worker()
  const id = await add('Long', longDocument)
  await until(id, half)
  await first.kill()
  const [before] = await ingestions()
  await worker()
  await until(id, ({ state }) => state === 'ready')
  const [after] = await ended()
  expect(after).toMatchObject({ status: 'SUCCESS', claims: 2 })
  expect(after?.executor).not.toBe(before?.executor)
  const status = counts(await aia.json('GET', 'neural/status'))
  const undisturbed = await startInstallation()
  try {
    await undisturbed.add('Long', longDocument)
    expect(status).toEqual(counts(await undisturbed.json('GET', 'neural/status')))
  } finally {
    await undisturbed.stop()
  }
})

it('reads once and whole when a process goes on that was taken for dead', { timeout: 180_000 }, async () => {
  await worker()
  const id = await add('Long', longDocument)
  await until(id, half)
  await worker()
  // What a take-over does, while the first one lives.
  await onDatabase(place.url, `update dbos.workflow_status set status = 'ENQUEUED', owner_xid = null where name = 'ingestion'`)
  await until(id, ({ state }) => state === 'ready')
  expect(await ended()).toMatchObject([{ status: 'SUCCESS', claims: 2 }])
  const status = counts(await aia.json('GET', 'neural/status'))
  const undisturbed = await startInstallation()
  try {
    await undisturbed.add('Long', longDocument)
    expect(status).toEqual(counts(await undisturbed.json('GET', 'neural/status')))
  } finally {
    await undisturbed.stop()
  }
})

it('hands over what it had in hand when it is stopped', { timeout: 120_000 }, async () => {
  const first = await worker()
  const id = await add('Long', longDocument)
  await until(id, half)
  await worker()
  expect(await first.stop()).toBe(0)
  await until(id, ({ state }) => state === 'ready')
  expect(await ended()).toMatchObject([{ status: 'SUCCESS' }])
})

it('refuses to start as a worker without PostgreSQL, in one line', async () => {
  await expect(startTestWorker(installationVariables(folder))).rejects.toThrow(
    /^The worker ended before it ran: (?:.*\n)*AIA worker cannot start: DATABASE_URL is not set[^\n]*\n$/,
  )
})

it('goes on when the server cuts every connection', { timeout: 120_000 }, async () => {
  await Promise.all([worker(), worker()])
  const ids = await Promise.all(Array.from({ length: 10 }, (_, n) => add(`Lamp ${n}`, `The lamp number ${n} stands in room ${n * 1_000}.`)))
  await asServerOwner('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [place.name])
  for (const id of ids) await until(id, ({ state }) => state === 'ready')
})
