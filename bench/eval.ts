// npm run eval -- DIR [--mode standard|advanced|enterprise] [--words 0.5]: a judged set through the real ingestion and the real retrieval.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { enterprises } from '../server/enterprise/tables.ts'
import { readEnv } from '../server/env.ts'
import { AnalysisThread } from '../server/neural/knowledge/analysis-thread.ts'
import { type IngestPart, ingest, textsOf } from '../server/neural/knowledge/ingest.ts'
import { LexicalIndex } from '../server/neural/lexical/lexical-index.ts'
import { type ParsedDocument, ParseError } from '../server/neural/parsing/document.ts'
import { showable } from '../server/neural/parsing/naming.ts'
import { parseDocument } from '../server/neural/parsing/parse.ts'
import { measure } from '../server/neural/ranking/measures.ts'
import { type PublishedModel, priorModel, rank } from '../server/neural/ranking/rank.ts'
import { trainWorkspaceLatent } from '../server/neural/ranking/train-latent.ts'
import { createEmbedder } from '../server/neural/vectors/client.ts'
import { embedAtoms } from '../server/neural/vectors/embed.ts'
import { openLocalModel } from '../server/neural/vectors/local-model.ts'
import { VectorIndex } from '../server/neural/vectors/search.ts'
import { openPglite, type PgliteDatabase } from '../server/storage/database/pglite.ts'
import { asJson, rows, type Transaction } from '../server/storage/database/port.ts'
import { type JudgedSet, type Passage, readSet, SetError } from './beir.ts'

const modes = ['standard', 'advanced', 'enterprise'] as const
type Mode = (typeof modes)[number]
const passagesATransaction = 500
const rankedAtoms = 100
const nearestAtoms = 101
const nodeBudget = 1_000

const say = (message: string): void => void process.stderr.write(`${message}\n`)
const seconds = (since: number): number => Number(((performance.now() - since) / 1_000).toFixed(3))
const percent = (share: number): number => Number((share * 100).toFixed(2))

