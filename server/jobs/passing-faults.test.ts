import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type Listening, listenTo } from '../testing/events.ts'
import { longDocument } from '../testing/long-document.ts'
import { startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'

interface Job {
  id: string
  state: string
  steps: { name: string; state: string; attempts: number; error: string | null }[]
}

let aia: TestInstallation
let listening: Listening
beforeAll(async () => {
  aia = await startInstallation()
})
afterAll(() => aia?.stop())
beforeEach(async () => {
  listening = listenTo(await aia.call('GET', 'events'))
  await listening.until(({ kind }) => kind === 'opened')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await listening.close()
})

const add = async (title: string, content: string) =>
  (await aia.json<{ id: string }>('POST', 'neural/sources', { title, content, content_type: 'text/markdown' })).id
const source = (id: string) => aia.json<{ state: string; atoms: number; reason: { code: string } | null }>('GET', `neural/sources/${id}`)
const jobOf = (id: string) => aia.json<Job>('GET', `jobs/ingestion-${id}-1`)
const endOf = (id: string) =>
  until(
    () => aia.json<Job>('GET', `jobs/${id}`),
    ({ state }) => state === 'done' || state === 'failed',
  )
/** The states a client was told of, without how far it was. */
const told = (id: string) =>
  listening.heard
    .filter((event) => event.id === id && event.state !== undefined)
    .map(({ kind, state }) => (kind === 'source.state' ? state : `${kind} ${state}`))
const once = (states: unknown[]) => states.filter((state, i) => state !== states[i - 1])

/** What a transaction meets that PostgreSQL ends for another's sake (40P01), so often; Infinity: always. */
function failing(job: string, times: number): { happened: number } {
  const seen = { happened: 0 }
  const { jobs } = aia.runtime.services
  const start = jobs.start.bind(jobs)
  vi.spyOn(jobs, 'start').mockImplementation(async (tx, enterpriseId, given) => {
    if (given.name === job && seen.happened < times) {
      seen.happened++
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
    }
    return start(tx, enterpriseId, given)
  })
  return seen
}

it('keeps the whole of a reading whose last step fails once, and tells of no failure', async () => {
  const undisturbed = await add('Long before', longDocument)
  await aia.settled(undisturbed)
  const fault = failing('layout', 1)
  const id = await add('Long', longDocument)
  const job = await endOf(`ingestion-${id}-1`)
  expect(fault.happened).toBe(1)
  expect(job).toMatchObject({
    state: 'done',
    steps: [
      { name: 'read', attempts: 1 },
      { name: 'finish', state: 'done', attempts: 2 },
    ],
  })
  const { atoms } = await source(undisturbed)
  expect(atoms).toBeGreaterThan(0)
  expect(await source(id)).toMatchObject({ state: 'ready', atoms })
  await listening.until((event) => event.id === id && event.state === 'ready')
  expect(once(told(id))).toEqual(['queued', 'processing', 'ready'])
})

it('fails once a reading whose last step always fails, and reads all of it when it is run again by hand', async () => {
  failing('layout', 3)
  const id = await add('Stubborn', longDocument)
  const failed = await endOf(`ingestion-${id}-1`)
  expect(failed).toMatchObject({
    state: 'failed',
    steps: [
      { name: 'read', state: 'done' },
      { name: 'finish', state: 'failed', attempts: 3, error: 'deadlock detected' },
    ],
  })
  expect(await source(id)).toMatchObject({ state: 'failed', atoms: 0, reason: { code: 'internal' } })
  await listening.until(({ kind, id: of }) => kind === 'job.ended' && of === failed.id)
  expect(once(told(id))).toEqual(['queued', 'processing', 'failed'])
  expect(told(id).filter((state) => state === 'failed')).toHaveLength(1)
  expect(told(failed.id)).toEqual(['job.ended failed'])

  await aia.json('POST', `jobs/${failed.id}/retry`)
  expect(await aia.settled(id)).toBe('ready')
  expect((await source(id)).atoms).toBeGreaterThan(0)
  expect(await endOf(failed.id)).toMatchObject({
    state: 'done',
    steps: [
      { name: 'read', state: 'done' },
      { name: 'finish', state: 'done', attempts: 1 },
    ],
  })
})

it('tells nobody of a failure that the second attempt of a reading makes good', async () => {
  const { objects } = aia.runtime.services
  vi.spyOn(objects, 'get').mockRejectedValueOnce(new Error('a fault that passes'))
  const id = await add('Lamp', 'The lamp stands in room 7.')
  await listening.until((event) => event.id === id && event.state === 'ready')
  expect(once(told(id))).toEqual(['queued', 'processing', 'ready'])
  expect((await jobOf(id)).steps[0]).toMatchObject({ name: 'read', attempts: 2 })
})

it('says once that a reading failed which always fails', async () => {
  const { objects } = aia.runtime.services
  vi.spyOn(objects, 'get').mockRejectedValue(new Error('a fault that stays'))
  const id = await add('Chair', 'The chair stands in room 9.')
  expect(await endOf(`ingestion-${id}-1`)).toMatchObject({ state: 'failed', steps: [{ name: 'read', attempts: 3 }] })
  await listening.until((event) => event.id === id && event.state === 'failed')
  await listening.until(({ kind, id: of }) => kind === 'job.ended' && of === `ingestion-${id}-1`)
  expect(told(id).filter((state) => state === 'failed')).toHaveLength(1)
})

it('gives up at once what no other attempt can read', async () => {
  const { objects } = aia.runtime.services
  vi.spyOn(objects, 'get').mockResolvedValue(new Uint8Array([0x25, 0x50, 0x44, 0x46, 0x2d, 0x00]))
  const id = await add('Broken', 'The text that was looked at before it was stored.')
  expect(await aia.settled(id)).toBe('failed')
  expect((await source(id)).reason?.code).not.toBe('internal')
  expect((await jobOf(id)).steps).toMatchObject([{ name: 'read', attempts: 1 }])
})

it('ends a training once: what fails in an attempt and passes in the next is told as done', async () => {
  const { database } = aia.runtime.services
  const ends = (id: string) => listening.heard.filter(({ kind, id: of }) => kind === 'training.ended' && of === id).map(({ state }) => state)
  vi.spyOn(database, 'refreshStatistics').mockRejectedValueOnce(new Error('a fault that passes'))
  const passing = await aia.json<{ id: string }>('POST', 'neural/train')
  expect(await endOf(`training-${passing.id}`)).toMatchObject({ state: 'done', steps: [{ attempts: 2 }] })
  await listening.until(({ kind }) => kind === 'training.ended')
  expect(ends(passing.id)).toEqual(['done'])

  vi.spyOn(database, 'refreshStatistics').mockRejectedValue(new Error('a fault that stays'))
  const staying = await aia.json<{ id: string }>('POST', 'neural/train')
  expect(await endOf(`training-${staying.id}`)).toMatchObject({ state: 'failed', steps: [{ attempts: 3 }] })
  await listening.until(({ kind, id }) => kind === 'job.ended' && id === `training-${staying.id}`)
  expect(ends(staying.id)).toEqual(['failed'])
})
