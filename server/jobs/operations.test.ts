import { setTimeout as sleep } from 'node:timers/promises'
import { DBOS } from '@dbos-inc/dbos-sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { longDocument } from '../testing/long-document.ts'
import { newPerson } from '../testing/people.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'

interface Step {
  name: string
  state: string
  attempts: number
  progress: { done: number; total: number } | null
  error: string | null
}
interface Job {
  id: string
  name: string
  state: string
  attempts: number
  about: Record<string, unknown>
  can_cancel: boolean
  can_retry: boolean
  steps: Step[]
}

let aia: TestInstallation
beforeAll(async () => {
  aia = await startInstallation()
})
afterAll(() => aia?.stop())

const list = async (query = '') => (await aia.json<{ items: Job[]; next_cursor: string | null; names: string[] }>('GET', `jobs${query}`)).items
const get = (id: string) => aia.json<Job>('GET', `jobs/${id}`)
const jobOf = (sourceId: string) => `ingestion-${sourceId}-1`
const status = async (method: string, path: string, token?: string) => (await aia.call(method, path, undefined, token ? { token } : {})).status
const addSource = async (title: string, content: string) =>
  (await aia.json<{ id: string }>('POST', 'neural/sources', { title, content, content_type: 'text/markdown' })).id
const source = (id: string) =>
  aia.json<{ state: string; reason: { code: string } | null; atoms: number; progress: { done: number } }>('GET', `neural/sources/${id}`)

it('lists what ran with its steps, filtered and page by page', async () => {
  const id = await aia.add('Lamp', 'The lamp stands in room 7.')
  const job = await until(
    () => get(jobOf(id)),
    ({ state }) => state === 'done',
  )
  expect(job).toMatchObject({ name: 'ingestion', attempts: 1, about: { source_id: id, title: 'Lamp' }, can_cancel: false, can_retry: false })
  expect(job.steps).toMatchObject([
    { name: 'read', state: 'done', attempts: 1, progress: { done: 1, total: 1 }, error: null },
    { name: 'finish', state: 'done', attempts: 1, progress: null, error: null },
  ])
  expect((await list('?name=ingestion&state=done')).map((each) => each.id)).toContain(job.id)
  expect(await list('?name=training')).toEqual([])
  await aia.add('Desk', 'The desk stands in room 8.')
  const first = await aia.json<{ items: Job[]; next_cursor: string }>('GET', 'jobs?name=ingestion&limit=1')
  const second = await aia.json<{ items: Job[] }>('GET', `jobs?name=ingestion&limit=1&cursor=${first.next_cursor}`)
  expect(first.items[0]?.about.title).toBe('Desk')
  expect(second.items[0]?.id).toBe(job.id)
  expect(await status('GET', 'jobs?cursor=nonsense')).toBe(400)
})

it('cancels a reading at its next transaction and leaves nothing of it; run again it reads all', async () => {
  const before = (await aia.json<{ atoms: number }>('GET', 'neural/status')).atoms
  const id = await addSource('Long', longDocument)
  await until(
    () => source(id),
    ({ progress }) => progress.done > 0,
  )
  expect(await get(jobOf(id))).toMatchObject({ state: 'running', can_cancel: true, steps: [{ name: 'read', state: 'running' }] })
  expect(await aia.json<Job>('POST', `jobs/${jobOf(id)}/cancel`)).toMatchObject({ state: 'cancelled', can_retry: true })
  expect(await source(id)).toMatchObject({ state: 'failed', reason: { code: 'cancelled' }, atoms: 0, progress: { done: 0 } })
  // Time for a transaction that should not come.
  await sleep(1_000)
  expect(await aia.json('GET', 'neural/status')).toMatchObject({ atoms: before })
  expect(await source(id)).toMatchObject({ state: 'failed', atoms: 0 })
  expect(await status('POST', `jobs/${jobOf(id)}/cancel`)).toBe(409)

  expect(await aia.json<Job>('POST', `jobs/${jobOf(id)}/retry`)).toMatchObject({ state: 'queued' })
  expect(await status('POST', `jobs/${jobOf(id)}/retry`)).toBe(409)
  expect(await aia.settled(id)).toBe('ready')
  const done = await until(
    () => get(jobOf(id)),
    ({ state }) => state === 'done',
  )
  expect(done.steps).toMatchObject([
    { name: 'read', state: 'done', attempts: 2 },
    { name: 'finish', state: 'done', attempts: 1 },
  ])
  const { items } = await aia.json<{ items: { entry: { operation: string; target: string } }[] }>('GET', 'audit/entries?operation=jobs.')
  expect(items.filter(({ entry }) => entry.target === jobOf(id)).map(({ entry }) => entry.operation)).toEqual(
    expect.arrayContaining(['jobs.cancel', 'jobs.retry']),
  )
})

