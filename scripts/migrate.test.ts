import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { memberships } from '../server/auth/tables.ts'
import { ExportVerifier } from '../server/crypto/transparency/audit-export.ts'
import { killedAt } from '../server/testing/kill.ts'
import { longDocument } from '../server/testing/long-document.ts'
import { newPostgres, withoutPostgres } from '../server/testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation, type TestInstallation } from '../server/testing/runtime.ts'

beforeEach((context) => {
  if (withoutPostgres) context.skip(withoutPostgres)
})
const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function newFolder() {
  const folder = await freshFolder()
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A whole AIA in this process, one at a time: the engine of durable jobs is one a process. */
async function started(folder: string, variables: Record<string, string> = {}): Promise<TestInstallation> {
  const aia = await startInstallation(variables, folder)
  cleanups.push(() => aia.runtime.close())
  return aia
}

async function newTarget() {
  const place = await newPostgres()
  cleanups.push(place.drop)
  return place
}

/** Where there are services for files and time series, these go along. */
const others: Record<string, string> = Object.fromEntries(
  ['GCS_BUCKET', 'STORAGE_EMULATOR_HOST', 'INFLUXDB_URL'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
)

/** A process of its own, as a person starts it. */
function node(script: string, folder: string, variables: Record<string, string> = {}, ...args: string[]): ChildProcess {
  const env = { ...process.env, ...installationVariables(folder, variables) }
  return spawn(process.execPath, ['--import', 'tsx', script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Waits for a line that a process says. */
async function untilSaid(child: ChildProcess, line: RegExp): Promise<string> {
  if (!child.stdout) throw new Error('It has no output.')
  for await (const said of createInterface({ input: child.stdout })) if (line.test(said)) return said
  throw new Error(`It ended without saying ${line}.`)
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

async function migrate(folder: string, url: string, ...args: string[]): Promise<{ code: number | null; said: string; complained: string }> {
  const child = node('scripts/migrate.ts', folder, { ...others, DATABASE_URL: url }, '--to', 'services', ...args)
  let [said, complained] = ['', '']
  child.stdout?.on('data', (chunk) => {
    said += chunk
  })
  child.stderr?.on('data', (chunk) => {
    complained += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said, complained }
}

const questions = ['How many days of paid leave does an employee receive?', 'How often is pump 417 serviced?', 'Who keeps the keys of hall 3?']

/** What people see of an installation: answers with their citations, counts, a log that verifies. */
async function seen(aia: TestInstallation) {
  const answers = []
  for (const question of questions) {
    const { status, answer, citations, path, not_found } = await aia.json('POST', 'neural/process', { data: { question } })
    answers.push({ question, status, answer, citations, path, not_found })
  }
  const { atoms, pathways_by_kind, sources, domains } = await aia.json('GET', 'neural/status')
  return { answers, counts: { atoms, pathways_by_kind, sources, domains } }
}

async function verifiedLog(aia: TestInstallation): Promise<number> {
  const response = await aia.call('GET', 'audit/export')
  const verifier = new ExportVerifier([])
  for (const line of (await response.text()).trimEnd().split('\n')) verifier.line(line)
  const report = verifier.report()
  expect(report.problems).toEqual([])
  expect(report.ok).toBe(true)
  return report.rows
}

it('copies a workspace made through the API; on PostgreSQL the same questions get the same answers', async () => {
  const folder = await newFolder()
  const place = await newTarget()
  const embedded = await started(folder)
  await embedded.add('Leave policy', '# Leave\n\nEvery employee receives 28 days of paid leave per year.')
  await embedded.add('Long', longDocument)
  const form = new FormData()
  form.set('file', new Blob(['# Keys\n\nThe keys of hall 3 are kept by Ingrid Malmsten.'], { type: 'text/markdown' }), 'keys.md')
  const { id: file } = await embedded.json<{ id: string }>('POST', 'neural/sources', form)
  expect(await embedded.settled(file)).toBe('ready')
  const { services: inside } = embedded.runtime
  const [{ enterpriseId } = { enterpriseId: '' }] = await inside.database.identity((tx) =>
    tx.select({ enterpriseId: memberships.enterpriseId }).from(memberships),
  )
  // More than go in one batch.
  const point = { measurement: 'system_performance', enterpriseId, tags: { kind: 'planted' } } as const
  await inside.series.write(Array.from({ length: 6_000 }, (_, i) => ({ ...point, value: i, atMs: Date.now() - 1_000 * i })))
  const { key } = await embedded.json<{ key: string }>('POST', 'auth/api-keys', { name: 'robot', scopes: ['knowledge.read'] })
  const before = await seen(embedded)
  const logged = await verifiedLog(embedded)
  const session = await embedded.json<{ access_token: string }>('POST', 'auth/login', {
    email: 'owner@example.com',
    password: 'a long test password',
  })

  // While it runs, nobody copies it.
  const refused = await migrate(folder, place.url)
  expect([refused.code, refused.complained]).toEqual([
    1,
    expect.stringMatching(/^AIA cannot migrate: The data folder .* is in use by process \d+\. .*\n$/),
  ])
  await embedded.runtime.close()

  const done = await migrate(folder, place.url)
  expect([done.code, done.complained]).toEqual([0, ''])
  if (others.GCS_BUCKET) expect(done.said).toMatch(/^[1-9]\d* files are in the bucket .*, each read back and the same\.$/m)
  if (others.INFLUXDB_URL) expect(done.said).toMatch(/^6,\d+ points are in InfluxDB: both sides answer the same\.$/m)
  expect(done.said).toMatch(/\d+ tables, [\d,]+ rows: counts and hashes are the same on both sides\.\n/)
  expect((await migrate(folder, place.url)).said).toMatch(/\nNothing to copy\. /)

  const services = await started(folder, { ...others, DATABASE_URL: place.url })
  if (others.GCS_BUCKET) await rm(join(folder, 'objects'), { recursive: true })
  expect(services.runtime.firstOwner).toBeNull()
  expect(await seen(services)).toEqual(before)
  // Sessions, API keys and sealed secrets are what they were; the log goes on where it stood.
  for (const token of [session.access_token, key]) expect((await services.call('GET', 'neural/status', undefined, { token })).status).toBe(200)
  expect(await verifiedLog(services)).toBeGreaterThan(logged)
  expect(await services.add('After', 'The bridge over the Aske was opened in 1901.')).toBeTruthy()

  const running = await migrate(folder, place.url, '--replace')
  expect([running.code, running.complained]).toEqual([1, expect.stringContaining('AIA is running on the target. Stop it first')])
  await services.runtime.close()
  const used = await migrate(folder, place.url)
  expect([used.code, used.complained]).toEqual([1, expect.stringMatching(/in another state: .*public\.sources.*--replace/)])
  expect((await migrate(folder, place.url, '--replace')).code).toBe(0)
  const again = await started(folder, { DATABASE_URL: place.url })
  expect(await seen(again)).toEqual(before)
})

it('killed in the middle, and run again, it gives what one run gives; a job that was killed too ends on PostgreSQL', async () => {
  const folder = await newFolder()
  const place = await newTarget()
  const source = await killedAt('inside a reading', installationVariables(folder))

  // In several places: a kill leaves nothing, so every run begins as the first did.
  for (const line of [/dbos\./, /public\.knowledge_atoms/, /public\.occurrences/]) {
    const copying = node('scripts/migrate.ts', folder, { DATABASE_URL: place.url }, '--to', 'services')
    await untilSaid(copying, line)
    await killed(copying)
  }
  const done = await migrate(folder, place.url)
  expect([done.code, done.complained]).toEqual([0, ''])
  expect(done.said).toMatch(/\n {2}public\.occurrences +[\d,]+ rows\n/)

  const services = await started(folder, { DATABASE_URL: place.url })
  expect(await services.settled(source)).toBe('ready')
  const { counts } = await seen(services)
  await services.runtime.close()
  const undisturbed = await started(await newFolder())
  await undisturbed.add('Long', longDocument)
  expect(counts).toEqual((await seen(undisturbed)).counts)
})

it('says in one line what is missing, and puts nothing over another installation', async () => {
  const [folder, empty, place] = [await newFolder(), '/nowhere', await newTarget()]
  await (await started(await newFolder(), { DATABASE_URL: place.url })).runtime.close()
  await (await started(folder)).runtime.close()
  const complaint = async (from: string, url: string, ...args: string[]) => {
    const { code, complained } = await migrate(from, url, ...args)
    expect([code, complained]).toEqual([1, expect.stringMatching(/^AIA cannot migrate: [^\n]+\n$/)])
    return complained
  }
  expect(await complaint(folder, place.url, '--replace')).toContain('the data of another installation')
  expect(await complaint(folder, '')).toContain('DATABASE_URL is not set')
  expect(await complaint(empty, place.url)).toContain('There is no embedded database in /nowhere/database')
  const wrong = await complaint(folder, place.url.replace(/@[^/]+/, '@127.0.0.1:1'))
  expect(wrong).toContain('DATABASE_URL: no PostgreSQL answers on 127.0.0.1:1')
  expect(wrong).not.toContain(new URL(place.url).password)
})
