import { rm } from 'node:fs/promises'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { killedAt } from '../../testing/kill.ts'
import { longDocument } from '../../testing/long-document.ts'
import { newPostgres, withoutPostgres } from '../../testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation } from '../../testing/runtime.ts'

const counts = ({ atoms, pathways_by_kind, sources }: Record<string, unknown>) => ({ atoms, pathways_by_kind, sources })

let undisturbed: object
beforeAll(async () => {
  const aia = await startInstallation()
  await aia.add('Long', longDocument)
  undisturbed = counts(await aia.json('GET', 'neural/status'))
  await aia.stop()
})

interface Job {
  state: string
  attempts: number
  steps: { name: string; state: string; attempts: number }[]
}

describe.each([
  ['pglite', 'next web'],
  ['postgres', 'worker'],
] as const)('on %s', (adapter, second) => {
  beforeEach((context) => {
    if (adapter === 'postgres' && withoutPostgres) context.skip(withoutPostgres)
  })

  it(`goes on after the web process was killed inside a reading, and the ${second} process between two steps`, async () => {
    const folder = await freshFolder()
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const place = adapter === 'postgres' ? await newPostgres() : null
    onTestFinished(async () => place?.drop())
    const more: Record<string, string> = place ? { DATABASE_URL: place.url } : {}
    const id = await killedAt('inside a reading', installationVariables(folder, more))
    expect(await killedAt('between two steps', installationVariables(folder, more), second)).toBe(id)

    const after = await startInstallation(more, folder)
    onTestFinished(after.stop)
    expect(await after.settled(id)).toBe('ready')
    const job = () => after.json<Job>('GET', `jobs/ingestion-${id}-1`)
    await expect.poll(async () => (await job()).state).toBe('done')
    expect(await job()).toMatchObject({
      attempts: 3,
      steps: [
        { name: 'read', state: 'done', attempts: 2 },
        { name: 'finish', state: 'done', attempts: 1 },
      ],
    })
    // Nothing twice and nothing lost.
    expect(counts(await after.json('GET', 'neural/status'))).toEqual(undisturbed)
    const question = { data: { question: 'How often is pump 417 serviced?' } }
    expect(await after.json('POST', 'neural/process', question)).toMatchObject({ status: 'answered' })
  })
})
