// Ingestion by worker processes on one PostgreSQL, from the first document that is accepted to the last that is read. For bench/services.ts.
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../server/neural/ranking/random.ts'
import { newPerson } from '../server/testing/people.ts'
import { onDatabase } from '../server/testing/postgres.ts'
import { freshFolder, installationVariables, startInstallation } from '../server/testing/runtime.ts'
import { startTestWorker } from '../server/testing/worker.ts'
import { type Material, makeDocument, rounded } from './corpus.ts'

const documents = 24
const passages = 100

/** Atoms a second that 1, 2 and 4 workers read, of documents of one enterprise and of four. The web process runs no jobs. */
export async function ingestionByWorkers(variables: Record<string, string>, seed: number, source: Material) {
  const folder = await freshFolder()
  const aia = await startInstallation({ ...variables, AIA_JOBS: 'off' }, folder)
  const database = variables.DATABASE_URL ?? ''
  const random = seededRandom(seed)
  let serial = 0

  const read = async (enterprises: number): Promise<number> => {
    const people = await Promise.all(Array.from({ length: enterprises }, () => newPerson(aia)))
    const tokens = await Promise.all(people.map((person) => person.token()))
    const among = people.map(({ enterpriseId }) => enterpriseId)
    const startedAt = performance.now()
    for (let i = 0; i < documents; i++) {
      const { title, text } = makeDocument(random, source, passages, ++serial)
      const given = await aia.call('POST', 'neural/sources', { title, content: text, content_type: 'text/plain' }, { token: tokens[i % enterprises] })
      if (!given.ok) throw new Error(`A document was refused: ${await given.text()}`)
    }
    for (;;) {
      const [left] = await onDatabase<{ waiting: number; failed: number }>(
        database,
        `select count(*) filter (where state in ('queued', 'processing'))::int as waiting, count(*) filter (where state = 'failed')::int as failed
          from sources where enterprise_id = any($1::uuid[])`,
        [among],
      )
      if (left?.failed) throw new Error('A document could not be read.')
      if (left?.waiting === 0) break
      await sleep(50)
    }
    const seconds = (performance.now() - startedAt) / 1_000
    const [found] = await onDatabase<{ atoms: number }>(
      database,
      `select count(*)::int as atoms from knowledge_atoms where enterprise_id = any($1::uuid[])`,
      [among],
    )
    return rounded((found?.atoms ?? 0) / seconds)
  }

  const runs: { workers: number; one_enterprise_atoms_a_second: number; four_enterprises_atoms_a_second: number }[] = []
  for (const count of [1, 2, 4]) {
    const workers = await Promise.all(Array.from({ length: count }, () => startTestWorker(installationVariables(folder, variables))))
    // The first documents of a process meet code that is not compiled yet.
    await read(4)
    runs.push({ workers: count, one_enterprise_atoms_a_second: await read(1), four_enterprises_atoms_a_second: await read(4) })
    process.stderr.write(`${JSON.stringify(runs.at(-1))}\n`)
    await Promise.all(workers.map((worker) => worker.stop()))
  }
  await aia.stop()
  await rm(folder, { recursive: true, force: true })
  return { documents, passages_a_document: passages, runs }
}
