// Measures ingestion through the real path on a fresh embedded database, without parsing: `tsx bench/ingest.ts [atoms ...]`
// (default 6000 100000). Texts resample real sentences, seeded; results go to bench/results/ingest.json.

import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { retrieve } from '../server/neural/asking/passages.ts'
import { AnalysisThread } from '../server/neural/knowledge/analysis-thread.ts'
import { knowledgeCounts } from '../server/neural/knowledge/counts.ts'
import { type IngestPart, ingest, textsOf } from '../server/neural/knowledge/ingest.ts'
import { maintain } from '../server/neural/knowledge/maintain.ts'
import { remove } from '../server/neural/knowledge/remove.ts'
import type { AnalysedTexts } from '../server/neural/knowledge/text-analysis.ts'
import { LexicalIndex } from '../server/neural/lexical/lexical-index.ts'
import type { ParsedDocument, Segment } from '../server/neural/parsing/document.ts'
import { priorModel } from '../server/neural/ranking/model.ts'
import { seededRandom } from '../server/neural/ranking/random.ts'
import { asJson } from '../server/storage/database/port.ts'
import { freshDatabase, freshEnterprise } from '../server/testing/database.ts'

const seed = 20_261
const batchAtoms = 500
const documentAtoms = 20
const trials = 20
const questionCount = 100

/** Sentences and titles of real texts: the retrieval sets beside the project when they are there, else the installed packages' READMEs. */
function material(): { from: string; sentences: string[]; titles: string[] } {
  const sets = ['hotpot100', 'musique100'].map((set) => join('..', 'shared', 'data', set, 'corpus.jsonl')).filter((path) => existsSync(path))
  const texts = sets.flatMap((path) => {
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line) as { title: string; text: string })
  })
  if (texts.length === 0) {
    for (const name of readdirSync('node_modules').sort()) {
      const path = join('node_modules', name, 'README.md')
      if (existsSync(path)) texts.push({ title: name, text: readFileSync(path, 'utf8') })
    }
  }
  const sentences = texts.flatMap(({ text }) => text.split(/(?<=[.!?])\s+/u)).filter((sentence) => sentence.length > 30 && sentence.length < 400)
  return {
    from: sets.length > 0 ? 'encyclopaedia passages' : 'package READMEs',
    sentences: [...new Set(sentences)],
    titles: texts.map(({ title }) => title),
  }
}

/** A document of some passages of three to six sentences; every third passage brings a name that nothing else has. */
function makeDocument(random: () => number, { sentences, titles }: ReturnType<typeof material>, passages: number, serial: number): ParsedDocument {
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] as string
  const title = random() < 0.5 ? `${pick(titles)} ${serial}` : pick(titles)
  const segments: Segment[] = []
  let text = ''
  for (let i = 0; i < passages; i++) {
    const list = Array.from({ length: 3 + Math.floor(random() * 4) }, () => pick(sentences))
    if (i % 3 === 0) list.push(`It is kept at Station Q${serial}x${i}.`)
    const start = text.length
    text += list.join(' ')
    const name = i === 0 ? title : random() < 0.2 ? pick(titles) : null
    segments.push({
      kind: i === 0 ? 'document' : 'passage',
      title: name ?? title,
      name,
      headingPath: i === 0 ? [] : [title],
      start,
      end: text.length,
      parent: i === 0 ? null : 0,
      address: `bench:${serial}#${i}`,
      links: i === 1 ? [{ kind: 'references', target: `bench:${Math.floor(random() * serial)}#0` }] : [],
    })
    text += '\n\n'
  }
  return { title, text, contentType: 'text/plain', language: 'eng', tags: [], segments }
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10
const spread = (list: readonly number[]): { p50: number; p95: number; max: number } => {
  const sorted = [...list].sort((a, b) => a - b)
  const at = (share: number): number => rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number)
  return { p50: at(0.5), p95: at(0.95), max: rounded(sorted.at(-1) as number) }
}

async function measure(atoms: number, passages: number): Promise<Record<string, unknown>> {
  const random = seededRandom(seed)
  const source = material()
  const database = await freshDatabase()
  const index = new LexicalIndex()
  const enterpriseId = await freshEnterprise(database)
  let serial = 0
  const next = (): IngestPart => ({ sourceId: randomUUID(), document: makeDocument(random, source, passages, ++serial) })
  const thread = new AnalysisThread()
  const analyse = (parts: readonly IngestPart[]): Promise<AnalysedTexts> => thread.analyse(parts.flatMap((part) => textsOf(part)))
  const give = async (parts: IngestPart[], analysed?: AnalysedTexts): Promise<number> => {
    const rows = parts.map(({ sourceId, document }) => ({ id: sourceId, title: document.title, text: document.text }))
    const started = performance.now()
    await database.tenant(enterpriseId, async (tx) => {
      await tx.execute(sql`insert into sources (id, enterprise_id, title, origin, content_type, byte_length, state, text, created_by)
        select s.id, ${enterpriseId}::uuid, s.title, 'text', 'text/plain', octet_length(s.text), 'ready', s.text, 'bench'
        from json_to_recordset(${asJson(rows)}::text::json) as s(id uuid, title text, text text)`)
      await ingest(tx, index, enterpriseId, parts, analysed)
    })
    return performance.now() - started
  }
  const take = async (id: string): Promise<number> => {
    const started = performance.now()
    await database.tenant(enterpriseId, async (tx) => {
      await remove(tx, index, enterpriseId, [id])
      await tx.execute(sql`delete from sources where enterprise_id = ${enterpriseId} and id = ${id}`)
    })
    return performance.now() - started
  }

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
    // A name and some words of a sentence, as people ask.
    const words = (source.sentences[Math.floor(random() * source.sentences.length)] as string).split(' ').slice(0, 8)
    const title = source.titles[Math.floor(random() * source.titles.length)] as string
    const question = `What does ${title} have to do with ${words.join(' ')}?`
    const started = performance.now()
    await database.tenant(enterpriseId, (tx) =>
      retrieve(tx, index, enterpriseId, { question, mode: 'advanced', limit: 16, nodes: 5_000, model: priorModel }),
    )
    questions.push(performance.now() - started)
  }

  const adds: number[] = []
  const deletes: number[] = []
  for (let i = 0; i < trials; i++) {
    const part: IngestPart = { sourceId: randomUUID(), document: makeDocument(random, source, documentAtoms, ++serial) }
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
const load = loadavg()[0] ?? 0
const runs: Record<string, unknown>[] = []
for (const size of sizes.length > 0 ? sizes : [6_000, 100_000]) runs.push(await measure(size, size > 10_000 ? documentAtoms : 1))
const report = {
  command: `tsx bench/ingest.ts ${sizes.join(' ')}`.trim(),
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load_at_start: rounded(load),
  },
  seed,
  runs,
}
mkdirSync(join('bench', 'results'), { recursive: true })
writeFileSync(join('bench', 'results', 'ingest.json'), `${JSON.stringify(report, null, 2)}\n`)
console.log(JSON.stringify(report, null, 2))
