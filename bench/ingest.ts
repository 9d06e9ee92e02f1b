// Measures ingestion through the real path on a fresh embedded database, without parsing: `tsx bench/ingest.ts [atoms ...]`
// (default 6000 100000). Texts resample real sentences, seeded; results go to bench/results/ingest.json.

import { retrieve } from '../server/neural/asking/passages.ts'
import { AnalysisThread } from '../server/neural/knowledge/analysis-thread.ts'
import { knowledgeCounts } from '../server/neural/knowledge/counts.ts'
import { type IngestPart, textsOf } from '../server/neural/knowledge/ingest.ts'
import { maintain } from '../server/neural/knowledge/maintain.ts'
import type { AnalysedTexts } from '../server/neural/knowledge/text-analysis.ts'
import { LexicalIndex } from '../server/neural/lexical/lexical-index.ts'
import { priorModel } from '../server/neural/ranking/model.ts'
import { seededRandom } from '../server/neural/ranking/random.ts'
import { freshDatabase, freshEnterprise } from '../server/testing/database.ts'
import { circumstances, knowledgeOf, makeQuestion, material, newPart, rounded, spread } from './corpus.ts'
import { keepResult } from './results.ts'

const seed = 20_261
const batchAtoms = 500
const documentAtoms = 20
const trials = 20
const questionCount = 100

async function measure(atoms: number, passages: number): Promise<Record<string, unknown>> {
  const random = seededRandom(seed)
  const source = material()
  const database = await freshDatabase()
  const index = new LexicalIndex()
  const enterpriseId = await freshEnterprise(database)
  let serial = 0
  const next = (): IngestPart => newPart(random, source, passages, ++serial)
  const thread = new AnalysisThread()
  const analyse = (parts: readonly IngestPart[]): Promise<AnalysedTexts> => thread.analyse(parts.flatMap((part) => textsOf(part)))
  const { give, take } = knowledgeOf(database, index, enterpriseId)

  const batches: number[] = []
  const before = process.cpuUsage()
  const started = performance.now()
  const batch = (done: number): IngestPart[] => Array.from({ length: Math.ceil(Math.min(batchAtoms, Math.max(0, atoms - done)) / passages) }, next)
  let coming = batch(0)
  let analysed = analyse(coming)
  for (let done = 0; done < atoms; done += batchAtoms) {
    const parts = coming
    const known = await analysed
    coming = batch(done + batchAtoms)
    analysed = analyse(coming)
    batches.push(await give(parts, known))
    await database.tenant(enterpriseId, (tx) => maintain(tx, index, enterpriseId))
    if (batches.length % 8 === 1) await database.refreshStatistics()
    if (batches.length % 20 === 0) process.stderr.write(`${done + batchAtoms} atoms, ${Math.round(batches.at(-1) as number)} ms a batch\n`)
  }
  const seconds = (performance.now() - started) / 1_000
  const used = process.cpuUsage(before)
  const counts = await database.tenant(enterpriseId, (tx) => knowledgeCounts(tx, enterpriseId))

  await database.refreshStatistics()
  const questions: number[] = []
  for (let i = 0; i < questionCount; i++) {
    const question = makeQuestion(random, source)
    const started = performance.now()
    await retrieve(database, index, enterpriseId, { question, mode: 'advanced', limit: 16, nodes: 5_000, model: priorModel })
    questions.push(performance.now() - started)
  }

  const adds: number[] = []
  const deletes: number[] = []
  for (let i = 0; i < trials; i++) {
    const part = newPart(random, source, documentAtoms, ++serial)
    adds.push(await give([part]))
    deletes.push(await take(part.sourceId))
  }
  await thread.close()
  await database.remove()
  return {
    text: source.from,
    atoms: counts.atoms,
    pathways: counts.pathways_by_kind,
    atoms_a_document: passages,
    atoms_a_transaction: batchAtoms,
    index_seconds: rounded(seconds),
    cpu_seconds: rounded((used.user + used.system) / 1e6),
    transaction_ms: spread(batches),
    question_retrieval_ms: spread(questions),
    add_20_atoms_ms: spread(adds),
    delete_20_atoms_ms: spread(deletes),
  }
}

const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0)
const around = circumstances()
const runs: Record<string, unknown>[] = []
for (const size of sizes.length > 0 ? sizes : [6_000, 100_000]) runs.push(await measure(size, size > 10_000 ? documentAtoms : 1))
const report = {
  command: `tsx bench/ingest.ts ${sizes.join(' ')}`.trim(),
  ...around,
  seed,
  runs,
}
keepResult('ingest', report)
console.log(JSON.stringify(report, null, 2))