it('says why a step failed, after three attempts, and runs the job again from there', async () => {
  const { objects } = aia.runtime.services
  const real = objects.get
  objects.get = () => Promise.reject(new Error('the disk is away\nwith a second line'))
  try {
    const id = await aia.add('Chair', 'The chair stands in room 9.')
    expect(await source(id)).toMatchObject({ state: 'failed' })
    const failed = await until(
      () => get(jobOf(id)),
      ({ state }) => state === 'failed',
    )
    expect(failed).toMatchObject({ can_retry: true, steps: [{ name: 'read', state: 'failed', attempts: 3, error: 'the disk is away' }] })
    objects.get = real
    await aia.json('POST', `jobs/${failed.id}/retry`)
    expect(await aia.settled(id)).toBe('ready')
    expect(await status('POST', `jobs/${failed.id}/retry`)).toBe(409)
  } finally {
    objects.get = real
  }
})

it('shows an enterprise its own jobs only, and to each role what it may do', async () => {
  const id = await aia.add('Shelf', 'The shelf stands in room 10.')
  const stranger = await (await newPerson(aia, 'owner')).token()
  const theirs = (await (await aia.call('GET', 'jobs', undefined, { token: stranger })).json()) as { items: { name: string; scheduled: boolean }[] }
  expect(theirs.items.filter(({ name }) => name === 'ingestion')).toEqual([])
  expect(await status('GET', `jobs/${jobOf(id)}`, stranger)).toBe(404)
  expect(await status('POST', `jobs/${jobOf(id)}/cancel`, stranger)).toBe(404)
  expect(await status('POST', `jobs/${jobOf(id)}/retry`, stranger)).toBe(404)
  const { enterprise } = await aia.json<{ enterprise: { id: string } }>('GET', 'auth/profile')
  const of = async (role: 'auditor' | 'analyst' | 'operator') => (await newPerson(aia, role, enterprise.id)).token()
  const [auditor, analyst, operator] = [await of('auditor'), await of('analyst'), await of('operator')]
  expect(await status('GET', `jobs/${jobOf(id)}`, auditor)).toBe(200)
  expect(await status('POST', `jobs/${jobOf(id)}/cancel`, auditor)).toBe(403)
  expect(await status('GET', 'jobs', analyst)).toBe(403)
  // What comes round by the clock is the installation's: for those who manage its keys.
  await DBOS.triggerSchedule('job-tidying')
  const [timed] = await until(
    () => list('?name=job-tidying'),
    ([found]) => found?.state === 'done',
  )
  expect(await get(timed?.id ?? '')).toMatchObject({ scheduled: true, steps: [{ name: 'job-tidying', state: 'done' }] })
  expect(await status('GET', `jobs/${timed?.id}`, operator)).toBe(404)
})

it('cancels nothing that must run to its end', async () => {
  const [signing] = await until(
    () => list('?name=audit-checkpoint&state=queued'),
    ([found]) => found !== undefined,
  )
  expect(signing?.can_cancel).toBe(false)
  const response = await aia.call('POST', `jobs/${signing?.id}/cancel`)
  expect(response.status).toBe(409)
})
