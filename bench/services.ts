// npm run bench:services -- [atoms ...] (default 6000 50000 100000): the embedded AIA and one on PostgreSQL and Redis, with the same knowledge and the
// same questions through the REST door, one after the other in one run; then reading by 1, 2 and 4 workers, and the same questions about the graph
// from PostgreSQL and Neo4j at the first size. Starts servers of its own; results go to bench/results/services.json.
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
const warmUp = 20
const source = material()
/** The most milliseconds that are aimed at, by atoms. */
const aims: Record<number, { question_p95: number; add_p50?: number; delete_p50?: number }> = {
  6000: { question_p95: 15 },
  100000: { question_p95: 40, add_p50: 50, delete_p50: 100 },
}

interface Answer {
  timing_ms: { total: number; retrieve: number; compose: number }
}
const ask = (aia: TestInstallation, question: string) =>
  aia.json<Answer>('POST', 'neural/process', { data: { question }, processing_type: 'advanced' })

/** Where the time of questions goes: what the answer says of itself, and what the door, the gateway and the record of it take beside. */
async function askAll(aia: TestInstallation, questions: readonly string[]) {
  const [whole, retrieve, compose, around]: [number[], number[], number[], number[]] = [[], [], [], []]
  for (const question of questions) {
    const startedAt = performance.now()
    const { timing_ms: timing } = await ask(aia, question)
    const ms = performance.now() - startedAt
    whole.push(ms)
    retrieve.push(timing.retrieve)
    compose.push(timing.compose)
    around.push(ms - timing.total)
  }
  return { question_ms: spread(whole), parts_ms: { retrieve: spread(retrieve), compose: spread(compose), gateway_and_record: spread(around) } }
}

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
  const questions = Array.from({ length: questionCount }, () => makeQuestion(random, source))
  // The first questions of a process meet code that is not compiled and an index that is not loaded yet.
  for (let i = 0; i < warmUp; i++) await ask(aia, makeQuestion(random, source))
  const asked = await askAll(aia, questions)
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
    ...asked,
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

/** What of the aims was not reached, in words. */
function missedAims(where: string, { atoms, question_ms, add_20_atoms_ms, delete_20_atoms_ms }: Measured): string[] {
  const aim = aims[atoms]
  if (!aim) return []
  const seen: [string, number, number | undefined][] = [
    ['question p95', question_ms.p95, aim.question_p95],
    ['20 atoms added p50', add_20_atoms_ms.p50, aim.add_p50],
    ['20 atoms deleted p50', delete_20_atoms_ms.p50, aim.delete_p50],
  ]
  return seen.flatMap(([what, ms, most]) => (most !== undefined && ms > most ? [`${where}, ${atoms} atoms: ${what} ${ms} ms, aimed at ${most}`] : []))
}

const given = process.argv.slice(2).map(Number)
if (given.some((size) => !Number.isInteger(size) || size < 1))
  throw new Error('Sizes are whole numbers of atoms: npm run bench:services -- 6000 50000')
const sizes = given.length > 0 ? given : [6_000, 50_000, 100_000]
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
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/graph-store.ts', String(sizes[0])], {
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
  const missed = [...missedAims('embedded', embedded), ...missedAims('services', services)]
  runs.push({ atoms, aims: aims[atoms] ?? null, missed, embedded, services, services_over_embedded: ratios(embedded, services) })
}

const workers = await withServices(['postgres'], (variables) => ingestionByWorkers(variables, seed, source))
const graph = await withServices(['postgres', 'neo4j'], graphStores)
const report = { command: `npm run bench:services -- ${sizes.join(' ')}`, ...around, text: source.from, seed, runs, workers, graph }
keepResult('services', report)
console.log(JSON.stringify(report, null, 2))
process.exit(0)
