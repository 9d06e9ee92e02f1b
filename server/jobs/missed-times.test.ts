import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, it, onTestFinished } from 'vitest'
import { checkpointKeys } from '../gateway/tables.ts'
import type { PgliteDatabase } from '../storage/database/pglite.ts'
import { newPostgres, onDatabase, withoutPostgres } from '../testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation } from '../testing/runtime.ts'
import { until } from '../testing/until.ts'
import { startTestWorker, type TestWorker } from '../testing/worker.ts'

const daily = ['checkpoint-key-rotation', 'identity-tidying', 'job-tidying', 'rotate-data-keys', 'signing-key-rotation']

it('rotates at the next start what fell due while AIA was off at the hour of rotation', async () => {
  const folder = await freshFolder()
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const before = await startInstallation({}, folder)
  const pairs = async (aia: typeof before) => (await aia.json<{ pairs: number }>('GET', 'audit/checkpoint-keys')).pairs
  expect(await pairs(before)).toBe(1)
  const keys = () => before.runtime.services.keyring.state().dataKey
  const dataKey = keys()
  await before.runtime.services.database.identity(async (tx) => {
    await tx.update(checkpointKeys).set({ createdAt: sql`now() - interval '91 days'` })
    await tx.execute(sql`update signing_keys set activated_at = now() - interval '91 days' where activated_at is not null`)
    await tx.execute(sql`update data_keys set created_at = now() - interval '91 days'`)
  })
  await before.runtime.close()

  const after = await startInstallation({}, folder)
  onTestFinished(after.stop)
  expect(
    await until(
      () => pairs(after),
      (n) => n > 1,
    ),
  ).toBe(2)
  expect(
    await until(
      () => after.runtime.services.keyring.state().dataKey,
      (version) => version > dataKey,
    ),
  ).toBe(dataKey + 1)
  const { engine } = after.runtime.services.database as PgliteDatabase
  const retired = 'select count(*)::int as n from signing_keys where retired_at is not null'
  expect(
    await until(
      async () => (await engine.query<{ n: number }>(retired)).rows[0]?.n,
      (n) => n === 1,
    ),
  ).toBe(1)
  const { items } = await after.json<{ items: { name: string }[] }>('GET', 'jobs?limit=200')
  expect(
    items
      .filter(({ name }) => daily.includes(name))
      .map(({ name }) => name)
      .sort(),
  ).toEqual(daily)
})

it('makes up for a missed time once, however many processes start', async (context) => {
  if (withoutPostgres) context.skip(withoutPostgres)
  const [folder, place] = [await freshFolder(), await newPostgres()]
  // This process only serves; workers run the jobs.
  const aia = await startInstallation({ DATABASE_URL: place.url, AIA_JOBS: 'off' }, folder)
  const variables = installationVariables(folder, { DATABASE_URL: place.url })
  const workers: TestWorker[] = []
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.kill()))
    await aia.stop()
    await place.drop()
  })
  workers.push(...(await Promise.all([startTestWorker(variables), startTestWorker(variables)])))
  const runs = () =>
    onDatabase<{ name: string; status: string }>(
      place.url,
      `select name, status from dbos.workflow_status where schedule_name in ('${daily.join("', '")}') order by name`,
    )
  const ended = (all: { status: string }[]) => all.length >= daily.length && all.every(({ status }) => status === 'SUCCESS')
  await until(runs, ended)
  // Time for those who come after the first.
  await sleep(6_000)
  expect((await runs()).map(({ name }) => name)).toEqual(daily)
})
