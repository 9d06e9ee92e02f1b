// npm run bench:services -- [atoms ...] (default 6000): the embedded AIA and one on PostgreSQL and Redis, with the same knowledge and the same
// questions through the REST door, one after the other in one run; then reading by 1, 2 and 4 workers, and the same questions about the graph
// from PostgreSQL and Neo4j. Starts servers of its own; results go to bench/results/services.json.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { memberships } from '../server/auth/tables.ts'
import { lexicalIndexOf } from '../server/neural/engine.ts'
import { maintain } from '../server/neural/knowledge/maintain.ts'
import { seededRandom } from '../server/neural/ranking/random.ts'
import { startInstallation, type TestInstallation } from '../server/testing/runtime.ts'
import { ownServices } from '../server/testing/services.ts'
import { circumstances, knowledgeOf, makeQuestion, material, newPart, rounded, spread } from './corpus.ts'
import { keepResult } from './results.ts'
import { ingestionByWorkers } from './workers.ts'

const seed = 20_261
const batchAtoms = 500
const documentAtoms = 20
const questionCount = 100
const clients = 8
const cachedCount = 200
const trials = 20
const source = material()

const ask = (aia: TestInstallation, question: string) => aia.json('POST', 'neural/process', { data: { question }, processing_type: 'advanced' })

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}

async function times(count: number, run: () => Promise<unknown>): Promise<number[]> {
  const list: number[] = []
  for (let i = 0; i < count; i++) list.push(await timed(run))
  return list
}

async function measure(variables: Record<string, string>, atoms: number) {
  const aia = await startInstallation(variables)
  const { services } = aia.runtime
  const { database } = services
  const index = lexicalIndexOf(services)
  const [owner] = await database.identity((tx) => tx.select({ enterpriseId: memberships.enterpriseId }).from(memberships))
  const enterpriseId = owner?.enterpriseId ?? ''
  const { give, take } = knowledgeOf(database, index, enterpriseId)
  const random = seededRandom(seed)
  const passages = atoms > 10_000 ? documentAtoms : 1
  let serial = 0
  const ingestMs = await timed(async () => {
    for (let done = 0, batch = 1; done < atoms; done += batchAtoms, batch++) {
      await give(Array.from({ length: Math.ceil(Math.min(batchAtoms, atoms - done) / passages) }, () => newPart(random, source, passages, ++serial)))
      await database.tenant(enterpriseId, (tx) => maintain(tx, index, enterpriseId))
      if (batch % 8 === 1) await database.refreshStatistics()
    }
  })
  await database.refreshStatistics()
  const questions = await times(questionCount, () => ask(aia, makeQuestion(random, source)))
  const together = await timed(() =>
    Promise.all(Array.from({ length: clients }, () => times(questionCount / 4, () => ask(aia, makeQuestion(random, source))))),
  )
  const known = makeQuestion(random, source)
  await ask(aia, known)
  const cached = await times(cachedCount, () => ask(aia, known))
  const adds: number[] = []
  const deletes: number[] = []
  for (let i = 0; i < trials; i++) {
    const part = newPart(random, source, documentAtoms, ++serial)
    adds.push(await give([part]))
    deletes.push(await take(part.sourceId))
  }
  const { atoms: counted } = await aia.json<{ atoms: number }>('GET', 'neural/status')
  const parts = Object.fromEntries(Object.entries(await aia.runtime.parts()).map(([name, { adapter }]) => [name, adapter]))
  await aia.stop()
  return {
    parts,
    atoms: counted,
    index_seconds: rounded(ingestMs / 1_000),
    question_ms: spread(questions),
    questions_a_second: rounded((clients * (questionCount / 4)) / (together / 1_000)),
    cached_answer_ms: spread(cached),
    add_20_atoms_ms: spread(adds),
    delete_20_atoms_ms: spread(deletes),
  }
}

type Measured = Awaited<ReturnType<typeof measure>>
const ratio = (a: number, b: number): number => Math.round((100 * a) / b) / 100

/** Services over embedded: above 1 is slower, for questions a second faster. */
const ratios = (embedded: Measured, services: Measured) => ({
  question_p50: ratio(services.question_ms.p50, embedded.question_ms.p50),
  question_p95: ratio(services.question_ms.p95, embedded.question_ms.p95),
  questions_a_second: ratio(services.questions_a_second, embedded.questions_a_second),
  cached_answer_p50: ratio(services.cached_answer_ms.p50, embedded.cached_answer_ms.p50),
  add_p50: ratio(services.add_20_atoms_ms.p50, embedded.add_20_atoms_ms.p50),
  delete_p50: ratio(services.delete_20_atoms_ms.p50, embedded.delete_20_atoms_ms.p50),
})

const given = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0)
const sizes = given.length > 0 ? given : [6_000]
async function withServices<T>(names: string[], work: (variables: Record<string, string>) => Promise<T>): Promise<T> {
  const servers = await ownServices(...names)
  try {
    return await work(servers.variables)
  } finally {
    await servers.remove()
  }
}

/** What bench/graph-store.ts finds, which reads its servers from the environment. */
async function graphStores(variables: Record<string, string>): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/graph-store.ts', ...sizes.map(String)], {
    env: { ...process.env, ...variables },
    maxBuffer: 2 ** 24,
  })
  return (JSON.parse(stdout) as { runs: unknown }).runs
}

const around = circumstances()
const runs: object[] = []
for (const atoms of sizes) {
  const embedded = await measure({}, atoms)
  process.stderr.write(`${atoms} atoms, embedded: ${JSON.stringify(embedded.question_ms)}\n`)
  // A database of its own for each size.
  const services = await withServices(['postgres', 'redis'], (variables) => measure(variables, atoms))
  runs.push({ atoms, embedded, services, services_over_embedded: ratios(embedded, services) })
}

const workers = await withServices(['postgres'], (variables) => ingestionByWorkers(variables, seed, source))
const graph = await withServices(['postgres', 'neo4j'], graphStores)
const report = { command: `npm run bench:services -- ${sizes.join(' ')}`, ...around, text: source.from, seed, runs, workers, graph }
keepResult('services', report)
console.log(JSON.stringify(report, null, 2))
process.exit(0)