function parsed() {
  try {
    return parseArgs({ options: { mode: { type: 'string', default: 'advanced' }, words: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    throw new SetError(error instanceof Error ? error.message : String(error))
  }
}

/** `wordsBesideVectors`: what words count where outside vectors count the rest, 0 to 1; undefined: as in AIA itself. */
function readArguments(): { folder: string; mode: Mode; wordsBesideVectors: number | undefined } {
  const { values, positionals } = parsed()
  const mode = modes.find((name) => name === values.mode)
  if (!mode) throw new SetError(`--mode ${values.mode}: must be one of ${modes.join(', ')}`)
  if (positionals.length !== 1) throw new SetError('usage: npm run eval -- DIR [--mode standard|advanced|enterprise] [--words 0.5]')
  const wordsBesideVectors = values.words === undefined ? undefined : Number(values.words)
  if (wordsBesideVectors !== undefined && !(wordsBesideVectors >= 0 && wordsBesideVectors <= 1)) throw new SetError('--words: must be 0 to 1')
  return { folder: resolve(positionals[0] as string), mode, wordsBesideVectors }
}

/** A passage as the API takes it: its title and its text. Null when it has no words at all. */
async function documentOf({ title, text }: Passage): Promise<ParsedDocument | null> {
  const body = showable(text.trim() === '' ? title : text)
  try {
    return await parseDocument({
      bytes: Buffer.from(body, 'utf8'),
      fileName: null,
      contentType: 'text/plain',
      title: title.trim() === '' ? null : title,
      address: null,
    })
  } catch (error) {
    if (error instanceof ParseError && error.code === 'empty_document') return null
    throw error
  }
}

/** Ingests every passage as a source of its own, in the order of their contents, so that corpus ids decide nothing. */
async function ingestAll(
  database: PgliteDatabase,
  index: LexicalIndex,
  enterpriseId: string,
  passages: readonly Passage[],
): Promise<Map<string, string[]>> {
  const passagesOf = new Map<string, string[]>()
  const ordered = [...passages].sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : a.text < b.text ? -1 : 1))
  const thread = new AnalysisThread()
  const batch = async (from: number) => {
    const parts: IngestPart[] = []
    for (const passage of ordered.slice(from, from + passagesATransaction)) {
      const document = await documentOf(passage)
      if (!document) continue
      const sourceId = randomUUID()
      passagesOf.set(sourceId, [passage.id])
      parts.push({ sourceId, document })
    }
    return { parts, analysed: thread.analyse(parts.flatMap((part) => textsOf(part))) }
  }
  let next = await batch(0)
  for (let from = 0; from < ordered.length; from += passagesATransaction) {
    const { parts } = next
    const analysed = await next.analysed
    // As the ingestion job does: while these are written, the thread reads the next.
    next = await batch(from + passagesATransaction)
    if (parts.length > 0) {
      await database.tenant(enterpriseId, async (tx) => {
        const given = parts.map(({ sourceId, document }) => ({
          id: sourceId,
          title: document.title.slice(0, 500),
          type: document.contentType,
          bytes: Buffer.byteLength(document.text),
          text: document.text,
        }))
        await tx.execute(sql`insert into sources (id, enterprise_id, title, origin, content_type, byte_length, state, text, created_by)
          select s.id, ${enterpriseId}::uuid, s.title, 'text', s.type, s.bytes, 'ready', s.text, 'eval'
          from json_to_recordset(${asJson(given)}::text::json) as s(id uuid, title text, type text, bytes int, text text)`)
        await ingest(tx, index, enterpriseId, parts, analysed)
      })
    }
    // As the background jobs do: the planner must hear that tables have grown.
    if ((from / passagesATransaction) % 8 <= 1) await database.refreshStatistics()
    say(`${Math.min(from + passagesATransaction, ordered.length)} of ${ordered.length} passages`)
  }
  while ((await database.tenant(enterpriseId, (tx) => index.merge(tx, enterpriseId))) > 0);
  await thread.close()
  await database.refreshStatistics()
  return passagesOf
}

/** Passage ids by atom number: a passage can be several atoms, and the same text twice is one. */
async function passagesByAtom(
  database: PgliteDatabase,
  enterpriseId: string,
  passagesOf: ReadonlyMap<string, string[]>,
): Promise<Map<number, string[]>> {
  const found = await database.tenant(enterpriseId, (tx) =>
    rows<{ atom: number; source_id: string }>(
      tx,
      sql`select distinct o.atom, o.source_id, s.title from occurrences o join sources s on s.id = o.source_id order by s.title`,
    ),
  )
  const byAtom = new Map<number, string[]>()
  for (const { atom, source_id } of found) byAtom.set(atom, [...(byAtom.get(atom) ?? []), ...(passagesOf.get(source_id) ?? [])])
  return byAtom
}

/** The endpoint of AIA_EMBEDDINGS_URL or the model in AIA_EMBEDDINGS_DIR, when one is set: embeds what was ingested, then finds the atoms nearest to a question. */
async function outsideVectors(database: PgliteDatabase, enterpriseId: string) {
  const { embeddings } = readEnv()
  if (!embeddings) return null
  const isFolder = 'folder' in embeddings
  const embedder = isFolder ? await openLocalModel(embeddings.folder) : createEmbedder(embeddings, fetch)
  const vectors = new VectorIndex()
  const { stored, refused } = await embedAtoms(database, embedder, enterpriseId, null)
  await database.tenant(enterpriseId, (tx) => vectors.refresh(tx, enterpriseId, embedder.model))
  say(`${stored} vectors, ${refused} texts refused`)
  return {
    kind: isFolder ? 'folder' : 'endpoint',
    /** A measurement must not go on without: unlike an answer, it fails when the embedder does. */
    question: (text: string) => embedder.question(text, 30_000),
    near: (tx: Transaction, vector: Float32Array) => vectors.search(tx, enterpriseId, embedder.model, vector, nearestAtoms),
  }
}

async function evaluate(
  database: PgliteDatabase,
  set: JudgedSet,
  mode: Mode,
  wordsBesideVectors: number | undefined,
): Promise<Record<string, unknown>> {
  const enterpriseId = randomUUID()
  await database.identity((tx) => tx.insert(enterprises).values({ id: enterpriseId, name: 'Evaluation', tier: 'fortune_500' }))
  const index = new LexicalIndex()
  const indexing = performance.now()
  const passagesOf = await ingestAll(database, index, enterpriseId, set.passages)
  const indexSeconds = seconds(indexing)
  const training = performance.now()
  const trained = await trainWorkspaceLatent(database, index, enterpriseId)
  if (trained.test) say(`switch test: ${trained.test.questions} questions, gain ${trained.test.gain.toFixed(4)}, z ${trained.test.z.toFixed(2)}`)
  const model: PublishedModel = { ...priorModel, latent: trained.latent, latentWeight: trained.latentWeight }
  const trainSeconds = seconds(training)
  const embedding = performance.now()
  const outside = await outsideVectors(database, enterpriseId)
  const embedSeconds = outside ? seconds(embedding) : null
  const [counts] = await database.tenant(enterpriseId, (tx) =>
    rows<{ atoms: number; pathways: number }>(
      tx,
      sql`select (select count(*)::int from knowledge_atoms) as atoms, (select count(*)::int from pathways) as pathways`,
    ),
  )
  const byAtom = await passagesByAtom(database, enterpriseId, passagesOf)
  const times: number[] = []
  const results: { ranking: string[]; judged: Map<string, number> }[] = []
  const asked = set.queries.filter(({ id }) => set.judgements.has(id))
  for (const { id, text } of asked) {
    const since = performance.now()
    const vector = outside ? await outside.question(text) : null
    const search = async (tx: Transaction) => {
      const near = outside && vector ? await outside.near(tx, vector) : []
      const budget = { nodes: nodeBudget }
      return rank(tx, await index.view(tx, enterpriseId), enterpriseId, {
        question: text,
        mode,
        limit: rankedAtoms,
        budget,
        model,
        near,
        wordsBesideVectors,
      })
    }
    const ranked = await database.read(enterpriseId, search, { keepPlans: !outside })
    times.push(performance.now() - since)
    const ranking = [...new Set(ranked.flatMap(({ number }) => byAtom.get(number) ?? []))]
    results.push({ ranking, judged: set.judgements.get(id) as Map<string, number> })
  }
  times.sort((a, b) => a - b)
  const percentile = (share: number): number | null =>
    times.length === 0 ? null : Number((times[Math.min(times.length - 1, Math.floor(times.length * share))] as number).toFixed(2))
  const { recallAt2, recallAt5, allEvidenceAt5, ndcgAt10, questions } = measure(results)
  return {
    passages: set.passages.length,
    questions,
    atoms: counts?.atoms ?? 0,
    pathways: counts?.pathways ?? 0,
    index_seconds: indexSeconds,
    train_seconds: trainSeconds,
    ...(embedSeconds === null ? {} : { embed_seconds: embedSeconds }),
    recall_at_2: percent(recallAt2),
    recall_at_5: percent(recallAt5),
    all_evidence_at_5: percent(allEvidenceAt5),
    ndcg_at_10: percent(ndcgAt10),
    query_ms_p50: percentile(0.5),
    query_ms_p95: percentile(0.95),
    mode,
    vectors: outside ? outside.kind : model.latent && model.latentWeight > 0 ? 'lsa' : 'none',
  }
}

async function main(): Promise<void> {
  const { folder, mode, wordsBesideVectors } = readArguments()
  const set = readSet(folder)
  const data = await mkdtemp(join(tmpdir(), 'aia-eval-'))
  try {
    const database = await openPglite({ folder: data, migrations: fileURLToPath(new URL('../drizzle', import.meta.url)), onProgress: say })
    try {
      const result = await evaluate(database, set, mode, wordsBesideVectors)
      process.stdout.write(`${JSON.stringify({ set: basename(folder), ...result })}\n`)
    } finally {
      await database.close()
    }
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof SetError)) throw error
  say(error.message)
  process.exitCode = 1
}
