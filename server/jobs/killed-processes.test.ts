import { randomInt } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { seededRandom } from '../neural/ranking/random.ts'
import { newPostgres, onDatabase, withoutPostgres } from '../testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'
import { startTestWorker } from '../testing/worker.ts'

beforeEach((context) => {
  if (withoutPostgres) context.skip(withoutPostgres)
})

/** Some pages, so that reading them takes several transactions. */
const document = (name: string, sections: number) =>
  Array.from({ length: sections }, (_, n) => `## ${name} ${n}\n\nThe ${name} number ${n} stands in room ${n * 7}.\n`).join('\n')
const counts = ({ atoms, pathways_by_kind, sources }: Record<string, unknown>) => ({ atoms, pathways_by_kind, sources })

it('ends every accepted job once while workers and the process that accepts them are killed', { timeout: 300_000 }, async () => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
  console.info(`kill seed ${seed}`)
  const random = seededRandom(seed)
  const place = await newPostgres()
  const folder = await freshFolder()
  const variables = installationVariables(folder, { DATABASE_URL: place.url })
  const statuses = () =>
    onDatabase<{ id: string; status: string; claims: number }>(
      place.url,
      `select workflow_uuid as id, status, recovery_attempts::int as claims from dbos.workflow_status where name = 'ingestion'`,
    )
  const aia = await startInstallation({ DATABASE_URL: place.url, AIA_JOBS: 'off' }, folder)
  const running = [await startTestWorker(variables), await startTestWorker(variables), await startTestWorker(variables)]
  // Nor may a test that fails leave processes behind.
  onTestFinished(async () => {
    for (const worker of running) await worker.kill()
  })
  const accepted: string[] = []
  const bodies: { title: string; content: string }[] = []
  let kills = 0
  for (let round = 0; round < 3; round++) {
    for (let n = 0; n < 4; n++) {
      const name = `lamp ${round} ${n}`
      const body = { title: name, content: document(name, 20 + Math.floor(random() * 100)), content_type: 'text/markdown' }
      bodies.push(body)
      accepted.push((await aia.json<{ id: string }>('POST', 'neural/sources', body)).id)
    }
    // At any moment: inside a transaction, between two of them, or between two steps.
    await sleep(300 + random() * 3_000)
    const victim = Math.floor(random() * running.length)
    await running[victim]?.kill()
    kills++
    running[victim] = await startTestWorker(variables)
  }
  for (const id of accepted) expect(await aia.settled(id)).toBe('ready')
  const ended = await until(statuses, (all) => all.every(({ status }) => status === 'SUCCESS'))
  expect(ended.map(({ id }) => id).sort()).toEqual(accepted.map((id) => `ingestion-${id}-1`).sort())
  console.info(`${kills} kills, ${accepted.length} jobs, ${ended.filter(({ claims }) => claims > 1).length} of them taken over`)
  const halves = await onDatabase<{ n: number }>(
    place.url,
    `select count(*)::int as n from occurrences o where not exists (select 1 from sources s where s.id = o.source_id and s.state = 'ready')`,
  )
  expect(halves).toEqual([{ n: 0 }])
  const disturbed = counts(await aia.json('GET', 'neural/status'))
  await Promise.all(running.map((worker) => worker.kill()))
  await aia.stop()
  await place.drop()
  await rm(folder, { recursive: true, force: true })
  const undisturbed = await startInstallation()
  for (const body of bodies) await undisturbed.add(body.title, body.content)
  expect(disturbed).toEqual(counts(await undisturbed.json('GET', 'neural/status')))
  await undisturbed.stop()
})
