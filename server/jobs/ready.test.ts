import { rm } from 'node:fs/promises'
import { afterEach, expect, it } from 'vitest'
import { newPostgres, withoutPostgres } from '../testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation, type TestInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'
import { startTestWorker } from '../testing/worker.ts'

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const jobsOf = async ({ runtime }: TestInstallation) => (await runtime.parts()).jobs
const leave = { title: 'Leave policy', content: 'Every employee receives 28 days of paid leave per year.', content_type: 'text/plain' }

it('says of the one process of an embedded installation that nothing waits, and where sessions are', async () => {
  const aia = await startInstallation()
  cleanups.push(aia.stop)
  await aia.add('Leave policy', leave.content)
  await until(async () => (await jobsOf(aia))?.waiting === 0)
  expect(await aia.runtime.parts()).toMatchObject({
    jobs: { adapter: 'dbos', ready: true, state: 'up', waiting: 0, waiting_since: null },
    sessions: { adapter: 'pglite', ready: true, state: 'up' },
  })
})

it('names on a web process that runs no jobs what waits, and that no worker is there, until one is and after it has gone', async (context) => {
  if (withoutPostgres) context.skip(withoutPostgres)
  const place = await newPostgres()
  cleanups.push(place.drop)
  const folder = await freshFolder()
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  const aia = await startInstallation({ DATABASE_URL: place.url, AIA_JOBS: 'off' }, folder)
  cleanups.push(aia.stop)
  const alone = { state: 'degraded', ready: true, reason: expect.stringContaining('npm run worker') }
  expect(await jobsOf(aia)).toMatchObject({ ...alone, waiting: 0, waiting_since: null })
  const from = Date.now()
  const { id } = await aia.json<{ id: string }>('POST', 'neural/sources', leave)
  const waiting = await jobsOf(aia)
  expect(waiting).toMatchObject({ ...alone, waiting: 1 })
  expect(Math.abs(Date.parse(String(waiting?.waiting_since)) - from)).toBeLessThan(60_000)

  const worker = await startTestWorker(installationVariables(folder, { DATABASE_URL: place.url }))
  cleanups.push(worker.kill)
  expect(await jobsOf(aia)).toMatchObject({ state: 'up' })
  expect(await jobsOf(aia)).not.toHaveProperty('reason')
  expect(await aia.settled(id)).toBe('ready')
  await until(async () => (await jobsOf(aia))?.waiting === 0)
  await worker.kill()
  await until(async () => (await jobsOf(aia))?.state === 'degraded')
})
